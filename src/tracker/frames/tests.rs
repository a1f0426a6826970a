use std::io::{self, Read, Write};

use proptest::prelude::*;
use tokio_tungstenite::tungstenite::protocol::{Message, Role, WebSocket};

use super::*;

/// What one side wrote, to be read by the other.
#[derive(Default)]
struct Tape(io::Cursor<Vec<u8>>);

impl Read for Tape {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Tape {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.get_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a client of the `tungstenite` crate sends for these messages.
fn sent(messages: &[Message]) -> Vec<u8> {
    let mut client = WebSocket::from_raw_socket(Tape::default(), Role::Client, None);
    for message in messages {
        client.send(message.clone()).unwrap();
    }
    client.get_ref().0.get_ref().clone()
}

/// A frame with everything as wanted, masked with a mask of its own.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        short @ 0..126 => bytes.push(0x80 | short as u8),
        long @ 126..65_536 => {
            bytes.push(0x80 | 126);
            bytes.extend((long as u16).to_be_bytes());
        }
        long => {
            bytes.push(0x80 | 127);
            bytes.extend((long as u64).to_be_bytes());
        }
    }
    let mask = [1, 2, 3, 4];
    bytes.extend(mask);
    bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

/// Everything in `bytes`, which come in pieces that end at `cuts`.
fn heard(bytes: &[u8], cuts: &[usize]) -> Result<Vec<String>, Broken> {
    let mut frames = Frames::default();
    let (mut all, mut kept, mut from) = (Vec::new(), Vec::new(), 0);
    for &to in cuts.iter().chain([&bytes.len()]) {
        kept.extend_from_slice(&bytes[from..to.max(from)]);
        from = to.max(from);
        while let Some((incoming, taken)) = frames.next(&mut kept)? {
            if incoming != Incoming::Part {
                all.push(format!("{incoming:?}"));
            }
            kept.drain(..taken);
        }
    }
    Ok(all)
}

#[test]
fn broken_frames_end_a_connection() {
    for (bytes, why) in [
        (frame(0x81 | 0x40, b"x"), Broken::Protocol),
        (frame(0x83, b"x"), Broken::Protocol),
        (frame(0x8b, b""), Broken::Protocol),
        (frame(0x80, b"x"), Broken::Protocol),
        (frame(0x09, b"x"), Broken::Protocol),
        (frame(0x89, &[0; 126]), Broken::Protocol),
        (vec![0x81, 1, b'x'], Broken::Protocol),
        (frame(0x88, &[3]), Broken::Protocol),
        (frame(0x88, &1005_u16.to_be_bytes()), Broken::Protocol),
        (frame(0x81, &[0xff]), Broken::NotUtf8),
        (frame(0x88, &[3, 232, 0xff]), Broken::NotUtf8),
        (frame(0x81, &vec![b'x'; MOST_BYTES + 1]), Broken::TooLong),
        ([frame(0x01, b"x"), frame(0x81, b"x")].concat(), Broken::Protocol),
        ([frame(0x01, &vec![b'x'; MOST_BYTES]), frame(0x80, b"x")].concat(), Broken::TooLong),
        // Refused at its head: nothing of it is waited for.
        (vec![0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Broken::TooLong),
    ] {
        assert_eq!(heard(&bytes, &[]), Err(why), "{:x?}", &bytes[..bytes.len().min(16)]);
    }
}

#[test]
fn a_message_in_parts_is_put_together_around_a_ping() {
    let bytes = [
        frame(0x01, "\u{e9}".as_bytes().split_at(1).0),
        frame(0x89, b"here?"),
        frame(0x00, "\u{e9}".as_bytes().split_at(1).1),
        frame(0x80, b"!"),
        frame(0x82, b"binary json"),
        frame(0x88, &1001_u16.to_be_bytes()),
    ]
    .concat();
    let expected = [
        "Ping([104, 101, 114, 101, 63])",
        "Text(\"\u{e9}!\")",
        "Text(\"binary json\")",
        "Close(Some(1001))",
    ];
    assert_eq!(heard(&bytes, &[]).unwrap(), expected);
}

proptest! {
    #[test]
    fn nothing_that_comes_makes_it_panic(bytes in any::<Vec<u8>>()) {
        let _ = heard(&bytes, &[]);
    }

    /// However the network cuts them, messages of another implementation are read as they were.
    #[test]
    fn what_tungstenite_sends_is_heard(
        texts in prop::collection::vec(".{0,300}", 1..8),
        mut cuts in prop::collection::vec(0_usize..2000, 0..8),
    ) {
        let messages: Vec<_> = texts.iter().map(|text| Message::text(text.clone())).collect();
        let bytes = sent(&messages);
        cuts.iter_mut().for_each(|cut| *cut = (*cut).min(bytes.len()));
        cuts.sort_unstable();
        let expected: Vec<_> = texts.iter().map(|text| format!("Text({text:?})")).collect();
        prop_assert_eq!(heard(&bytes, &cuts), Ok(expected));
    }

    #[test]
    fn what_is_sent_is_what_tungstenite_reads(
        payload in prop_oneof![
            ".{0,130}",
            "[a-z]{100,200}",
            (60_000..65_536_usize).prop_map(|length| "x".repeat(length)),
        ],
        reason in "[a-z ]{0,60}",
    ) {
        prop_assume!(payload.len() < 65_536);
        let mut bytes = Vec::new();
        write_text(&mut bytes, |out| out.extend_from_slice(payload.as_bytes()));
        write_ping(&mut bytes);
        write_pong(&mut bytes, b"so");
        write_close(&mut bytes, 1012, &reason);
        let tape = Tape(io::Cursor::new(bytes));
        let mut client = WebSocket::from_raw_socket(tape, Role::Client, None);
        prop_assert_eq!(client.read().unwrap(), Message::text(payload));
        prop_assert!(client.read().unwrap().is_ping());
        prop_assert_eq!(client.read().unwrap(), Message::Pong("so".into()));
        let Message::Close(Some(close)) = client.read().unwrap() else { panic!() };
        prop_assert_eq!(u16::from(close.code), 1012);
        prop_assert_eq!(close.reason.as_str(), reason);
    }
}

#[test]
fn a_payload_too_long_for_a_frame_is_not_sent() {
    let mut bytes = vec![1];
    write_text(&mut bytes, |out| out.resize(70_000, b'x'));
    assert_eq!(bytes, [1]);
}
