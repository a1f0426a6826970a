//! What do peers say to each other? Commands of p2p-media-loader's peer protocol v2 to messages and
//! back (`p2p/commands/*.js` of its core, 2.3.1). Pure: no sockets, no time. Everything read here
//! comes from strangers and is bounded.
//!
//! A message that starts with `cstr` or `dstr` and ends with `cend` or `dend` is a command or a
//! part of one; any other is raw bytes of the segment announced last.

/// Longest message a peer sends, in bytes.
pub const MESSAGE_LIMIT: usize = 64 * 1024 - 1;
/// Longest command taken, in bytes, all its parts together.
const COMMAND_LIMIT: usize = 256 * 1024;
/// Most ids taken from one command.
const IDS_LIMIT: usize = 65_536;
/// Largest whole number JavaScript holds exactly.
const NUMBER_LIMIT: u64 = (1 << 53) - 1;
/// Most ids in one group. The package writes the length of a full group of 256 as none, so ours
/// are shorter (<https://github.com/Novage/p2p-media-loader>, `serializeSimilarIntArray`).
const GROUP_LIMIT: usize = 255;
/// Most groups: their number is one byte.
const GROUPS_LIMIT: usize = 255;

const COMMAND_START: &[u8] = b"cstr";
const COMMAND_END: &[u8] = b"cend";
const PART_START: &[u8] = b"dstr";
const PART_END: &[u8] = b"dend";
const FRAME: usize = 4;

const INT: u8 = 0;
const INT_ARRAY: u8 = 1;
const STRING: u8 = 2;

/// Why bytes of a peer are no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// The command ends too early, or has a value of no known type.
    #[error("a command of the peer is malformed")]
    Malformed,
    /// The command is longer than any honest one.
    #[error("a command of the peer is too long")]
    TooLong,
    /// A part came without a beginning, or a beginning before the last end.
    #[error("the parts of the peer's command do not follow each other")]
    OutOfOrder,
    /// The peer is newer than this protocol.
    #[error("the peer sent a command of the unknown type {0}")]
    Unknown(u8),
}

/// One command. Ids are playlist indexes in a recording, media sequence numbers in a live stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Which segments the sender holds, and which it is fetching over HTTP. Replaces what it said
    /// before.
    Announcement {
        /// Ids it can send.
        loaded: Vec<u64>,
        /// Ids it is fetching.
        loading: Vec<u64>,
    },
    /// Send me a segment.
    Request {
        /// Id of the segment.
        segment: u64,
        /// Number of the request, chosen by the one who asks.
        request: u64,
        /// First byte wanted.
        from: u64,
    },
    /// The bytes of a segment follow.
    Data {
        /// Id of the segment.
        segment: u64,
        /// Number of the request it answers.
        request: u64,
        /// Bytes that will follow.
        size: u64,
    },
    /// All bytes were sent.
    Completed(Answer),
    /// The sender does not have that segment.
    Absent(Answer),
    /// Stop sending.
    Cancel(Answer),
}

/// Which segment and request a short command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Id of the segment.
    pub segment: u64,
    /// Number of the request.
    pub request: u64,
}

impl Command {
    /// Messages of at most `limit` bytes, in the order to send them.
    ///
    /// An announcement of more ids than the format holds (about 32,000 in a row) leaves out the
    /// rest.
    #[must_use]
    pub fn encode(&self, limit: usize) -> Vec<Vec<u8>> {
        let mut body = Vec::new();
        match self {
            Self::Announcement { loaded, loading } => {
                body.push(0);
                ids(&mut body, b'l', loaded);
                ids(&mut body, b'p', loading);
            }
            Self::Request { segment, request, from } => {
                body.push(1);
                int(&mut body, b'i', *segment);
                int(&mut body, b'r', *request);
                if *from > 0 {
                    int(&mut body, b'b', *from);
                }
            }
            Self::Data { segment, request, size } => {
                body.push(2);
                int(&mut body, b'i', *segment);
                int(&mut body, b's', *size);
                int(&mut body, b'r', *request);
            }
            Self::Completed(answer) => short(&mut body, 3, answer),
            Self::Absent(answer) => short(&mut body, 4, answer),
            Self::Cancel(answer) => short(&mut body, 5, answer),
        }
        framed(&body, limit)
    }

    /// Reads a command whose parts were joined and unframed.
    ///
    /// # Errors
    /// The bytes are no command, or one of a newer protocol.
    pub fn parse(body: &[u8]) -> Result<Self, ProtocolError> {
        let mut reader = Reader { bytes: body };
        let kind = reader.byte()?;
        let mut fields = Fields::default();
        while !reader.bytes.is_empty() {
            let name = reader.byte()?;
            fields.set(name, reader.value()?);
        }
        match kind {
            0 => Ok(Self::Announcement { loaded: fields.loaded, loading: fields.loading }),
            1 => {
                let Answer { segment, request } = fields.answer()?;
                Ok(Self::Request { segment, request, from: fields.from.unwrap_or_default() })
            }
            2 => {
                let Answer { segment, request } = fields.answer()?;
                let size = fields.size.ok_or(ProtocolError::Malformed)?;
                Ok(Self::Data { segment, request, size })
            }
            3 => Ok(Self::Completed(fields.answer()?)),
            4 => Ok(Self::Absent(fields.answer()?)),
            5 => Ok(Self::Cancel(fields.answer()?)),
            other => Err(ProtocolError::Unknown(other)),
        }
    }
}

/// Is this message a command or a part of one?
#[must_use]
pub fn is_command(message: &[u8]) -> bool {
    let starts = message.starts_with(COMMAND_START) || message.starts_with(PART_START);
    starts && (message.ends_with(COMMAND_END) || message.ends_with(PART_END))
}

/// Cuts a segment into raw messages of at most `limit` bytes, none of which reads as a command.
pub fn raw_messages(segment: &[u8], limit: usize) -> impl Iterator<Item = &[u8]> {
    let mut rest = segment;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut length = rest.len().min(limit.max(FRAME));
        // Media may hold these letters by chance; a cut somewhere else makes them harmless.
        while length > 1 && rest.get(..length).is_some_and(is_command) {
            length -= 1;
        }
        let (message, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(message)
    })
}

/// Puts the parts of commands together.
#[derive(Debug, Default)]
pub struct Joiner {
    body: Option<Vec<u8>>,
}

impl Joiner {
    /// Takes one message for which [`is_command`] is true; the command, when it was the last part.
    ///
    /// # Errors
    /// The command is malformed; the next one can be read all the same.
    pub fn push(&mut self, message: &[u8]) -> Result<Option<Command>, ProtocolError> {
        let first = message.starts_with(COMMAND_START);
        let mut body = match (self.body.take(), first) {
            (None, true) => Vec::new(),
            (Some(body), false) => body,
            _ => return Err(ProtocolError::OutOfOrder),
        };
        let inside = message.get(FRAME..message.len().saturating_sub(FRAME)).unwrap_or_default();
        if body.len() + inside.len() > COMMAND_LIMIT {
            return Err(ProtocolError::TooLong);
        }
        body.extend_from_slice(inside);
        if message.ends_with(COMMAND_END) {
            return Command::parse(&body).map(Some);
        }
        self.body = Some(body);
        Ok(None)
    }
}

fn short(body: &mut Vec<u8>, kind: u8, answer: &Answer) {
    body.push(kind);
    int(body, b'i', answer.segment);
    int(body, b'r', answer.request);
}

fn int(body: &mut Vec<u8>, name: u8, number: u64) {
    body.push(name);
    bare_int(body, number);
}

/// Big-endian with a sign bit, as few bytes as hold it.
fn bare_int(body: &mut Vec<u8>, number: u64) {
    let bits = 64 - number.leading_zeros() + 1;
    let length = bits.div_ceil(8).max(1);
    body.push(INT << 4 | u8::try_from(length).unwrap_or(u8::MAX));
    for at in (0..length).rev() {
        body.push(number.checked_shr(8 * at).unwrap_or_default().to_be_bytes()[7]);
    }
}

/// Ids that share all but the last byte make a group; groups stand in the order of their first id.
fn ids(body: &mut Vec<u8>, name: u8, ids: &[u64]) {
    if ids.is_empty() {
        return;
    }
    let mut groups: Vec<(u64, Vec<u8>)> = Vec::new();
    for &id in ids {
        let [.., last] = id.to_be_bytes();
        let common = id & !0xff;
        let open = |group: &&mut (u64, Vec<u8>)| group.0 == common && group.1.len() < GROUP_LIMIT;
        match groups.iter_mut().rev().find(open) {
            Some((_, group)) => group.push(last),
            None => groups.push((common, vec![last])),
        }
    }
    groups.truncate(GROUPS_LIMIT);
    body.push(name);
    body.push(INT_ARRAY << 4);
    body.push(u8::try_from(groups.len()).unwrap_or(u8::MAX));
    for (common, group) in &groups {
        bare_int(body, common | u64::try_from(group.len()).unwrap_or_default());
        body.extend_from_slice(group);
    }
}

/// Whole, or in equal parts when it does not fit, as the package cuts it.
fn framed(body: &[u8], limit: usize) -> Vec<Vec<u8>> {
    let frame = |start: &[u8], part: &[u8], end: &[u8]| [start, part, end].concat();
    if body.len() + 2 * FRAME <= limit {
        return vec![frame(COMMAND_START, body, COMMAND_END)];
    }
    let limit = limit.max(2 * FRAME + 1);
    let mut count = body.len().div_ceil(limit);
    while body.len().div_ceil(count) + 2 * FRAME > limit {
        count += 1;
    }
    let parts: Vec<_> = body.chunks(body.len().div_ceil(count).max(1)).collect();
    let last = parts.len().saturating_sub(1);
    let framed = parts.iter().enumerate().map(|(at, part)| {
        let start = if at == 0 { COMMAND_START } else { PART_START };
        frame(start, part, if at == last { COMMAND_END } else { PART_END })
    });
    framed.collect()
}

enum Value {
    Number(u64),
    Ids(Vec<u64>),
    Ignored,
}

#[derive(Default)]
struct Fields {
    segment: Option<u64>,
    request: Option<u64>,
    size: Option<u64>,
    from: Option<u64>,
    loaded: Vec<u64>,
    loading: Vec<u64>,
}

impl Fields {
    /// Fields that are not known are left out, as the package leaves them out.
    fn set(&mut self, name: u8, value: Value) {
        match (name, value) {
            (b'i', Value::Number(number)) => self.segment = Some(number),
            (b'r', Value::Number(number)) => self.request = Some(number),
            (b's', Value::Number(number)) => self.size = Some(number),
            (b'b', Value::Number(number)) => self.from = Some(number),
            (b'l', Value::Ids(ids)) => self.loaded = ids,
            (b'p', Value::Ids(ids)) => self.loading = ids,
            _ => {}
        }
    }

    fn answer(&self) -> Result<Answer, ProtocolError> {
        match (self.segment, self.request) {
            (Some(segment), Some(request)) => Ok(Answer { segment, request }),
            _ => Err(ProtocolError::Malformed),
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8, ProtocolError> {
        let (&byte, rest) = self.bytes.split_first().ok_or(ProtocolError::Malformed)?;
        self.bytes = rest;
        Ok(byte)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], ProtocolError> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or(ProtocolError::Malformed)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn value(&mut self) -> Result<Value, ProtocolError> {
        let head = self.byte()?;
        match head >> 4 {
            INT => Ok(Value::Number(self.int(head)?)),
            INT_ARRAY => Ok(Value::Ids(self.ids()?)),
            STRING => {
                let length = usize::from(head & 0xf) << 8 | usize::from(self.byte()?);
                self.take(length)?;
                Ok(Value::Ignored)
            }
            _ => Err(ProtocolError::Malformed),
        }
    }

    /// The rest of a number after its head. No honest one is negative or beyond JavaScript's.
    fn int(&mut self, head: u8) -> Result<u64, ProtocolError> {
        let bytes = self.take(usize::from(head & 0xf))?;
        if head >> 4 != INT || bytes.first().is_none_or(|first| first & 0x80 != 0) {
            return Err(ProtocolError::Malformed);
        }
        bytes.iter().try_fold(0_u64, |number, byte| {
            let number = number << 8 | u64::from(*byte);
            if number <= NUMBER_LIMIT { Ok(number) } else { Err(ProtocolError::Malformed) }
        })
    }

    fn ids(&mut self) -> Result<Vec<u64>, ProtocolError> {
        let groups = self.byte()?;
        let mut ids = Vec::new();
        for _ in 0..groups {
            let head = self.byte()?;
            let number = self.int(head)?;
            let [.., length] = number.to_be_bytes();
            // A full group is written with length 0 by the package, and none is ever empty.
            let length = if length == 0 { 256 } else { usize::from(length) };
            let lows = self.take(length)?;
            if ids.len() + length > IDS_LIMIT {
                return Err(ProtocolError::TooLong);
            }
            ids.extend(lows.iter().map(|low| number & !0xff | u64::from(*low)));
        }
        Ok(ids)
    }
}

#[cfg(test)]
mod tests;
