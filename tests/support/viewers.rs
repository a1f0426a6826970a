//! Somebody who talks to the tracker is one call: `Viewer::connect(app.address).await`.

use std::net::SocketAddr;
use std::time::Duration;

use farandole::tracker::directory::Swarm;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use uuid::Uuid;

/// Nothing takes as long unless it does not come at all.
const LONG: Duration = Duration::from_secs(20);
/// What is not there by then is not coming.
const SHORT: Duration = Duration::from_millis(300);

/// A swarm anybody may be in.
pub fn open_swarm(info_hash: &str) -> Swarm {
    let pass = Uuid::from_u128(1);
    Swarm { info_hash: info_hash.as_bytes().try_into().unwrap(), pass, open: true }
}

/// A WebSocket to the tracker.
pub struct Viewer {
    pub socket: WebSocketStream<TcpStream>,
}

/// What an announce offers: session descriptions nobody connects with.
pub fn offers(of: &str, count: usize) -> Vec<Value> {
    let offer = |number: usize| {
        let sdp = format!("v=0\r\no={of} {number}\r\n\u{e9}\u{1f600}\"\\");
        let id = format!("{number:04}{of:>16.16}");
        json!({"offer": {"type": "offer", "sdp": sdp}, "offer_id": id})
    };
    (0..count).map(offer).collect()
}

impl Viewer {
    pub async fn connect(address: SocketAddr) -> Self {
        Self::connect_as(address, "127.0.0.1", "").await.unwrap()
    }

    /// From an address as a proxy would tell it, with a query.
    pub async fn connect_as(address: SocketAddr, from: &str, query: &str) -> Result<Self, u16> {
        let stream = TcpStream::connect(address).await.unwrap();
        let url = format!("ws://{address}/tracker/socket{query}");
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert("x-forwarded-for", from.parse().unwrap());
        match tokio_tungstenite::client_async(request, stream).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn say(&mut self, message: &Value) {
        self.socket.send(Message::text(message.to_string())).await.unwrap();
    }

    /// Announces with some offers.
    pub async fn announce(&mut self, info_hash: &str, peer_id: &str, count: usize) {
        self.say(&json!({
            "action": "announce", "info_hash": info_hash, "peer_id": peer_id, "numwant": count,
            "uploaded": 0, "downloaded": 0, "offers": offers(peer_id, count),
        }))
        .await;
    }

    /// Answers an offer that was heard.
    pub async fn answer(&mut self, offer: &Value, peer_id: &str) {
        self.say(&json!({
            "action": "announce", "info_hash": offer["info_hash"], "peer_id": peer_id,
            "to_peer_id": offer["peer_id"], "offer_id": offer["offer_id"],
            "answer": {"type": "answer", "sdp": format!("answer of {peer_id}")},
        }))
        .await;
    }

    /// The next message.
    pub async fn hear(&mut self) -> Value {
        loop {
            let heard = tokio::time::timeout(LONG, self.socket.next()).await;
            match heard.expect("the tracker says nothing") {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Announces without offers; the reply.
    pub async fn join(&mut self, info_hash: &str, peer_id: &str) -> Value {
        self.announce(info_hash, peer_id, 0).await;
        self.hear().await
    }

    /// Nothing more is said for a moment.
    pub async fn hears_nothing(&mut self) {
        let heard = tokio::time::timeout(SHORT, self.socket.next()).await;
        assert!(heard.is_err(), "{heard:?}");
    }

    /// Hears until the tracker says goodbye; `None` when it goes without.
    pub async fn goodbye(&mut self) -> Option<CloseFrame> {
        loop {
            let heard = tokio::time::timeout(LONG, self.socket.next()).await;
            match heard.expect("the socket stays open") {
                Some(Ok(Message::Close(frame))) => return frame,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}

/// Waits until something is so.
pub async fn until(what: &str, is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(LONG, waiting).await.is_ok(), "{what}: it never is");
}
