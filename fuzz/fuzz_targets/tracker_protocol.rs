//! Texts at the tracker's messages.
#![no_main]

use farandole::tracker::protocol::{Id, Message, Relay, parse, write_relay};
use libfuzzer_sys::fuzz_target;

/// What is relayed parses again as what it was.
fn relayed(kind: Relay, info_hash: &Id, peer_id: &Id, offer_id: &Id, sdp: &str) {
    let mut out = Vec::new();
    write_relay(&mut out, kind, info_hash, peer_id, offer_id, sdp);
    let text = std::str::from_utf8(&out).expect("relays are text");
    if kind == Relay::Answer {
        let to = String::from("\"to_peer_id\":\"12345678901234567890\",");
        let said = text.replacen('{', &format!("{{{to}"), 1);
        assert!(matches!(parse(&said), Ok(Message::Answer(answer)) if answer.sdp == sdp));
    } else {
        assert!(matches!(parse(text), Ok(Message::Announce(_))));
    }
}

fuzz_target!(|text: &str| {
    match parse(text) {
        Ok(Message::Announce(said)) => {
            for offer in &said.offers {
                let id = &offer.offer_id;
                relayed(Relay::Offer, &said.info_hash, &said.peer_id, id, offer.sdp);
            }
        }
        Ok(Message::Answer(said)) => {
            relayed(Relay::Answer, &said.info_hash, &said.peer_id, &said.offer_id, said.sdp);
        }
        Ok(Message::Scrape(_)) | Err(_) => {}
    }
});
