//! Which bytes are which WebSocket message? RFC 6455 framing for a server, without extensions, as
//! a pure function of the bytes that came.
//!
//! It works in place on the buffer that was read into, so that a socket which says nothing holds
//! no buffer at all, and a message is never copied before it is understood. Its tests hold it
//! against `tungstenite`.

use super::protocol::MOST_BYTES;

#[cfg(test)]
mod tests;

/// Longest head of a frame that a client sends: two bytes, a long length, a mask.
pub const MOST_HEAD_BYTES: usize = 14;
/// RFC 6455 section 5.5.
const MOST_CONTROL_BYTES: usize = 125;

/// What a peer did wrong, as a close code (RFC 6455 section 7.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// 1002: these bytes are no frames.
    Protocol,
    /// 1007: a text that is not UTF-8.
    NotUtf8,
    /// 1009: longer than [`MOST_BYTES`].
    TooLong,
}

/// A complete message.
#[derive(Debug, PartialEq, Eq)]
pub enum Incoming<'a> {
    /// Text; a binary message that is UTF-8 counts as one, since some clients send JSON so.
    Text(&'a str),
    /// To be answered with the same bytes.
    Ping(&'a [u8]),
    /// It is alive.
    Pong,
    /// It goes, and said this code; to be answered with the same.
    Close(Option<u16>),
    /// A part of a message; more is to come.
    Part,
}

/// The bytes of one frame in a buffer.
struct Head {
    opcode: u8,
    last: bool,
    mask: [u8; 4],
    start: usize,
    length: usize,
}

/// What is remembered between frames: the parts of a message that comes in several.
#[derive(Debug, Default)]
pub struct Frames {
    parts: Vec<u8>,
    fragmented: bool,
}

impl Frames {
    /// Takes the first frame of `buffer`, unmasking it in place; `None` when it has not come
    /// whole. The number says how many bytes it took.
    ///
    /// # Errors
    /// [`Broken`]; the connection is of no use after that.
    pub fn next<'a>(
        &'a mut self,
        buffer: &'a mut [u8],
    ) -> Result<Option<(Incoming<'a>, usize)>, Broken> {
        let Some(head) = head(buffer)? else { return Ok(None) };
        let end = head.start + head.length;
        let Some(payload) = buffer.get_mut(head.start..end) else { return Ok(None) };
        unmask(payload, head.mask);
        let incoming = match (head.opcode, self.fragmented) {
            (CONTINUED, true) | (TEXT | BINARY, false) => self.data(payload, &head)?,
            (CLOSE, _) => close(payload)?,
            (PING, _) => Incoming::Ping(payload),
            (PONG, _) => Incoming::Pong,
            _ => return Err(Broken::Protocol),
        };
        Ok(Some((incoming, end)))
    }

    fn data<'a>(&'a mut self, payload: &'a [u8], head: &Head) -> Result<Incoming<'a>, Broken> {
        if head.last && !self.fragmented {
            return text(payload);
        }
        if head.opcode != CONTINUED {
            self.parts.clear();
        }
        if self.parts.len() + payload.len() > MOST_BYTES {
            return Err(Broken::TooLong);
        }
        self.parts.extend_from_slice(payload);
        self.fragmented = !head.last;
        if self.fragmented { Ok(Incoming::Part) } else { text(&self.parts) }
    }

    /// Gives back memory between messages.
    pub fn rest(&mut self) {
        if !self.fragmented && self.parts.capacity() > 0 {
            self.parts = Vec::new();
        }
    }
}

const CONTINUED: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

fn text(payload: &[u8]) -> Result<Incoming<'_>, Broken> {
    std::str::from_utf8(payload).map(Incoming::Text).map_err(|_| Broken::NotUtf8)
}

fn close(payload: &[u8]) -> Result<Incoming<'static>, Broken> {
    match payload {
        [] => Ok(Incoming::Close(None)),
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            let allowed = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
            match (allowed, std::str::from_utf8(reason)) {
                (true, Ok(_)) => Ok(Incoming::Close(Some(code))),
                (true, Err(_)) => Err(Broken::NotUtf8),
                (false, _) => Err(Broken::Protocol),
            }
        }
        [_] => Err(Broken::Protocol),
    }
}

/// Reads the head at the start of `bytes`; `None` when it has not come whole.
fn head(bytes: &[u8]) -> Result<Option<Head>, Broken> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    let (opcode, last) = (first & 15, first & 0x80 != 0);
    // No extension was agreed on, and clients mask.
    if first & 0x70 != 0 || second & 0x80 == 0 {
        return Err(Broken::Protocol);
    }
    let (length, rest) = match (second & 0x7f, rest) {
        (126, [a, b, rest @ ..]) => (u64::from(u16::from_be_bytes([*a, *b])), rest),
        (127, [a, b, c, d, e, f, g, h, rest @ ..]) => {
            (u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]), rest)
        }
        (126 | 127, _) => return Ok(None),
        (short, rest) => (u64::from(short), rest),
    };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let control = opcode >= CLOSE;
    if opcode > PONG || matches!(opcode, 3..=7) {
        return Err(Broken::Protocol);
    }
    if control && (!last || length > MOST_CONTROL_BYTES) {
        return Err(Broken::Protocol);
    }
    if length > MOST_BYTES {
        return Err(Broken::TooLong);
    }
    let [a, b, c, d, rest @ ..] = rest else { return Ok(None) };
    let start = bytes.len() - rest.len();
    Ok(Some(Head { opcode, last, mask: [*a, *b, *c, *d], start, length }))
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let [a, b, c, d] = mask;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let mut chunks = payload.chunks_exact_mut(8);
    for chunk in &mut chunks {
        if let Ok(bytes) = <[u8; 8]>::try_from(&*chunk) {
            chunk.copy_from_slice(&(u64::from_ne_bytes(bytes) ^ wide).to_ne_bytes());
        }
    }
    for (byte, mask) in chunks.into_remainder().iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
}

/// Appends a text frame whose payload `write` appends; what it writes stays below 64 KiB.
pub fn write_text(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    // Room for the longer head, which most messages need; shorter ones move up.
    let start = out.len();
    out.extend_from_slice(&[0x80 | TEXT, 126, 0, 0]);
    let payload = start + 4;
    write(out);
    let length = out.len() - payload;
    if let (true, Ok(short)) = (length < 126, u8::try_from(length)) {
        out.copy_within(payload.., start + 2);
        out.truncate(out.len() - 2);
        if let Some(byte) = out.get_mut(start + 1) {
            *byte = short;
        }
    } else if let (Some(bytes), Ok(long)) = (out.get_mut(start + 2..payload), u16::try_from(length))
    {
        bytes.copy_from_slice(&long.to_be_bytes());
    } else {
        // Longer than a frame of ours may be: it is not sent.
        out.truncate(start);
    }
}

/// Appends a control frame; of `payload`, at most 125 bytes.
fn write_control(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    let payload = payload.get(..MOST_CONTROL_BYTES).unwrap_or(payload);
    out.extend_from_slice(&[0x80 | opcode, u8::try_from(payload.len()).unwrap_or(0)]);
    out.extend_from_slice(payload);
}

/// Appends a ping without payload.
pub fn write_ping(out: &mut Vec<u8>) {
    write_control(out, PING, &[]);
}

/// Appends the answer to a ping.
pub fn write_pong(out: &mut Vec<u8>, payload: &[u8]) {
    write_control(out, PONG, payload);
}

/// Appends a goodbye with a code and a short reason.
pub fn write_close(out: &mut Vec<u8>, code: u16, reason: &str) {
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(reason.as_bytes());
    write_control(out, CLOSE, &payload);
}
