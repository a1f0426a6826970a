//! The keys that channels sign with.

use farandole::auth::actor_keys;
use farandole::db::sql;

use crate::support::TestApp;

async fn channel_actor(app: &TestApp, channel_id: i64) -> i64 {
    let mut conn = app.app.db().read().await.unwrap();
    let row = sql("SELECT actor_id FROM channels WHERE id = $1").int(channel_id).one(&mut conn);
    row.await.unwrap().int("actor_id").unwrap()
}

#[tokio::test]
async fn nodes_that_make_a_key_at_the_same_time_end_with_one() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let second = app.second_node().await;
    let actor = channel_actor(&app, alice.channel_id).await;
    let ask = |number: usize| {
        let node = if number.is_multiple_of(2) { app.app.clone() } else { second.app.clone() };
        async move { actor_keys::public(&node, actor).await.unwrap() }
    };
    let keys = futures::future::join_all((0..8).map(ask)).await;
    assert!(keys.iter().all(|key| *key == keys[0]));
    assert_ne!(keys[0], [0; 32]);
}

#[tokio::test]
async fn a_key_is_kept_sealed_and_dies_with_its_channel() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let actor = channel_actor(&app, alice.channel_id).await;
    let other = actor_keys::public(&app.app, 1).await.unwrap();
    let public = actor_keys::public(&app.app, actor).await.unwrap();
    assert_ne!(other, public, "every channel has its own");
    let mut conn = app.app.db().read().await.unwrap();
    let row = sql("SELECT ed25519_public, ed25519_private_sealed FROM actors WHERE id = $1")
        .int(actor)
        .one(&mut conn)
        .await
        .unwrap();
    drop(conn);
    assert_eq!(row.bytes("ed25519_public").unwrap(), public);
    let sealed = row.bytes("ed25519_private_sealed").unwrap();
    assert_eq!(sealed.len(), 1 + 12 + 32 + 16, "version, nonce, seed, tag");
    assert!(actor_keys::public(&app.app, 9_999).await.is_err(), "nobody has no key");
}
