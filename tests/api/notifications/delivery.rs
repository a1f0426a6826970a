use farandole::domain::{NotifyEvent, Privacy};
use farandole::notify;
use serde_json::json;

use super::{comment, told, types};
use crate::support::TestApp;

#[tokio::test]
async fn owners_those_named_and_those_answered_are_told_once() {
    let app = TestApp::start().await;
    let (owner, ann) = (app.user("owner").await, app.user("ann").await);
    let (ben, eve) = (app.user("ben").await, app.user("eve").await);
    let video = app.video(&owner).publish().await;
    let thread = comment(&app, &ann, &video, None, "First, @owner @ann @nobody").await;
    assert_eq!(types(&owner).await, [2], "not told of the mention again");
    assert_eq!(types(&ann).await, Vec::<i64>::new(), "nobody is told of themselves");
    let reply = comment(&app, &ben, &video, Some(thread), "@ann @Eve @eve: look").await;
    assert_eq!(types(&ann).await, [11], "answered and named is one event");
    assert_eq!(types(&eve).await, [11]);
    assert_eq!(types(&owner).await, [2, 2]);
    comment(&app, &owner, &video, Some(reply), "Thanks").await;
    assert_eq!(types(&owner).await, [2, 2], "not of one's own comment");
    assert_eq!(types(&ben).await, [11], "answered without a name");
    assert_eq!(types(&ann).await, [11], "answers to others are not told");
    notify::deliver(&app.app, NotifyEvent::CommentShown { comment_id: reply }).await.unwrap();
    assert_eq!(types(&ann).await, [11], "a second delivery tells nobody twice");
    let one = told(&eve, "").await["data"][0].clone();
    assert_eq!(one["comment"]["id"], reply);
    assert_eq!(one["comment"]["threadId"], thread);
    assert_eq!(one["account"]["name"], "ben");
    assert_eq!(one["comment"]["heldForReview"], false);
}

#[tokio::test]
async fn nobody_hears_of_a_video_they_may_not_see() {
    let app = TestApp::start().await;
    let (owner, ann) = (app.user("owner").await, app.user("ann").await);
    let moderator = app.moderator("mod").await;
    for (privacy, expected) in [
        (Privacy::Private, 0),
        (Privacy::PasswordProtected, 0),
        (Privacy::Internal, 1),
        (Privacy::Unlisted, 2),
        (Privacy::Public, 3),
    ] {
        let video = app.video(&owner).privacy(privacy).publish().await;
        comment(&app, &owner, &video, None, "Psst, @ann and @mod").await;
        assert_eq!(types(&ann).await.len(), expected, "{privacy:?}");
    }
    assert_eq!(types(&moderator).await.len(), 5, "moderators see every video");
    let locked = app.video(&owner).passwords(&["sesame"]).publish().await;
    let asked = comment(&app, &ann, &locked, None, "I know the word").await;
    comment(&app, &owner, &locked, Some(asked), "So you do").await;
    assert_eq!(types(&ann).await.len(), 4, "who took part knows the password");
}

#[tokio::test]
async fn what_is_gone_is_told_to_nobody() {
    let app = TestApp::start().await;
    let (owner, ann) = (app.user("owner").await, app.user("ann").await);
    let video = app.video(&owner).publish().await;
    let id = comment(&app, &ann, &video, None, "x").await;
    comment(&app, &ann, &video, None, "y").await;
    assert_eq!(types(&owner).await, [2, 2]);
    let now = app.app.now();
    farandole::transact!(app.app.db(), tx => {
        farandole::db::comments::remove::remove(tx, id, now).await
    })
    .unwrap();
    assert_eq!(types(&owner).await, [2]);
    notify::deliver(&app.app, NotifyEvent::CommentShown { comment_id: id }).await.unwrap();
    notify::deliver(&app.app, NotifyEvent::CommentHeld { comment_id: id }).await.unwrap();
    assert_eq!(types(&owner).await, [2]);
    assert_eq!(ann.delete("/api/v1/users/me").await.status(), 204);
    assert_eq!(types(&owner).await, Vec::<i64>::new(), "the account ended");
}

#[tokio::test]
async fn what_is_not_wanted_is_not_told() {
    let app = TestApp::start().await;
    let (owner, ann) = (app.user("owner").await, app.user("ann").await);
    let video = app.video(&owner).publish().await;
    let path = "/api/v1/users/me/notification-settings";
    let quiet = json!({ "newCommentOnMyVideo": 2 });
    assert_eq!(owner.put_json(path, &quiet).await.status(), 204);
    comment(&app, &ann, &video, None, "x").await;
    assert_eq!(types(&owner).await, Vec::<i64>::new(), "by mail only");
    let both = json!({ "newCommentOnMyVideo": 3 });
    assert_eq!(owner.put_json(path, &both).await.status(), 204);
    comment(&app, &ann, &video, None, "y").await;
    assert_eq!(types(&owner).await, [2]);
}
