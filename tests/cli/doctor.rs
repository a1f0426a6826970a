//! `farandole doctor`: what is in order, what is not, and what to do.

use super::{farandole, text};

#[test]
fn a_fresh_machine_is_fit_to_start() {
    let folder = tempfile::tempdir().unwrap();
    let output = farandole(folder.path(), &["doctor"]);
    assert!(output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("Nothing stands in the way."), "{}", text(&output));
}

#[test]
fn a_data_folder_that_is_a_file_is_bad() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data");
    std::fs::write(&file, "not a folder").unwrap();
    let output = farandole(&file, &["doctor"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("BAD   data folder"), "{}", text(&output));
}
