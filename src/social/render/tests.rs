use proptest::prelude::*;

use super::*;

fn plain(markdown: &str) -> String {
    html(markdown, &Names::new())
}

/// Names of the tags in a piece of HTML.
fn tags(html: &str) -> Vec<String> {
    html.split('<')
        .skip(1)
        .filter(|piece| !piece.starts_with('/'))
        .map(|piece| piece.split([' ', '>']).next().unwrap().to_owned())
        .collect()
}

const ALLOWED: [&str; 13] =
    ["a", "bdi", "blockquote", "br", "code", "del", "em", "li", "ol", "p", "pre", "strong", "ul"];

fn harmless(html: &str) {
    for tag in tags(html) {
        assert!(ALLOWED.contains(&tag.as_str()), "<{tag}> in {}", &html[..html.len().min(500)]);
    }
    for piece in html.split('<').skip(1) {
        let inside = piece.split('>').next().unwrap().to_ascii_lowercase();
        assert!(!inside.contains(" on") && !inside.contains("javascript:"), "{inside}");
        if inside.starts_with("a ") {
            assert!(inside.contains("rel=\"nofollow ugc noopener\""), "{inside}");
        }
    }
}

#[test]
fn the_subset_is_shown() {
    assert_eq!(
        plain("*a* **b** ~~c~~ `d<`\nsecond line\n\n> quote\n\n1. one\n2. two\n\n- x"),
        "<p dir=\"auto\"><em>a</em> <strong>b</strong> <del>c</del> \
         <code dir=\"auto\">d&lt;</code><br>second line</p>\
         <blockquote dir=\"auto\"><p dir=\"auto\">quote</p></blockquote>\
         <ol start=\"1\"><li dir=\"auto\">one</li><li dir=\"auto\">two</li></ol>\
         <ul><li dir=\"auto\">x</li></ul>"
    );
    assert_eq!(plain("# Shout"), "<p dir=\"auto\"><strong>Shout</strong></p>");
    assert_eq!(plain("```js\nalert(1)\n```"), "<pre dir=\"auto\"><code>alert(1)\n</code></pre>");
}

#[test]
fn links_are_marked_and_images_are_words() {
    assert_eq!(
        plain("[site](https://a.example \"t\") and https://b.example/x."),
        "<p dir=\"auto\"><a href=\"https://a.example\" rel=\"nofollow ugc noopener\">\
         <bdi>site</bdi></a> and <a href=\"https://b.example/x\" rel=\"nofollow ugc noopener\">\
         <bdi>https://b.example/x</bdi></a>.</p>"
    );
    assert_eq!(plain("![a cat](https://tracker.example/pixel.gif)"), "<p dir=\"auto\">a cat</p>");
    let linked = plain("[![x](https://t.example/p.gif)](https://a.example)");
    assert!(!linked.contains("t.example"), "{linked}");
}

#[test]
fn other_addresses_lead_nowhere() {
    for url in [
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "/a/bob",
        "JaVaScRiPt:x",
        "file:///etc/passwd",
        "&#106;avascript:x",
    ] {
        let shown = plain(&format!("[x]({url}) <{url}>"));
        assert!(!shown.contains("href"), "{url}: {shown}");
        harmless(&shown);
    }
}

#[test]
fn mentions_of_known_people_are_links() {
    let bob = Mention { name: "bob".to_owned(), host: String::new() };
    let names = Names::from([(bob, "https://here.example/a/bob".to_owned())]);
    assert_eq!(
        html("hi @Bob, @nobody and `@bob`", &names),
        "<p dir=\"auto\">hi <a href=\"https://here.example/a/bob\" class=\"mention\" \
         rel=\"nofollow ugc noopener\"><bdi>@Bob</bdi></a>, @nobody and \
         <code dir=\"auto\">@bob</code></p>"
    );
}

#[test]
fn html_and_scripts_are_shown_as_text() {
    for hostile in [
        "<script>alert(1)</script>",
        "<svg onload=alert(1)><circle/></svg>",
        "<svg><script>alert(1)</script></svg>",
        "<img src=x onerror=alert(1)>",
        "a <b onclick=x>b</b> <iframe src=//evil.example></iframe>",
        "<style>*{display:none}</style>",
        "<a href=\"javascript:x\">x</a>",
        "[x](https://a.example\" onmouseover=\"alert(1))",
        "[x](<https://a.example\" onmouseover=\"alert(1)>)",
        "https://a.example/\"onmouseover=alert(1)",
        "<!-- --><math><mi//xlink:href=\"data:x,<script>alert(4)</script>\">",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "```\n</code></pre><script>alert(1)</script>\n```",
        "`</code><script>alert(1)</script>`",
        "<form><button formaction=javascript:alert(1)>x",
    ] {
        let shown = plain(hostile);
        harmless(&shown);
        assert!(!shown.is_empty(), "{hostile}");
    }
    assert!(plain("<script>alert(1)</script>").contains("&lt;script&gt;"));
}

#[test]
fn a_direction_override_ends_with_its_block_or_link() {
    let shown = plain("\u{202e}gnp.exe\n\n[\u{202e}moc.live](https://a.example)\n\nplain");
    let blocks: Vec<&str> = shown.split("</p>").collect();
    assert_eq!(blocks.len(), 4, "{shown}");
    for block in &blocks[..3] {
        assert!(block.starts_with("<p dir=\"auto\">"), "{block}");
    }
    assert!(blocks[1].contains("<bdi>\u{202e}moc.live</bdi>"), "{shown}");
}

#[test]
fn a_megabyte_is_cut() {
    let shown = plain(&"é".repeat(500_000));
    assert!(shown.len() <= MAX_BYTES + 100, "{}", shown.len());
    harmless(&shown);
}

#[test]
fn a_hundred_thousand_mentions_make_twenty_links_a_piece() {
    let bob = Mention { name: "bob".to_owned(), host: String::new() };
    let names = Names::from([(bob, "https://here.example/a/bob".to_owned())]);
    let shown = html(&"@bob ".repeat(100_000), &names);
    assert_eq!(shown.matches("<a ").count(), 20);
    harmless(&shown);
}

#[test]
fn deep_nesting_is_flattened() {
    for (hostile, most) in [
        (">".repeat(50_000), MAX_DEPTH),
        ("> ".repeat(50_000) + "x", MAX_DEPTH),
        ("- ".repeat(50_000) + "x", MAX_DEPTH),
        ("*".repeat(100_000) + "x", MAX_DEPTH),
        ("*a ".repeat(30_000) + &"*".repeat(30_000), MAX_DEPTH),
        ("**a _b ".repeat(10_000), MAX_DEPTH),
        ("[".repeat(100_000), MAX_DEPTH),
        ("![".repeat(50_000) + "x", MAX_DEPTH),
        ("[a](".repeat(30_000), MAX_DEPTH),
        ("`".repeat(100_000) + "x", MAX_DEPTH),
        ("<".repeat(100_000), MAX_DEPTH),
        ("<a ".repeat(30_000), MAX_DEPTH),
        ("&".repeat(100_000), MAX_DEPTH),
        ("~~a ".repeat(30_000), MAX_DEPTH),
        ("1. ".repeat(50_000) + "x", MAX_DEPTH),
        ("http://".repeat(20_000), MAX_DEPTH),
    ] {
        let shown = plain(&hostile);
        harmless(&shown);
        let (mut depth, mut deepest) = (0_i64, 0);
        for piece in shown.split('<').skip(1) {
            if piece.starts_with("br") {
                continue;
            }
            depth += if piece.starts_with('/') { -1 } else { 1 };
            deepest = deepest.max(depth);
        }
        // Some elements are a pair of tags.
        assert!(deepest <= i64::try_from(2 * most).unwrap(), "{deepest}: {}", &hostile[..20]);
        assert_eq!(depth, 0, "every tag is closed");
    }
}

proptest! {
    #[test]
    fn whatever_is_written_is_harmless(text in "\\PC{0,200}") {
        harmless(&plain(&text));
    }

    #[test]
    fn markup_soup_is_harmless(text in "[<>\\[\\]()*_`~!#&;:/\"'= a-f@\\n>-]{0,300}") {
        harmless(&plain(&text));
    }
}
