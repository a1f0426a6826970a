//! What do WebTorrent clients say to a tracker, and how is it answered? JSON text, read without
//! copying what is only passed on.
//!
//! The dialect is that of `bittorrent-tracker` (npm): ids are strings of 20 characters U+0000 to
//! U+00FF, one per byte. Session descriptions are looked at just enough to know that they are
//! strings, and go on exactly as they came. Who may say what is decided elsewhere.

use std::borrow::Cow;
use std::fmt;
use std::io::Write as _;

use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

#[cfg(test)]
mod tests;

/// Longest message, bytes.
pub const MOST_BYTES: usize = 64 * 1024;
/// Offers of one announce that are looked at; stock clients make 5. More are ignored.
pub const MOST_OFFERS: usize = 10;
/// Longest session description as JSON text, bytes; browsers make some 700, with many network
/// interfaces a few thousand.
pub const MOST_SDP_BYTES: usize = 8 * 1024;
/// Hashes of one scrape.
pub const MOST_SCRAPED: usize = 64;

/// An id of 20 bytes: info hash, peer id or offer id.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(pub [u8; 20]);

impl Id {
    /// Reads 20 characters U+0000 to U+00FF.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 20];
        let mut characters = text.chars();
        for byte in &mut bytes {
            *byte = u8::try_from(u32::from(characters.next()?)).ok()?;
        }
        characters.next().is_none().then_some(Self(bytes))
    }

    /// Appends it as a JSON string, quotes included.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        for &byte in &self.0 {
            match byte {
                b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
                0..0x20 => {
                    let digit = byte & 15;
                    let last = if digit < 10 { b'0' + digit } else { b'a' + digit - 10 };
                    out.extend_from_slice(b"\\u00");
                    out.extend_from_slice(&[b'0' + (byte >> 4), last]);
                }
                0x20..0x80 => out.push(byte),
                _ => out.extend_from_slice(&[0xc0 | (byte >> 6), 0x80 | (byte & 0x3f)]),
            }
        }
        out.push(b'"');
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", self.0.escape_ascii())
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Id;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("20 characters U+0000 to U+00FF")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Id, E> {
                Id::parse(text)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str("a text"), &self))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// What a client says.
#[derive(Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// It is there, and may want to meet others.
    Announce(Announce<'a>),
    /// It answers an offer.
    Answer(Answer<'a>),
    /// It asks how many are in these swarms.
    Scrape(Vec<Id>),
}

/// What an announce is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The client begins anew.
    Started,
    /// It leaves.
    Stopped,
    /// It has everything now.
    Completed,
    /// Nothing of these.
    Update,
}

/// A client is there.
#[derive(Debug, PartialEq, Eq)]
pub struct Announce<'a> {
    /// Its swarm.
    pub info_hash: Id,
    /// Its id in the swarm.
    pub peer_id: Id,
    /// Why it speaks.
    pub event: Event,
    /// It has everything (`left` is 0).
    pub complete: bool,
    /// Offers for others, as many as it wants to meet, [`MOST_OFFERS`] at most.
    pub offers: Vec<Offer<'a>>,
}

/// An offer to connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer<'a> {
    /// What the answer will name.
    pub offer_id: Id,
    /// The session description as it came: a JSON string, quotes included.
    pub sdp: &'a str,
}

/// An answer to an offer that was relayed.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The swarm.
    pub info_hash: Id,
    /// Who answers.
    pub peer_id: Id,
    /// Who offered.
    pub to_peer_id: Id,
    /// Which offer.
    pub offer_id: Id,
    /// The session description as it came: a JSON string, quotes included.
    pub sdp: &'a str,
}

/// Why a message is not understood: a sentence for the developer of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotUnderstood(&'static str);

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    action: Cow<'a, str>,
    info_hash: Option<Hashes>,
    peer_id: Option<Id>,
    to_peer_id: Option<Id>,
    offer_id: Option<Id>,
    #[serde(borrow)]
    event: Option<Cow<'a, str>>,
    #[serde(borrow)]
    left: Option<&'a RawValue>,
    #[serde(borrow)]
    numwant: Option<&'a RawValue>,
    #[serde(borrow)]
    offers: Option<Vec<WireOffer<'a>>>,
    #[serde(borrow)]
    answer: Option<Description<'a>>,
}

#[derive(Deserialize)]
struct WireOffer<'a> {
    #[serde(borrow)]
    offer: Description<'a>,
    offer_id: Id,
}

#[derive(Deserialize)]
struct Description<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    sdp: &'a RawValue,
}

impl<'a> Description<'a> {
    /// The description's JSON string, when it is one of `kind`.
    fn of(&self, kind: &str) -> Result<&'a str, NotUnderstood> {
        let text = self.sdp.get();
        if self.kind != kind || !text.starts_with('"') {
            return Err(NotUnderstood("a session description should be a type and an sdp"));
        }
        if text.len() > MOST_SDP_BYTES {
            return Err(NotUnderstood("a session description is too long"));
        }
        Ok(text)
    }
}

/// One hash or several.
struct Hashes(Vec<Id>);

impl<'de> Deserialize<'de> for Hashes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Hashes;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an info hash or a list of them")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Hashes, E> {
                let id = Id::parse(text);
                id.map(|id| Hashes(vec![id])).ok_or_else(|| E::custom("no info hash"))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Hashes, A::Error> {
                let mut all = Vec::new();
                while let Some(id) = seq.next_element()? {
                    if all.len() == MOST_SCRAPED {
                        return Err(de::Error::custom("too many info hashes"));
                    }
                    all.push(id);
                }
                Ok(Hashes(all))
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}

/// Reads one message.
///
/// # Errors
/// It is no JSON, or not one that a tracker is told.
pub fn parse(text: &str) -> Result<Message<'_>, NotUnderstood> {
    if text.len() > MOST_BYTES {
        return Err(NotUnderstood("the message is too long"));
    }
    let wire: Wire<'_> = serde_json::from_str(text)
        .map_err(|_| NotUnderstood("the message is not understood: see BEP 3 and WebTorrent"))?;
    let hashes = wire.info_hash.as_ref().map_or(&[][..], |hashes| &hashes.0);
    match &*wire.action {
        "scrape" => Ok(Message::Scrape(hashes.to_vec())),
        "announce" => {
            let &[info_hash] = hashes else { return Err(NotUnderstood("invalid info_hash")) };
            announce(&wire, info_hash)
        }
        _ => Err(NotUnderstood("action should be announce or scrape")),
    }
}

fn announce<'a>(wire: &Wire<'a>, info_hash: Id) -> Result<Message<'a>, NotUnderstood> {
    let peer_id = wire.peer_id.ok_or(NotUnderstood("invalid peer_id"))?;
    if let Some(answer) = &wire.answer {
        return Ok(Message::Answer(Answer {
            info_hash,
            peer_id,
            to_peer_id: wire.to_peer_id.ok_or(NotUnderstood("invalid to_peer_id"))?,
            offer_id: wire.offer_id.ok_or(NotUnderstood("invalid offer_id"))?,
            sdp: answer.of("answer")?,
        }));
    }
    let wanted = wire.numwant.and_then(|wanted| wanted.get().parse().ok()).unwrap_or(MOST_OFFERS);
    let offers = wire.offers.as_deref().unwrap_or_default().iter().take(wanted.min(MOST_OFFERS));
    Ok(Message::Announce(Announce {
        info_hash,
        peer_id,
        event: match wire.event.as_deref() {
            Some("started") => Event::Started,
            Some("stopped") => Event::Stopped,
            Some("completed") => Event::Completed,
            _ => Event::Update,
        },
        complete: wire.left.is_some_and(|left| left.get() == "0"),
        offers: offers
            .map(|offer| Ok(Offer { offer_id: offer.offer_id, sdp: offer.offer.of("offer")? }))
            .collect::<Result<_, _>>()?,
    }))
}

fn number(out: &mut Vec<u8>, value: impl fmt::Display) {
    // Writing to memory does not fail.
    let _ = write!(out, "{value}");
}

/// How many are in a swarm.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Who have everything.
    pub complete: usize,
    /// Who do not say so; every viewer of a video, as players know no such state.
    pub incomplete: usize,
}

/// Appends the answer to an announce; clients come again after `interval_s` seconds.
pub fn write_reply(out: &mut Vec<u8>, info_hash: &Id, interval_s: u32, count: Count) {
    out.extend_from_slice(br#"{"action":"announce","interval":"#);
    number(out, interval_s);
    out.extend_from_slice(br#","info_hash":"#);
    info_hash.write(out);
    out.extend_from_slice(br#","complete":"#);
    number(out, count.complete);
    out.extend_from_slice(br#","incomplete":"#);
    number(out, count.incomplete);
    out.push(b'}');
}

/// Which way a relayed description goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relay {
    /// From who wants to meet others.
    Offer,
    /// Back to who offered.
    Answer,
}

/// Appends an offer or answer for another client, in the name of `peer_id`.
pub fn write_relay(
    out: &mut Vec<u8>,
    kind: Relay,
    info_hash: &Id,
    peer_id: &Id,
    offer_id: &Id,
    sdp: &str,
) {
    out.extend_from_slice(match kind {
        Relay::Offer => br#"{"action":"announce","offer":{"type":"offer","sdp":"#.as_slice(),
        Relay::Answer => br#"{"action":"announce","answer":{"type":"answer","sdp":"#.as_slice(),
    });
    out.extend_from_slice(sdp.as_bytes());
    out.extend_from_slice(br#"},"offer_id":"#);
    offer_id.write(out);
    out.extend_from_slice(br#","peer_id":"#);
    peer_id.write(out);
    out.extend_from_slice(br#","info_hash":"#);
    info_hash.write(out);
    out.push(b'}');
}

/// Appends a failure. `why` is a plain ASCII sentence without quotes. Clients drop a socket that
/// says anything without `action`, so even this has one.
pub fn write_failure(out: &mut Vec<u8>, info_hash: Option<&Id>, why: &str) {
    out.extend_from_slice(br#"{"action":"announce","failure reason":""#);
    out.extend_from_slice(why.as_bytes());
    out.push(b'"');
    if let Some(info_hash) = info_hash {
        out.extend_from_slice(br#","info_hash":"#);
        info_hash.write(out);
    }
    out.push(b'}');
}

/// Appends the answer to a scrape.
pub fn write_scrape(out: &mut Vec<u8>, files: &[(Id, Count)], interval_s: u32) {
    out.extend_from_slice(br#"{"action":"scrape","files":{"#);
    for (position, (info_hash, count)) in files.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        info_hash.write(out);
        out.extend_from_slice(br#":{"complete":"#);
        number(out, count.complete);
        out.extend_from_slice(br#","incomplete":"#);
        number(out, count.incomplete);
        // As the npm tracker has it: who is complete has downloaded.
        out.extend_from_slice(br#","downloaded":"#);
        number(out, count.complete);
        out.push(b'}');
    }
    out.extend_from_slice(br#"},"flags":{"min_request_interval":"#);
    number(out, interval_s);
    out.extend_from_slice(b"}}");
}
