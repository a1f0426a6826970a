//! A tracker in the test's own process, and peers that share made-up segments over loopback.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use bytes::Bytes;
use farandole_peer::connection::Network;
use farandole_peer::link::{Counters, Shared};
use farandole_peer::manifest::{Chain, Hashes, Identity};
use farandole_peer::store::{Memory, Segments};
use farandole_peer::swarm::{Notice, Setup, Swarm};
use farandole_peer::throttle::Throttle;
use farandole_peer::tracker::Tracker;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use url::Url;
use uuid::Uuid;

pub const HASH: [u8; 20] = *b"a swarm of this test";

type Seats = Arc<Mutex<HashMap<String, mpsc::UnboundedSender<String>>>>;

/// One swarm's peers, everybody told of everybody's offers.
pub struct World {
    pub address: SocketAddr,
    pub tasks: JoinSet<()>,
}

impl World {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let seats = Seats::default();
            let mut sockets = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                sockets.spawn(serve(stream, Arc::clone(&seats)));
            }
        });
        Self { address, tasks }
    }

    /// A peer that holds `held` of `content`.
    pub async fn peer(&mut self, content: &Content, held: &[u64], poison: bool) -> Peer {
        let url = Url::parse(&format!("ws://{}/", self.address)).unwrap();
        let (tracker, driver) = Tracker::new(url);
        self.tasks.spawn(driver.run());
        let sizes = content.segments.iter().map(|bytes| bytes.len() as u64).collect();
        let store = Arc::new(Memory::new(sizes));
        for &index in held {
            let mut bytes = content.segments[index as usize].to_vec();
            if poison {
                bytes[0] ^= 1;
            }
            store.keep(index, Bytes::from(bytes)).await.unwrap();
        }
        let counters = Arc::new(Counters::default());
        let shared = Shared {
            segments: Arc::clone(&store) as Arc<dyn Segments>,
            hashes: Arc::clone(&content.hashes),
            throttle: Arc::new(Throttle::new(None)),
            counters: Arc::clone(&counters),
            poison,
        };
        let setup = Setup {
            hash: HASH,
            tracker,
            network: Network { stun_urls: Vec::new(), bind: vec!["127.0.0.1:0".parse().unwrap()] },
            shared: Arc::new(shared),
            held: BTreeSet::from_iter(held.iter().copied()),
            peers: 8,
            offers: 3,
        };
        let (swarm, member, notices) = Swarm::new(setup);
        self.tasks.spawn(member.run());
        Peer { swarm, notices, store, counters }
    }
}

pub struct Peer {
    pub swarm: Swarm,
    pub notices: mpsc::UnboundedReceiver<Notice>,
    pub store: Arc<Memory>,
    pub counters: Arc<Counters>,
}

impl Peer {
    /// Waits for something to be told.
    pub async fn hears(&mut self, wanted: impl Fn(&Notice) -> bool) -> Notice {
        loop {
            let notice = self.notices.recv().await.unwrap();
            if wanted(&notice) {
                return notice;
            }
        }
    }

    /// Waits for a number of segments from peers.
    pub async fn fetches(&mut self, count: usize) {
        for _ in 0..count {
            self.hears(|notice| matches!(notice, Notice::Fetched(_))).await;
        }
    }
}

/// Segments and their signed list.
pub struct Content {
    pub segments: Vec<Bytes>,
    pub hashes: Arc<Hashes>,
}

impl Content {
    /// Segments of different lengths, some longer than a message.
    pub fn new(count: usize) -> Self {
        let segments = (0..count).map(|at| {
            let byte = u8::try_from(at % 256).unwrap();
            Bytes::from(vec![byte; 1_000 + at * 9_973 % 300_000])
        });
        Self::of(segments.collect())
    }

    /// Another segment in the place of one.
    pub fn replace(&mut self, index: usize, bytes: Vec<u8>) {
        self.segments[index] = Bytes::from(bytes);
        *self = Self::of(std::mem::take(&mut self.segments));
    }

    fn of(segments: Vec<Bytes>) -> Self {
        let hashes: Vec<[u8; 32]> =
            segments.iter().map(|bytes| Sha256::digest(bytes).into()).collect();
        let key = Ed25519KeyPair::from_seed_unchecked(&[3; 32]).unwrap();
        let identity =
            Identity { video: Uuid::from_u128(1), set: Uuid::from_u128(2), name: "720".to_owned() };
        let manifest = Chain::sign(&identity, &hashes, true, &key).unwrap();
        let public = key.public_key().as_ref().try_into().unwrap();
        let hashes = Arc::new(Chain::verify(&manifest, &public, &identity).unwrap());
        Self { segments, hashes }
    }
}

async fn serve(stream: TcpStream, seats: Seats) {
    let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
    let (sender, mut relayed) = mpsc::unbounded_channel();
    let mut own = None;
    loop {
        tokio::select! {
            message = relayed.recv() => {
                let message: String = message.unwrap();
                if socket.send(Message::text(message)).await.is_err() { break }
            }
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    let peer = message["peer_id"].as_str().unwrap().to_owned();
                    seats.lock().unwrap().insert(peer.clone(), sender.clone());
                    own = Some(peer);
                    for (to, message) in relays(&message, &seats) {
                        let _ = to.send(message.to_string());
                    }
                }
                Some(Ok(_)) => {}
                _ => break,
            }
        }
    }
    if let Some(own) = own {
        seats.lock().unwrap().remove(&own);
    }
}

/// The reply, and each offer to another peer, or the answer to its offerer.
fn relays(message: &Value, seats: &Seats) -> Vec<(mpsc::UnboundedSender<String>, Value)> {
    let seats = seats.lock().unwrap();
    let own = message["peer_id"].as_str().unwrap();
    let (hash, from) = (&message["info_hash"], &message["peer_id"]);
    let base = json!({ "action": "announce", "info_hash": hash });
    let with = |fields: Value| {
        let mut all = base.clone();
        all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        all
    };
    if let Some(to) = message["to_peer_id"].as_str() {
        let (answer, offer) = (&message["answer"], &message["offer_id"]);
        let relayed = with(json!({ "peer_id": from, "answer": answer, "offer_id": offer }));
        return seats.get(to).map(|seat| (seat.clone(), relayed)).into_iter().collect();
    }
    let reply = with(json!({ "interval": 60, "complete": 0, "incomplete": seats.len() }));
    let mut out = vec![(seats[own].clone(), reply)];
    let others = seats.iter().filter(|(peer, _)| *peer != own);
    for (offer, (_, seat)) in message["offers"].as_array().unwrap().iter().zip(others) {
        let (sdp, id) = (&offer["offer"], &offer["offer_id"]);
        let relayed = with(json!({ "peer_id": from, "offer": sdp, "offer_id": id }));
        out.push((seat.clone(), relayed));
    }
    out
}
