//! Are the names those the npm packages compute, and PeerTube's those its source says?

use super::{Kind, Stream, of, of_master, peertube, printable};
use crate::master;
use serde::Deserialize;
use sha1::{Digest as _, Sha1};
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    name: String,
    master: String,
    swarm_id: String,
    renditions: Vec<Named>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    uri: String,
    info_hash: String,
}

/// Made by `tests/vectors/make.mjs` with the packages themselves.
fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("../../tests/vectors/info_hashes.json")).unwrap()
}

#[test]
fn every_rendition_is_named_as_the_packages_name_it() {
    let vectors = vectors();
    assert!(vectors.len() >= 15, "the vectors were not found");
    for vector in vectors {
        let found: Vec<_> = master::renditions(&vector.master)
            .into_iter()
            .map(|rendition| {
                let hash = of(&vector.swarm_id, &rendition.stream());
                (rendition.uri, String::from_utf8(hash.to_vec()).unwrap())
            })
            .collect();
        let wanted: Vec<_> =
            vector.renditions.into_iter().map(|named| (named.uri, named.info_hash)).collect();
        assert_eq!(found, wanted, "{}", vector.name);
    }
}

#[test]
fn a_name_is_listed_once() {
    for vector in vectors() {
        let mut wanted: Vec<_> =
            vector.renditions.iter().map(|named| named.info_hash.clone().into_bytes()).collect();
        wanted.dedup();
        let found = of_master(&vector.swarm_id, &vector.master);
        assert_eq!(found.iter().map(|hash| hash.to_vec()).collect::<Vec<_>>(), wanted);
    }
}

#[test]
fn another_swarm_id_is_another_swarm() {
    let master = &vectors().remove(0).master;
    let (one, other) = (of_master("one", master), of_master("other", master));
    assert_eq!(one.len(), 3);
    assert!(one.iter().all(|hash| !other.contains(hash)));
}

#[test]
fn decimal_codecs_are_written_in_hexadecimal() {
    let stream = |codecs| Stream {
        kind: Kind::Main,
        bandwidth_bps: 1,
        codecs: Some(codecs),
        width: None,
        height: None,
        language: None,
        channels: None,
        name: None,
        frame_rate: None,
        video_range: None,
    };
    assert_eq!(of("s", &stream("avc1.66.30")), of("s", &stream("avc1.42001e")));
    assert_ne!(of("s", &stream("avc1.066.30")), of("s", &stream("avc1.42001e")));
}

#[test]
fn peertube_peers_find_each_other() {
    let video = Uuid::parse_str("9c9de5e8-0a1e-484a-b099-e80766180a6d").unwrap();
    let url = "https://example.org/static/hls/master.m3u8";
    let hashes = peertube(url, video, &[720, 0]);
    // printf '2https://…master.m3u8+V1' | sha1sum
    let oldest: [u8; 20] = Sha1::digest(b"2https://example.org/static/hls/master.m3u8+V1").into();
    assert_eq!(hashes[1], oldest);
    // printf 'pt-v3-…' | sha1sum | xxd -r -p | head -c 15 | base64
    let newest = Sha1::digest(b"pt-v3-9c9de5e8-0a1e-484a-b099-e80766180a6d-main-default-720");
    assert!(hashes.contains(&printable(newest.as_ref())));
    assert_eq!(hashes.len(), 2 + 3 + 2 * 3);
    assert!(hashes[2..].iter().all(|hash| hash.is_ascii()));
}
