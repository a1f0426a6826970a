//! What does H.264 say in its own bytes? Enough of ITU-T H.264 (7.3.1, 7.4.1, B) and of the
//! `avcC` box (ISO/IEC 14496-15) to tell true random access points and to name the codec.

/// NAL unit types (table 7-1) that matter here.
const SLICE: u8 = 1;
pub(crate) const IDR: u8 = 5;
const SPS: u8 = 7;

/// How NAL units lie in a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Each is preceded by its length in this many bytes (MP4, Matroska).
    Length(usize),
    /// Each is preceded by a start code (MPEG-TS, annex B).
    StartCode,
}

impl Framing {
    /// How the packets that go with this codec configuration are framed.
    pub(crate) fn of(extradata: &[u8]) -> Self {
        match extradata {
            [1, _, _, _, lengths, ..] => Self::Length(usize::from(lengths & 3) + 1),
            _ => Self::StartCode,
        }
    }
}

/// The type of the first coded slice in a packet, when there is one in `bytes`.
pub(crate) fn first_slice(bytes: &[u8], framing: Framing) -> Option<u8> {
    let is_slice = |kind: &u8| (SLICE..=IDR).contains(kind);
    match framing {
        Framing::Length(size) => {
            let mut rest = bytes;
            loop {
                let (length, after) = rest.split_at_checked(size)?;
                let length = length.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
                let kind = after.first()? & 0x1f;
                if is_slice(&kind) {
                    return Some(kind);
                }
                rest = after.get(length..)?;
            }
        }
        Framing::StartCode => {
            units(bytes).map(|unit| unit.first().map_or(0, |b| b & 0x1f)).find(is_slice)
        }
    }
}

/// The packet starts with an IDR picture: nothing after it refers to anything before it.
pub(crate) fn is_idr(bytes: &[u8], framing: Framing) -> bool {
    first_slice(bytes, framing) == Some(IDR)
}

/// NAL units between start codes.
fn units(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut starts: Vec<usize> = bytes
        .windows(3)
        .enumerate()
        .filter(|(_, window)| *window == [0, 0, 1])
        .map(|(position, _)| position + 3)
        .collect();
    starts.push(bytes.len() + 3);
    let ends: Vec<usize> = starts.iter().skip(1).map(|start| start - 3).collect();
    starts.into_iter().zip(ends).filter_map(move |(from, to)| bytes.get(from..to))
}

/// RFC 6381 name of the codec from its configuration (`avcC` or annex B parameter sets):
/// profile, constraints and level in hexadecimal.
pub(crate) fn codec_name(extradata: &[u8]) -> Option<String> {
    let [profile, constraints, level] = match extradata {
        [1, profile, constraints, level, ..] => [*profile, *constraints, *level],
        _ => units(extradata).find_map(|unit| match unit {
            [kind, profile, constraints, level, ..] if kind & 0x1f == SPS => {
                Some([*profile, *constraints, *level])
            }
            _ => None,
        })?,
    };
    Some(format!("avc1.{profile:02x}{constraints:02x}{level:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNEX_B: &[u8] = &[0, 0, 0, 1, 0x67, 0x64, 0x00, 0x28, 0xac, 0, 0, 0, 1, 0x68, 0xee];

    #[test]
    fn the_codec_is_named_from_either_configuration() {
        assert_eq!(codec_name(ANNEX_B).as_deref(), Some("avc1.640028"));
        assert_eq!(codec_name(&[1, 0x4d, 0x40, 0x1f, 0xff]).as_deref(), Some("avc1.4d401f"));
        assert_eq!(codec_name(&[0, 0, 1]), None);
        assert_eq!(codec_name(&[]), None);
    }

    #[test]
    fn an_idr_behind_other_units_is_found() {
        let framing = Framing::of(&[1, 0, 0, 0, 0xff]);
        assert_eq!(framing, Framing::Length(4));
        // Access unit delimiter, SEI, then an IDR slice.
        let packet = [0, 0, 0, 2, 0x09, 0xf0, 0, 0, 0, 3, 0x06, 5, 0, 0, 0, 0, 9, 0x65, 0x88];
        assert!(is_idr(&packet, framing));
        let recovery_point = [0, 0, 0, 3, 0x06, 6, 1, 0, 0, 0, 9, 0x41, 0x9a];
        assert!(!is_idr(&recovery_point, framing));
    }

    #[test]
    fn start_codes_are_found_too() {
        let packet = [0, 0, 0, 1, 0x09, 0xf0, 0, 0, 1, 0x65, 0x88];
        assert!(is_idr(&packet, Framing::StartCode));
    }

    #[test]
    fn nonsense_is_no_idr() {
        for bytes in [&[][..], &[0xff; 9], &[0, 0, 0, 200, 6], &[0, 0, 1]] {
            assert!(!is_idr(bytes, Framing::Length(4)));
            assert!(!is_idr(bytes, Framing::StartCode));
        }
    }
}
