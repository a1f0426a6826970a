use proptest::prelude::*;

use super::*;

const SRT: &str = "1\r\n00:00:01,000 --> 00:00:02,500\r\nHello <font color=\"red\">there</font>\r\n\
                   \r\n2\r\n00:01:00,000 --> 00:01:01,000 X1:40\r\n{\\an8}<i>Second</i>\r\nline\r\n";

#[test]
fn subrip_becomes_webvtt() {
    let cues = read(SRT.as_bytes()).unwrap();
    assert_eq!(
        vtt(&cues),
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello there\n\
         \n00:01:00.000 --> 00:01:01.000\n<i>Second</i>\nline\n"
    );
}

#[test]
fn webvtt_keeps_what_places_and_names() {
    let file = "\u{feff}WEBVTT - a title\n\nSTYLE\n::cue { background: url(https://x.example) }\n\n\
                NOTE\nnot shown\n\nintro\n00:01.000 --> 00:02.000 line:0 align:start onload:x line:9\n\
                <v Ann Bee><c.loud>Hi</c> <script>alert(1)</script> & 1 < 2 &amp; <00:01.500>x\n";
    let cues = read(file.as_bytes()).unwrap();
    assert_eq!(
        vtt(&cues),
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:0 align:start\n\
         <v Ann Bee><c>Hi</c> alert(1) &amp; 1 &lt; 2 &amp; x\n"
    );
    assert_eq!(spoken(&cues), "Hi alert(1) &amp; 1 &lt; 2 &amp; x\n");
}

#[test]
fn what_is_no_subtitles_is_refused_with_a_reason() {
    assert_eq!(read(b"WEBVTT\n\nnothing here"), Err(Unreadable::Empty));
    assert_eq!(read(b""), Err(Unreadable::Empty));
    assert_eq!(read(&[0xff, 0xfe, 0x41]), Err(Unreadable::Encoding));
    assert_eq!(read(&vec![b'a'; MAX_FILE_BYTES + 1]), Err(Unreadable::TooLarge));
    for bad in ["1 --> 2", "00:00:02.000 --> 00:00:01.000", "00:61.000 --> 01:00.000"] {
        let file = format!("WEBVTT\n\n{bad}\nx\n");
        assert!(matches!(read(file.as_bytes()), Err(Unreadable::Cue { line: 3, .. })), "{bad}");
    }
    let many = "00:00.000 --> 00:01.000\nx\n\n".repeat(MAX_CUES + 1);
    assert_eq!(read(many.as_bytes()), Err(Unreadable::TooLarge));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }

    #[test]
    fn what_is_written_is_read_back_the_same(
        text in "[a-z<>/&;{}\\\\. \n-]{1,80}",
        from in 0_u64..10_000_000,
    ) {
        let file = format!("WEBVTT\n\n{} --> {}\n{text}\n", clock(from), clock(from + 1));
        if let Ok(cues) = read(file.as_bytes()) {
            let written = vtt(&cues);
            prop_assert_eq!(vtt(&read(written.as_bytes()).unwrap()), written);
        }
    }

    #[test]
    fn no_unknown_tag_comes_through(text in "[a-z<>/ =\"]{1,60}") {
        for tag in text::safe(&text).split('<').skip(1) {
            let name = tag.trim_start_matches('/').split(['>', ' ']).next().unwrap();
            prop_assert!(["b", "i", "u", "c", "v", "lang", "ruby", "rt"].contains(&name), "{name}");
        }
    }
}
