//! Two nodes behind the documented nginx example: viewers of one video meet, through whichever
//! node they came in.

use std::net::SocketAddr;
use std::path::Path;

use farandole::app::App;
use farandole::tracker::counters::Heard;
use farandole::tracker::protocol::Id;
use serde_json::{Value, json};

use super::proxies::{self, Proxy};
use crate::support::videos::TestVideo;
use crate::support::viewers::Viewer;
use crate::support::{SecondNode, TestApp};

const ALICE: &str = "-FR0001-alice-------";
const BOB: &str = "-FR0001-bob---------";

/// The example with the nodes of the test.
async fn nginx(port: u16, nodes: [SocketAddr; 2], folder: &Path) -> Proxy {
    let text = proxies::example("nginx-nodes.conf")
        .replace("10.0.0.1:9000", &nodes[0].to_string())
        .replace("10.0.0.2:9000", &nodes[1].to_string());
    proxies::nginx_with(&text, port, folder).await
}

/// The `p2p` that somebody is told who came in through this node.
async fn told(answer: reqwest::Response) -> Value {
    answer.json::<Value>().await.unwrap()["streamingPlaylists"][0]["p2p"].clone()
}

fn query(p2p: &Value, proxy: &Proxy) -> String {
    let url = p2p["trackerUrls"][0].as_str().unwrap();
    let address = format!("{}/tracker/socket", proxy.url.replace("http", "ws"));
    let query = url.strip_prefix(&address).expect("the tracker is behind the proxy");
    assert!(query.starts_with("?shard="), "{query}");
    query.to_owned()
}

async fn meet(app: &TestApp, second: &SecondNode, proxy: &Proxy, video: &TestVideo) {
    let first = told(app.get(&video.path("")).await).await;
    let other = told(second.get(&video.path("")).await).await;
    let hash = hash_of(&first);
    let address = proxy.url.strip_prefix("http://").unwrap().parse().unwrap();
    let open = async |p2p: &Value| {
        Viewer::connect_as(address, "127.0.0.1", &query(p2p, proxy)).await.unwrap()
    };
    let (mut alice, mut bob) = (open(&first).await, open(&other).await);
    assert_eq!(alice.join(hash, ALICE).await["incomplete"], 1);
    bob.announce(hash, BOB, 1).await;
    assert_eq!(bob.hear().await["incomplete"], 2);
    let offer = alice.hear().await;
    assert_eq!(offer["peer_id"], BOB);
    alice.answer(&offer, ALICE).await;
    assert_eq!(bob.hear().await["answer"]["sdp"], format!("answer of {ALICE}"));
    // A report finds the node that brought them together, whoever told its address.
    let before = reports(app, second);
    for p2p in [&first, &other] {
        let said = json!({"infoHash": hash_of(p2p), "peerId": BOB, "badPeerId": ALICE});
        let url = p2p["reportUrl"].as_str().unwrap();
        let answer = app.client.post(url).json(&said).send().await.unwrap();
        assert_eq!(answer.status(), 204);
    }
    assert_eq!(reports(app, second), before + 2);
}

fn hash_of(p2p: &Value) -> &str {
    p2p["infoHashes"][0].as_str().unwrap()
}

fn reports(app: &TestApp, second: &SecondNode) -> u64 {
    [&app.app, &second.app].iter().map(|node| node.tracker().counters.reports()).sum()
}

/// A node learns of what the other one did within a second.
async fn until_known(node: &App, swarm: Id) {
    for _ in 0..200 {
        if node.tracker().directory().find(&swarm, None).is_some() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("a node does not know the swarm");
}

fn announces(node: &App) -> u64 {
    node.tracker().counters.heard(Heard::Announce)
}

#[tokio::test]
async fn viewers_of_one_video_meet_across_two_nodes() {
    let port = proxies::free_port();
    let app = TestApp::start_with(|config| {
        config.server.public_url = Some(format!("http://127.0.0.1:{port}").parse().unwrap());
    })
    .await;
    let second = app.second_node().await;
    let folder = tempfile::tempdir().unwrap();
    let proxy = nginx(port, [app.address, second.address], folder.path()).await;
    let alice = app.user("alice").await;
    // Until both nodes had somebody's viewers: shards spread over them.
    let (mut here, mut there) = (false, false);
    for _ in 0..64 {
        let video = app.video(&alice).publish().await;
        let p2p = told(app.get(&video.path("")).await).await;
        let hash: [u8; 20] = p2p["infoHashes"][0].as_str().unwrap().as_bytes().try_into().unwrap();
        until_known(&app.app, Id(hash)).await;
        until_known(&second.app, Id(hash)).await;
        let before = (announces(&app.app), announces(&second.app));
        meet(&app, &second, &proxy, &video).await;
        here |= announces(&app.app) > before.0;
        there |= announces(&second.app) > before.1;
        if here && there {
            return;
        }
    }
    panic!("every video's viewers came to one node");
}
