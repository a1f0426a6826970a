//! `GET /api/v1/server/stats`.

use farandole::domain::Privacy;
use serde_json::Value;

use crate::support::TestApp;

#[tokio::test]
async fn the_statistics_count_what_is_there() {
    let app = TestApp::start().await;
    let (alice, _moderator) = (app.user("alice").await, app.moderator("moderator").await);
    let before: Value = app.get("/api/v1/server/stats").await.json().await.unwrap();
    assert_eq!(
        (&before["totalLocalVideos"], &before["totalLocalVideoViews"]),
        (&0.into(), &0.into())
    );
    app.video(&alice).views(7).publish().await;
    app.video(&alice).views(5).privacy(Privacy::Private).minutes_old(3 * 24 * 60).publish().await;
    let response = app.get("/api/v1/server/stats").await;
    assert!(response.headers().contains_key("etag"));
    let stats: Value = response.json().await.unwrap();
    for (name, value) in [
        ("totalUsers", 3),
        ("totalModerators", 1),
        ("totalAdmins", 1),
        ("totalLocalVideos", 2),
        ("totalVideos", 2),
        ("totalLocalVideoViews", 12),
        ("totalLocalVideoFilesSize", 12_000),
        ("totalLocalVideoChannels", 3),
        ("totalLocalDailyActiveVideoChannels", 1),
        ("totalLocalWeeklyActiveVideoChannels", 1),
    ] {
        assert_eq!(stats[name], value, "{name}: {stats}");
    }
    let signed_in: Value = alice.get("/api/v1/server/stats").await.json().await.unwrap();
    assert_eq!(signed_in, stats);
}
