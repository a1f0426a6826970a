//! `farandole config`: the sample in the documentation is the program's own.

use super::{farandole, text};

#[test]
fn the_documented_sample_is_what_the_program_prints() {
    let folder = tempfile::tempdir().unwrap();
    let printed = farandole(folder.path(), &["config", "print", "--sample"]);
    let documented =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/farandole.sample.toml"));
    assert_eq!(
        String::from_utf8_lossy(&printed.stdout),
        documented.unwrap(),
        "run: farandole config print --sample > docs/farandole.sample.toml"
    );
}

#[test]
fn a_misspelt_key_fails_the_check() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("farandole.toml");
    std::fs::write(&file, "[server]\nlistn = \"127.0.0.1:9000\"\n").unwrap();
    let output = farandole(folder.path(), &["config", "check", "--config", file.to_str().unwrap()]);
    assert!(!output.status.success());
    assert!(text(&output).contains("Did you mean server.listen?"), "{}", text(&output));
}
