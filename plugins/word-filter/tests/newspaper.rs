//! An article about hate speech passes, the hate speech under it does not.

use farandole_word_filter::{Entry, ListSpec, Matcher, Mode, Options, Visible};

const ARTICLE: &str = include_str!("article.fr.txt");

/// Insults, and for each a comment of the kind that stands under such an article.
const INSULTS: [(&str, &str); 20] = [
    ("abruti", "Encore un article d’abruti."),
    ("bâtard", "bande de batard"),
    ("bouffon", "Allez, au revoir **bouffon** !"),
    ("con", "Quel con·ne écrit ça ?"),
    ("connard", "CONNARD"),
    ("connasse", "la connasse de service"),
    ("crétin", "Cre\u{301}tin, va."),
    ("cul", "Bouge ton cul"),
    ("débile", "c’est DÉBILE, débile, débile"),
    ("enculé", "enculé.e.s"),
    ("fils de pute", "fils   de\npute"),
    ("gouine", "sale gou\u{200B}ine"),
    ("nique", "nique-toi"),
    ("pédé", "p&eacute;d&eacute;"),
    ("pute", "une pute, voilà"),
    ("salope", "ｓａｌｏｐｅ"),
    ("sous-merde", "une sous merde"),
    ("tapette", "T̶a̶p̶e̶t̶t̶e̶"),
    ("viole", "qu’on la viole"),
    ("youpin", "[youpin](https://example.org)"),
];

fn list() -> Vec<Entry> {
    let entry = |(id, (text, _)): (u64, &(&str, &str))| Entry {
        id,
        text: (*text).to_owned(),
        mode: Mode::WholeWord,
        language: Some("fr".to_owned()),
    };
    (0..).zip(&INSULTS).map(entry).collect()
}

fn matcher(options: Options) -> Matcher {
    let (id, entries) = (7, list());
    Matcher::build(&[ListSpec { id, options, entries: &entries, exceptions: &[] }]).unwrap()
}

#[test]
fn an_article_about_hate_speech_passes_untouched() {
    assert!(ARTICLE.split_whitespace().count() >= 600);
    for options in [Options::default(), Options::ALL] {
        for visible in [Visible::markdown(ARTICLE), Visible::plain(ARTICLE)] {
            let scan = matcher(options).scan(&visible);
            let found: Vec<_> = scan.hits.iter().map(|hit| &ARTICLE[hit.start..hit.end]).collect();
            assert!(found.is_empty(), "{options:?}: {found:?}");
            assert!(scan.complete);
        }
    }
}

#[test]
fn the_same_insults_in_comments_are_found() {
    for options in [Options::default(), Options::ALL] {
        let matcher = matcher(options);
        for (id, (entry, comment)) in (0..).zip(INSULTS) {
            let hits = matcher.find(&Visible::markdown(comment));
            assert!(hits.iter().any(|hit| hit.entry_id == id), "{entry} in {comment}: {hits:?}");
        }
    }
}

#[test]
fn the_article_quoting_one_of_them_is_found_there_and_nowhere_else() {
    let quoted = ARTICLE.replace("C’est là qu’on apprend", "C’est là qu’un abruti apprend");
    let hits = matcher(Options::ALL).find(&Visible::markdown(&quoted));
    let found: Vec<_> = hits.iter().map(|hit| &quoted[hit.start..hit.end]).collect();
    assert_eq!(found, ["abruti"]);
}
