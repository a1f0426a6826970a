//! What is said to a tracker and what does it answer? JSON of the WebTorrent protocol to values and
//! back. Pure. The 20 bytes of hashes and ids travel as 20 characters U+0000 to U+00FF.

use serde::{Deserialize, Serialize};

use crate::info_hash::InfoHash;

/// Who a peer is in one swarm.
pub type PeerId = [u8; 20];
/// Which offer an answer belongs to.
pub type OfferId = [u8; 20];

/// A session description, as browsers write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// `offer` or `answer`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The SDP, candidates included.
    pub sdp: String,
}

/// An offer to whoever the tracker picks.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Its name.
    pub id: OfferId,
    /// The SDP.
    pub sdp: String,
}

/// What a tracker says about one swarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The announce arrived. Seconds until the next, and peers in the swarm.
    Welcome {
        /// Seconds.
        interval_s: Option<u64>,
        /// Peers, this one included.
        peers: u64,
    },
    /// Another peer offers a connection.
    Offered {
        /// Who.
        peer: PeerId,
        /// The name to answer to.
        offer: OfferId,
        /// The SDP.
        sdp: String,
    },
    /// Another peer answers one of our offers.
    Answered {
        /// Who.
        peer: PeerId,
        /// Which offer.
        offer: OfferId,
        /// The SDP.
        sdp: String,
    },
    /// The tracker does not serve this swarm, or warns.
    Refused(String),
}

#[derive(Serialize)]
struct Announce<'a> {
    action: &'static str,
    info_hash: String,
    peer_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'a str>,
    numwant: usize,
    uploaded: u64,
    downloaded: u64,
    offers: Vec<OfferOut<'a>>,
}

#[derive(Serialize)]
struct OfferOut<'a> {
    offer: DescriptionOut<'a>,
    offer_id: String,
}

#[derive(Serialize)]
struct DescriptionOut<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    sdp: &'a str,
}

#[derive(Serialize)]
struct Answer<'a> {
    action: &'static str,
    info_hash: String,
    peer_id: String,
    to_peer_id: String,
    answer: DescriptionOut<'a>,
    offer_id: String,
}

#[derive(Deserialize)]
struct Incoming {
    action: Option<String>,
    info_hash: Option<String>,
    peer_id: Option<String>,
    offer_id: Option<String>,
    offer: Option<Description>,
    answer: Option<Description>,
    interval: Option<u64>,
    complete: Option<u64>,
    incomplete: Option<u64>,
    #[serde(rename = "failure reason")]
    failure: Option<String>,
    #[serde(rename = "warning message")]
    warning: Option<String>,
}

/// An announce; `first` says that the peer just joined.
#[must_use]
pub fn announce(hash: &InfoHash, peer: &PeerId, first: bool, offers: &[Offer]) -> String {
    let offers: Vec<_> = offers
        .iter()
        .map(|offer| OfferOut {
            offer: DescriptionOut { kind: "offer", sdp: &offer.sdp },
            offer_id: text(&offer.id),
        })
        .collect();
    json(&Announce {
        action: "announce",
        info_hash: text(hash),
        peer_id: text(peer),
        event: first.then_some("started"),
        numwant: offers.len(),
        uploaded: 0,
        downloaded: 0,
        offers,
    })
}

/// Leaves a swarm. Stock browsers just close their socket.
#[must_use]
pub fn leave(hash: &InfoHash, peer: &PeerId) -> String {
    json(&Announce {
        action: "announce",
        info_hash: text(hash),
        peer_id: text(peer),
        event: Some("stopped"),
        numwant: 0,
        uploaded: 0,
        downloaded: 0,
        offers: Vec::new(),
    })
}

/// The answer to another peer's offer.
#[must_use]
pub fn answer(hash: &InfoHash, peer: &PeerId, to: &PeerId, offer: &OfferId, sdp: &str) -> String {
    json(&Answer {
        action: "announce",
        info_hash: text(hash),
        peer_id: text(peer),
        to_peer_id: text(to),
        answer: DescriptionOut { kind: "answer", sdp },
        offer_id: text(offer),
    })
}

/// The swarm a message is about and what it says; `None` for what is no use to a peer.
#[must_use]
pub fn parse(message: &str) -> Option<(InfoHash, Said)> {
    let message: Incoming = serde_json::from_str(message).ok()?;
    if message.action.as_deref() != Some("announce") {
        return None;
    }
    let hash = bytes(message.info_hash.as_deref()?)?;
    if let Some(reason) = message.failure.or(message.warning) {
        // A tracker's words end on somebody's terminal.
        let plain = reason.chars().filter(|c| !c.is_control()).take(200).collect();
        return Some((hash, Said::Refused(plain)));
    }
    let from = |text: Option<String>| text.as_deref().and_then(bytes);
    if let (Some(peer), Some(offer)) = (from(message.peer_id), from(message.offer_id)) {
        return match (message.offer, message.answer) {
            (Some(sdp), _) if sdp.kind == "offer" => {
                Some((hash, Said::Offered { peer, offer, sdp: sdp.sdp }))
            }
            (None, Some(sdp)) if sdp.kind == "answer" => {
                Some((hash, Said::Answered { peer, offer, sdp: sdp.sdp }))
            }
            _ => None,
        };
    }
    let peers =
        message.complete.unwrap_or_default().saturating_add(message.incomplete.unwrap_or_default());
    Some((hash, Said::Welcome { interval_s: message.interval, peers }))
}

/// 20 bytes as 20 characters.
#[must_use]
pub fn text(bytes: &[u8; 20]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// 20 characters as 20 bytes.
#[must_use]
pub fn bytes(text: &str) -> Option<[u8; 20]> {
    let mut bytes = [0; 20];
    let mut characters = text.chars();
    for byte in &mut bytes {
        *byte = u8::try_from(characters.next()?).ok()?;
    }
    characters.next().is_none().then_some(bytes)
}

/// Structs of strings and numbers always become JSON.
fn json(message: &impl Serialize) -> String {
    serde_json::to_string(message).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Offer, Said, announce, answer, bytes, leave, parse, text};
    use serde_json::{Value, json};

    #[test]
    fn every_byte_travels_as_one_character() {
        let all: Vec<[u8; 20]> = (0..=255_u8).map(|byte| [byte; 20]).collect();
        for id in all {
            assert_eq!(text(&id).chars().count(), 20);
            assert_eq!(bytes(&text(&id)), Some(id));
        }
        assert_eq!(bytes("short"), None);
        assert_eq!(bytes(&"a".repeat(21)), None);
        assert_eq!(bytes(&"Ā".repeat(20)), None);
    }

    #[test]
    fn an_announce_is_what_stock_clients_send() {
        let offers = [Offer { id: [0xff; 20], sdp: "v=0\r\n".to_owned() }];
        let sent: Value =
            serde_json::from_str(&announce(&[b'h'; 20], &[b'p'; 20], true, &offers)).unwrap();
        assert_eq!(
            sent,
            json!({
                "action": "announce", "info_hash": "h".repeat(20), "peer_id": "p".repeat(20),
                "event": "started", "numwant": 1, "uploaded": 0, "downloaded": 0,
                "offers": [{ "offer": { "type": "offer", "sdp": "v=0\r\n" }, "offer_id": "ÿ".repeat(20) }],
            })
        );
        let again: Value = serde_json::from_str(&announce(&[1; 20], &[2; 20], false, &[])).unwrap();
        assert_eq!(again.get("event"), None);
        let gone: Value = serde_json::from_str(&leave(&[1; 20], &[2; 20])).unwrap();
        assert_eq!(gone["event"], "stopped");
    }

    #[test]
    fn an_answer_goes_to_the_peer_that_offered() {
        let sent: Value = serde_json::from_str(&answer(
            &[b'h'; 20],
            &[b'p'; 20],
            &[b't'; 20],
            &[b'o'; 20],
            "v=0",
        ))
        .unwrap();
        assert_eq!(sent["to_peer_id"], "t".repeat(20));
        assert_eq!(sent["offer_id"], "o".repeat(20));
        assert_eq!(sent["answer"], json!({ "type": "answer", "sdp": "v=0" }));
    }

    #[test]
    fn what_a_tracker_says_is_understood() {
        let hash = "h".repeat(20);
        let said = |fields: Value| {
            let mut message = json!({ "action": "announce", "info_hash": hash });
            message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            parse(&message.to_string()).map(|(found, said)| {
                assert_eq!(found, [b'h'; 20]);
                said
            })
        };
        assert_eq!(
            said(json!({ "interval": 120, "complete": 1, "incomplete": 2 })),
            Some(Said::Welcome { interval_s: Some(120), peers: 3 })
        );
        let peer = "p".repeat(20);
        let offer = json!({ "type": "offer", "sdp": "v=0" });
        assert!(matches!(
            said(json!({ "peer_id": peer, "offer_id": peer, "offer": offer })),
            Some(Said::Offered { .. })
        ));
        let answer = json!({ "type": "answer", "sdp": "v=0" });
        assert!(matches!(
            said(json!({ "peer_id": peer, "offer_id": peer, "answer": answer })),
            Some(Said::Answered { .. })
        ));
        assert_eq!(said(json!({ "peer_id": peer, "offer_id": peer, "offer": answer })), None);
        assert_eq!(
            said(json!({ "failure reason": "no\u{1b}[31m swarm" })),
            Some(Said::Refused("no[31m swarm".to_owned()))
        );
        assert_eq!(parse("{}"), None);
        assert_eq!(parse("[1"), None);
        assert_eq!(parse(r#"{"action":"scrape","files":{}}"#), None);
    }
}
