//! `farandole filter`: lists and cases are tried without a server.

use std::path::Path;

use super::{farandole, text};

fn check(folder: &Path, cases: &str) -> std::process::Output {
    let path = folder.join("cases.jsonl");
    std::fs::write(&path, cases).unwrap();
    farandole(folder, &["filter", "check", "--cases", path.to_str().unwrap()])
}

const GOOD: &str = r#"{"n":1,"lang":"en","entry":"spam","mode":"whole_word","options":["leet"],"text":"sp**4**m","expect":"hit","why":"leet"}
{"n":2,"lang":"en","entry":"spam","mode":"whole_word","options":[],"text":"spammer","expect":"clean","why":"whole word"}
"#;

#[test]
fn the_filter_judges_the_cases_it_is_held_to() {
    let folder = tempfile::tempdir().unwrap();
    let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/word-filter/tests/cases.jsonl");
    let output = farandole(folder.path(), &["filter", "check", "--cases", cases]);
    assert!(output.status.success(), "{}", text(&output));
    let count = std::fs::read_to_string(cases).unwrap().lines().count();
    assert_eq!(text(&output), format!("{count} of {count} cases judged as expected\n"));
}

#[test]
fn a_case_that_is_judged_otherwise_is_named_and_fails() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = GOOD.replace("\"spammer\",\"expect\":\"clean\"", "\"a spam\",\"expect\":\"clean\"");
    let output = check(folder.path(), &wrong);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        text(&output),
        "case 2 (whole word): expected nothing, found 2–6 \"spam\": entry “spam” in \"a spam\"\n\
         1 of 2 cases judged as expected\n"
    );
    let missed = GOOD.replace("[\"leet\"]", "[]");
    let output = check(folder.path(), &missed);
    assert!(text(&output).contains("case 1 (leet): expected a hit, found nothing"));
}

#[test]
fn lines_that_are_no_cases_are_named_and_fail() {
    let folder = tempfile::tempdir().unwrap();
    let output = check(folder.path(), &format!("{GOOD}nonsense\n"));
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output);
    assert!(said.contains("line 3: this is no case: expected ident"), "{said}");
    assert!(said.ends_with("2 of 2 cases judged as expected; 1 that are no cases\n"), "{said}");

    let empty = check(folder.path(), "\n");
    assert!(!empty.status.success());
    assert!(text(&empty).contains("holds no cases"), "{}", text(&empty));
    let missing = farandole(folder.path(), &["filter", "check", "--cases", "/nowhere.jsonl"]);
    assert!(text(&missing).contains("/nowhere.jsonl cannot be read"), "{}", text(&missing));
}

#[test]
fn a_list_shows_what_it_finds_where() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.txt");
    std::fs::write(&list, "@language fr\n@options leet\nspam\ncas*\n!spam musubi\n").unwrap();
    let list = list.to_str().unwrap();
    let args = ["filter", "test", "--list", list, "un sp**4**m au casino", "un spam musubi"];
    let output = farandole(folder.path(), &args);
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(
        text(&output),
        "un [sp**4**m] au [cas]ino\n  bytes 3–11 \"sp**4**m\": “spam” (whole_word)\n  \
         bytes 15–18 \"cas\": “cas” (prefix)\nun spam musubi\n  nothing found\n"
    );
    let plain = ["filter", "test", "--list", list, "--format", "plain", "sp**4**m"];
    assert!(text(&farandole(folder.path(), &plain)).contains("nothing found"));
    let more = ["filter", "test", "--list", list, "--options", "repeats", "spaaam \u{202E}x"];
    let output = farandole(folder.path(), &more);
    assert!(text(&output).starts_with("[spaaam] \u{FFFD}x\n"), "{}", text(&output));
}

#[test]
fn a_file_that_is_no_list_is_refused_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    std::fs::write(&list, "text,mode\nspam,loud\n(,regex\n").unwrap();
    let output =
        farandole(folder.path(), &["filter", "test", "--list", list.to_str().unwrap(), "x"]);
    assert!(!output.status.success());
    let said = text(&output);
    assert!(said.contains("line 2: there is no mode “loud”"), "{said}");
    assert!(said.contains("line 3: “(”: the expression cannot be used"), "{said}");
    let wrong = ["filter", "test", "--list", list.to_str().unwrap(), "--options", "loud", "x"];
    assert!(!farandole(folder.path(), &wrong).status.success());
}
