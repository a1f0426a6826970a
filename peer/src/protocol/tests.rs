//! Are these the package's bytes, word for word, and does nothing from a peer hurt?

use proptest::prelude::*;
use serde::Deserialize;

use super::{Answer, Command, Joiner, MESSAGE_LIMIT, ProtocolError, is_command, raw_messages};

#[derive(Deserialize)]
struct Vector {
    command: Fields,
    max: usize,
    frames: Vec<String>,
}

#[derive(Deserialize)]
struct Fields {
    c: u8,
    #[serde(default)]
    l: Vec<u64>,
    #[serde(default)]
    p: Vec<u64>,
    #[serde(default)]
    i: u64,
    #[serde(default)]
    r: u64,
    #[serde(default)]
    s: u64,
    #[serde(default)]
    b: u64,
}

impl Fields {
    fn command(self) -> Command {
        let answer = Answer { segment: self.i, request: self.r };
        match self.c {
            0 => Command::Announcement { loaded: self.l, loading: self.p },
            1 => Command::Request { segment: self.i, request: self.r, from: self.b },
            2 => Command::Data { segment: self.i, request: self.r, size: self.s },
            3 => Command::Completed(answer),
            4 => Command::Absent(answer),
            5 => Command::Cancel(answer),
            other => panic!("no command {other}"),
        }
    }
}

fn joined(frames: &[Vec<u8>]) -> Result<Option<Command>, ProtocolError> {
    let mut joiner = Joiner::default();
    let mut last = Ok(None);
    for frame in frames {
        assert!(is_command(frame));
        last = joiner.push(frame);
    }
    last
}

/// Ids in any order: groups may be told in another.
fn sorted(command: Command) -> Command {
    match command {
        Command::Announcement { mut loaded, mut loading } => {
            loaded.sort_unstable();
            loading.sort_unstable();
            Command::Announcement { loaded, loading }
        }
        other => other,
    }
}

#[test]
fn commands_are_the_packages_bytes() {
    let vectors: Vec<Vector> =
        serde_json::from_str(include_str!("../../tests/vectors/commands.json")).unwrap();
    assert!(vectors.len() >= 16, "the vectors were not found");
    for vector in vectors {
        let frames: Vec<_> =
            vector.frames.iter().map(|frame| hex::decode(frame).unwrap()).collect();
        let command = vector.command.command();
        assert_eq!(command.encode(vector.max), frames, "{command:?}");
        assert_eq!(joined(&frames).unwrap().map(sorted), Some(sorted(command)));
    }
}

#[test]
fn two_hundred_and_fifty_six_ids_in_a_row_are_not_lost() {
    let command = Command::Announcement { loaded: (0..1024).collect(), loading: Vec::new() };
    let frames = command.encode(MESSAGE_LIMIT);
    // Length 255 and a group of one, never the 0 that the package reads as no ids.
    assert_eq!(&frames[0][4..11], b"\0l\x10\x08\x02\x00\xff");
    assert_eq!(joined(&frames).unwrap().map(sorted), Some(command));
}

#[test]
fn a_full_group_of_the_package_is_understood() {
    let mut body = b"\0l\x10\x01\x02\x01\0".to_vec();
    body.extend(0..=255_u8);
    let wanted = Command::Announcement { loaded: (256..512).collect(), loading: Vec::new() };
    assert_eq!(Command::parse(&body), Ok(wanted));
}

#[test]
fn more_ids_than_the_format_holds_are_left_out() {
    let command = Command::Announcement { loaded: (0..60_000).collect(), loading: Vec::new() };
    let Some(Command::Announcement { loaded, .. }) =
        joined(&command.encode(MESSAGE_LIMIT)).unwrap()
    else {
        panic!("not an announcement");
    };
    assert!(loaded.len() > 32_000 && loaded.iter().all(|id| *id < 60_000));
}

#[test]
fn fields_of_a_newer_peer_are_left_out() {
    let body = b"\x03i\x01\x05x\x20\x03abcr\x01\x07y\x01\x01";
    assert_eq!(Command::parse(body), Ok(Command::Completed(Answer { segment: 5, request: 7 })));
    assert_eq!(Command::parse(b"\x09"), Err(ProtocolError::Unknown(9)));
}

#[test]
fn numbers_that_cannot_be_meant_are_refused() {
    for body in [
        &b"\x03i\x01\x85r\x01\x01"[..],
        b"\x03i\x08\x7f\xff\xff\xff\xff\xff\xff\xffr\x01\x01",
        b"\x03i\x00r\x01\x01",
        b"\x03i\x30r\x01\x01",
        b"\x03i\x01\x01",
        b"\x02i\x01\x01r\x01\x01",
        b"\0l\x10\x01",
        b"",
    ] {
        assert_eq!(Command::parse(body), Err(ProtocolError::Malformed), "{body:?}");
    }
}

#[test]
fn parts_out_of_order_do_not_spoil_the_next_command() {
    let mut joiner = Joiner::default();
    assert_eq!(joiner.push(b"dstr\0cend"), Err(ProtocolError::OutOfOrder));
    assert_eq!(joiner.push(b"cstr\x03idend"), Ok(None));
    assert_eq!(joiner.push(b"cstr\x03idend"), Err(ProtocolError::OutOfOrder));
    let whole = Command::Absent(Answer { segment: 1, request: 2 });
    assert_eq!(joiner.push(&whole.encode(MESSAGE_LIMIT)[0]), Ok(Some(whole)));
}

#[test]
fn a_command_without_end_does_not_grow_without_end() {
    let mut joiner = Joiner::default();
    let part = [b"dstr".to_vec(), vec![0; 60_000], b"dend".to_vec()].concat();
    assert_eq!(joiner.push(b"cstr\0dend"), Ok(None));
    let errors = (0..10).map(|_| joiner.push(&part)).find(Result::is_err);
    assert_eq!(errors, Some(Err(ProtocolError::TooLong)));
}

#[test]
fn media_that_looks_like_a_command_is_cut_elsewhere() {
    let segment = [&b"cstr"[..], &[7; 92], b"cend"].concat();
    let messages: Vec<_> = raw_messages(&segment, 100).collect();
    assert!(messages.iter().all(|message| !is_command(message)));
    assert_eq!(messages.concat(), segment);
}

prop_compose! {
    fn command()(
        kind in 0_u8..6,
        loaded in prop::collection::btree_set(0_u64..100_000, 0..600),
        loading in prop::collection::btree_set(0_u64..300, 0..300),
        segment in 0_u64..(1 << 53),
        request in 0_u64..1_000,
        number in 0_u64..(1 << 40),
    ) -> Command {
        let answer = Answer { segment, request };
        match kind {
            0 => Command::Announcement {
                loaded: loaded.into_iter().collect(),
                loading: loading.into_iter().collect(),
            },
            1 => Command::Request { segment, request, from: number },
            2 => Command::Data { segment, request, size: number },
            3 => Command::Completed(answer),
            4 => Command::Absent(answer),
            _ => Command::Cancel(answer),
        }
    }
}

proptest! {
    #[test]
    fn what_is_said_is_understood(command in command(), limit in 20_usize..70_000) {
        let frames = command.encode(limit);
        prop_assert!(frames.iter().all(|frame| frame.len() <= limit));
        // More than 255 groups cannot be told at once.
        prop_assume!(!matches!(&command, Command::Announcement { loaded, .. } if loaded.len() > 250));
        prop_assert_eq!(joined(&frames), Ok(Some(command)));
    }

    #[test]
    fn a_segment_survives_being_cut(
        segment in prop::collection::vec(prop::sample::select(b"cstrdend\0".to_vec()), 0..400),
        limit in 4_usize..60,
    ) {
        let messages: Vec<_> = raw_messages(&segment, limit).collect();
        prop_assert!(messages.iter().all(|message| !is_command(message) && message.len() <= limit));
        prop_assert_eq!(messages.concat(), segment);
    }

    #[test]
    fn no_bytes_are_a_panic(messages in prop::collection::vec(
        prop::collection::vec(any::<u8>(), 0..60), 1..5,
    )) {
        let mut joiner = Joiner::default();
        for bytes in messages {
            let _ = Command::parse(&bytes);
            for (start, end) in [("cstr", "cend"), ("cstr", "dend"), ("dstr", "cend")] {
                let framed = [start.as_bytes(), &bytes, end.as_bytes()].concat();
                let _ = joiner.push(&framed);
            }
        }
    }
}
