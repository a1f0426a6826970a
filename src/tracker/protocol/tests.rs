use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// A description with what JSON writes in several ways.
const SDP: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=\"-\\\u{e9}\u{1f600}\r\n";

fn text(id: Id) -> String {
    id.0.iter().map(|&byte| char::from(byte)).collect()
}

fn ids() -> impl Strategy<Value = Id> {
    any::<[u8; 20]>().prop_map(Id)
}

fn offers(count: usize) -> Vec<Value> {
    let offer = |n: usize| json!({"offer": {"type": "offer", "sdp": SDP}, "offer_id": text(Id([n as u8; 20]))});
    (0..count).map(offer).collect()
}

fn written(write: impl FnOnce(&mut Vec<u8>)) -> Value {
    let mut out = Vec::new();
    write(&mut out);
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn an_announce_of_the_stock_client_is_understood() {
    let said = json!({
        "numwant": 5, "uploaded": 0, "downloaded": 12, "left": null, "event": "started",
        "action": "announce", "info_hash": text(Id([200; 20])), "peer_id": text(Id([7; 20])),
        "offers": offers(5), "trackerid": "x",
    })
    .to_string();
    let Message::Announce(announce) = parse(&said).unwrap() else { panic!("{said}") };
    assert_eq!((announce.info_hash, announce.peer_id), (Id([200; 20]), Id([7; 20])));
    assert_eq!((announce.event, announce.complete), (Event::Started, false));
    assert_eq!(announce.offers.len(), 5);
    assert_eq!(announce.offers[4].offer_id, Id([4; 20]));
    assert_eq!(serde_json::from_str::<String>(announce.offers[0].sdp).unwrap(), SDP);
}

#[test]
fn no_more_offers_are_taken_than_wanted_or_allowed() {
    let count = |numwant: Value, sent: usize| {
        let said = json!({
            "action": "announce", "info_hash": text(Id([1; 20])), "peer_id": text(Id([2; 20])),
            "numwant": numwant, "offers": offers(sent),
        })
        .to_string();
        let Message::Announce(announce) = parse(&said).unwrap() else { panic!("{said}") };
        announce.offers.len()
    };
    assert_eq!(count(json!(3), 5), 3);
    assert_eq!(count(json!(50), 40), MOST_OFFERS);
    assert_eq!(count(Value::Null, 4), 4);
    assert_eq!(count(json!("many"), 4), 4);
}

#[test]
fn a_seeder_that_says_so_is_complete() {
    let said = json!({
        "action": "announce", "info_hash": text(Id([1; 20])), "peer_id": text(Id([2; 20])),
        "left": 0,
    })
    .to_string();
    let Message::Announce(announce) = parse(&said).unwrap() else { panic!("{said}") };
    assert!(announce.complete);
}

#[test]
fn what_is_not_of_the_protocol_is_refused() {
    let (hash, peer) = (text(Id([1; 20])), text(Id([2; 20])));
    let answer = json!({"type": "answer", "sdp": "x"});
    for said in [
        json!({"action": "announce", "info_hash": "short", "peer_id": peer}),
        json!({"action": "announce", "info_hash": "1234567890123456789\u{100}", "peer_id": peer}),
        json!({"action": "announce", "info_hash": [hash, hash], "peer_id": peer}),
        json!({"action": "announce", "info_hash": hash}),
        json!({"action": "announce", "peer_id": peer}),
        json!({"action": "leave", "info_hash": hash, "peer_id": peer}),
        json!({"action": "announce", "info_hash": hash, "peer_id": peer, "answer": answer}),
        json!({"action": "announce", "info_hash": hash, "peer_id": peer, "offers": [{}]}),
        json!({"action": "announce", "info_hash": hash, "peer_id": peer,
               "offers": [{"offer_id": peer, "offer": {"type": "offer", "sdp": {"a": 1}}}]}),
        json!({"action": "announce", "info_hash": hash, "peer_id": peer,
               "offers": [{"offer_id": peer, "offer": {"type": "answer", "sdp": "x"}}]}),
        json!({"action": "announce", "info_hash": hash, "peer_id": peer,
               "offers": [{"offer_id": peer,
                           "offer": {"type": "offer", "sdp": "x".repeat(MOST_SDP_BYTES)}}]}),
        json!({"action": "scrape", "info_hash": vec![hash.clone(); MOST_SCRAPED + 1]}),
        json!([]),
        json!("announce"),
    ] {
        assert!(parse(&said.to_string()).is_err(), "{said}");
    }
    assert!(parse(&"[".repeat(10_000)).is_err());
    assert!(parse(&" ".repeat(MOST_BYTES + 1)).is_err());
}

#[test]
fn a_scrape_names_one_several_or_none() {
    let scrape = |info_hash: Value| {
        let said = json!({"action": "scrape", "info_hash": info_hash}).to_string();
        let Message::Scrape(hashes) = parse(&said).unwrap() else { panic!("{said}") };
        hashes
    };
    let (one, other) = (Id([255; 20]), Id([0; 20]));
    assert_eq!(scrape(json!(text(one))), [one]);
    assert_eq!(scrape(json!([text(one), text(other)])), [one, other]);
    assert_eq!(scrape(Value::Null), []);
}

#[test]
fn replies_have_what_stock_clients_look_for() {
    let hash = Id(*b"\"\\\x00\x1f\x7f\x80\xff an info hash");
    let name = text(hash);
    let count = Count { complete: 1, incomplete: 20 };
    assert_eq!(
        written(|out| write_reply(out, &hash, 30, count)),
        json!({"action": "announce", "info_hash": name, "interval": 30, "complete": 1,
               "incomplete": 20})
    );
    assert_eq!(
        written(|out| write_failure(out, Some(&hash), "no")),
        json!({"action": "announce", "info_hash": name, "failure reason": "no"})
    );
    assert_eq!(
        written(|out| write_scrape(out, &[(hash, count), (Id([1; 20]), Count::default())], 30)),
        json!({"action": "scrape", "flags": {"min_request_interval": 30}, "files": {
            name: {"complete": 1, "incomplete": 20, "downloaded": 1},
            text(Id([1; 20])): {"complete": 0, "incomplete": 0, "downloaded": 0},
        }})
    );
    assert_eq!(
        written(|out| write_scrape(out, &[], 30)),
        json!({"action": "scrape", "flags": {"min_request_interval": 30}, "files": {}})
    );
}

#[test]
fn every_refusal_can_be_written_into_a_failure() {
    for said in ["", "{}", "{\"action\":\"announce\"}", "{\"action\":\"x\"}"] {
        let why = parse(said).unwrap_err().to_string();
        let failure = written(|out| write_failure(out, None, &why));
        assert_eq!(failure["failure reason"], why);
    }
}

proptest! {
    #[test]
    fn nothing_that_comes_makes_it_panic(bytes in any::<Vec<u8>>()) {
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let _ = parse(text);
        }
    }

    #[test]
    fn nothing_that_looks_like_json_makes_it_panic(text in "[\\[\\]{}\",:0-9a-z\\\\u]{0,200}") {
        let _ = parse(&text);
        let _ = parse(&format!("{{\"action\":\"announce\",\"info_hash\":{text}}}"));
    }

    #[test]
    fn ids_come_back_as_they_were_written(id in ids()) {
        let mut out = Vec::new();
        id.write(&mut out);
        let read: String = serde_json::from_slice(&out).unwrap();
        prop_assert_eq!(&read, &text(id));
        prop_assert_eq!(Id::parse(&read), Some(id));
    }

    #[test]
    fn other_lengths_are_no_ids(text in "[\u{0}-\u{ff}]{0,40}") {
        prop_assert_eq!(Id::parse(&text).is_some(), text.chars().count() == 20);
    }

    /// A relayed offer is to its receiver what it was to its sender, character by character.
    #[test]
    fn descriptions_go_on_as_they_came(
        hash in ids(), peer in ids(), to in ids(), offer_id in ids(), sdp in any::<String>(),
    ) {
        let sdp_json = Value::from(sdp.clone()).to_string();
        prop_assume!(sdp_json.len() <= MOST_SDP_BYTES);
        let said = json!({
            "action": "announce", "info_hash": text(hash), "peer_id": text(peer),
            "offers": [{"offer_id": text(offer_id), "offer": {"type": "offer", "sdp": sdp}}],
        }).to_string();
        let Message::Announce(announce) = parse(&said).unwrap() else { panic!("{said}") };
        prop_assert_eq!(announce.offers[0].sdp, &sdp_json);
        let mut out = Vec::new();
        write_relay(&mut out, Relay::Offer, &hash, &peer, &offer_id, announce.offers[0].sdp);
        let relayed: Value = serde_json::from_slice(&out).unwrap();
        prop_assert_eq!(relayed, json!({
            "action": "announce", "info_hash": text(hash), "peer_id": text(peer),
            "offer_id": text(offer_id), "offer": {"type": "offer", "sdp": sdp},
        }));
        let said = json!({
            "action": "announce", "info_hash": text(hash), "peer_id": text(peer),
            "to_peer_id": text(to), "offer_id": text(offer_id),
            "answer": {"type": "answer", "sdp": sdp},
        }).to_string();
        prop_assert_eq!(parse(&said), Ok(Message::Answer(Answer {
            info_hash: hash, peer_id: peer, to_peer_id: to, offer_id, sdp: &sdp_json,
        })));
    }
}
