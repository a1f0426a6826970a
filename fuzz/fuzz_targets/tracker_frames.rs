//! Bytes, cut anywhere, at the WebSocket framing.
#![no_main]

use farandole::tracker::frames::{Broken, Frames, Incoming};
use libfuzzer_sys::fuzz_target;

fn heard(bytes: &[u8], cut: usize) -> (Vec<String>, Option<Broken>) {
    let (mut frames, mut all, mut kept) = (Frames::default(), Vec::new(), Vec::new());
    for piece in [&bytes[..cut], &bytes[cut..]] {
        kept.extend_from_slice(piece);
        loop {
            let taken = match frames.next(&mut kept) {
                Ok(Some((incoming, taken))) => {
                    if incoming != Incoming::Part {
                        all.push(format!("{incoming:?}"));
                    }
                    taken
                }
                Ok(None) => break,
                Err(broken) => return (all, Some(broken)),
            };
            kept.drain(..taken);
        }
    }
    (all, None)
}

fuzz_target!(|input: (&[u8], usize)| {
    let (bytes, cut) = input;
    let cut = if bytes.is_empty() { 0 } else { cut % bytes.len() };
    assert_eq!(heard(bytes, cut), heard(bytes, 0));
});
