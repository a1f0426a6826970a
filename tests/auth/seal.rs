//! Sealed secrets: read again by this instance, for their own purpose, unchanged; otherwise not.

use farandole::auth::seal::{Purpose, Sealed, open, seal};

use crate::support::TestApp;

#[tokio::test]
async fn a_sealed_secret_is_read_again_only_unchanged_and_for_its_purpose() {
    let app = TestApp::start().await.app.clone();
    let sealed = seal(&app, Purpose::VideoPassword, b"open sesame").unwrap();
    assert!(!sealed.windows(4).any(|part| part == b"open"), "kept in the clear");
    assert_eq!(open(&app, Purpose::VideoPassword, &sealed).unwrap(), b"open sesame");
    assert_eq!(open(&app, Purpose::ActorKey, &sealed), Err(Sealed));
    assert_ne!(sealed, seal(&app, Purpose::VideoPassword, b"open sesame").unwrap());
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert_eq!(open(&app, Purpose::VideoPassword, &changed), Err(Sealed), "byte {at}");
    }
    assert_eq!(open(&app, Purpose::VideoPassword, &sealed[..10]), Err(Sealed));
}
