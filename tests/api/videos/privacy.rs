//! Who may see what: every privacy, every kind of person, every path that shows a video.

use farandole::domain::Privacy;
use farandole::transact;
use reqwest::Method;
use serde_json::Value;

use crate::support::TestApp;
use crate::support::people::Person;
use crate::support::videos::TestVideo;

/// Paths that show something of a video.
const PATHS: [&str; 5] = ["", "/description", "/captions", "/chapters", "/storyboards"];

/// What a request brings.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    Anonymous,
    WrongPassword,
    RightPassword,
    Stranger,
    StrangerWithPassword,
    Owner,
    Moderator,
}

const EVERYBODY: [Who; 7] = [
    Who::Anonymous,
    Who::WrongPassword,
    Who::RightPassword,
    Who::Stranger,
    Who::StrangerWithPassword,
    Who::Owner,
    Who::Moderator,
];

struct Cast {
    app: TestApp,
    owner: Person,
    stranger: Person,
    moderator: Person,
}

impl Cast {
    async fn new() -> Self {
        let app = TestApp::start_with(|config| {
            config.limits.api_requests = 0;
            config.accounts.max_failures_per_account = 1000;
            config.accounts.max_failures_per_address = 1000;
        })
        .await;
        let owner = app.user("owner").await;
        let stranger = app.user("stranger").await;
        let moderator = app.moderator("moderator").await;
        Self { app, owner, stranger, moderator }
    }

    async fn get(&self, who: Who, path: &str) -> reqwest::Response {
        let plain = || self.app.client.get(self.app.url(path));
        let as_person = |person: &Person| person.request(Method::GET, path);
        let header = "x-peertube-video-password";
        let request = match who {
            Who::Anonymous => plain(),
            Who::WrongPassword => plain().header(header, "abracadabra"),
            Who::RightPassword => plain().header(header, "sesame"),
            Who::Stranger => as_person(&self.stranger),
            Who::StrangerWithPassword => as_person(&self.stranger).header(header, "sesame"),
            Who::Owner => as_person(&self.owner),
            Who::Moderator => as_person(&self.moderator),
        };
        request.send().await.unwrap()
    }
}

/// Status and `code` that PeerTube's rules want.
fn expected(privacy: Privacy, available: bool, who: Who) -> (u16, Option<&'static str>) {
    let stranger = matches!(who, Who::Stranger | Who::StrangerWithPassword);
    if matches!(who, Who::Owner | Who::Moderator) {
        return (200, None);
    }
    if !available {
        return (404, None);
    }
    match privacy {
        Privacy::Public | Privacy::Unlisted => (200, None),
        Privacy::Internal if stranger => (200, None),
        Privacy::Private if stranger => (403, None),
        Privacy::Internal | Privacy::Private => (401, Some("unauthorized_request")),
        Privacy::PasswordProtected => match who {
            Who::RightPassword | Who::StrangerWithPassword => (200, None),
            Who::WrongPassword => (403, Some("incorrect_video_password")),
            _ => (403, Some("video_requires_password")),
        },
    }
}

#[tokio::test]
async fn every_path_asks_the_same_gate() {
    let cast = Cast::new().await;
    for privacy in Privacy::ALL {
        for available in [true, false] {
            let mut builder = cast.app.video(&cast.owner).privacy(privacy);
            if privacy == Privacy::PasswordProtected {
                builder = builder.passwords(&["other", "sesame"]);
            }
            if !available {
                builder = builder.unavailable();
            }
            let video = builder.publish().await;
            for who in EVERYBODY {
                for path in PATHS {
                    check(&cast, &video, path, privacy, available, who).await;
                }
            }
        }
    }
}

async fn check(
    cast: &Cast,
    video: &TestVideo,
    path: &str,
    privacy: Privacy,
    available: bool,
    who: Who,
) {
    let response = cast.get(who, &video.path(path)).await;
    let (status, code) = expected(privacy, available, who);
    let case = format!("{privacy:?} available={available} {who:?} {path}");
    assert_eq!(response.status(), status, "{case}");
    if status != 200 {
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem.get("code").and_then(Value::as_str), code, "{case}");
        assert!(problem.get("name").is_none() && problem.get("description").is_none(), "{case}");
    }
}

#[tokio::test]
async fn an_unlisted_video_is_not_found_by_counting() {
    let cast = Cast::new().await;
    let video = cast.app.video(&cast.owner).privacy(Privacy::Unlisted).publish().await;
    let path = format!("/api/v1/videos/{}", video.id);
    assert_eq!(cast.get(Who::Anonymous, &path).await.status(), 401);
    assert_eq!(cast.get(Who::Stranger, &path).await.status(), 403);
    assert_eq!(cast.get(Who::Owner, &path).await.status(), 200);
    assert_eq!(cast.get(Who::Moderator, &path).await.status(), 200);
}

#[tokio::test]
async fn a_change_made_elsewhere_is_in_force_within_seconds() {
    let cast = Cast::new().await;
    let video = cast.app.video(&cast.owner).publish().await;
    assert_eq!(cast.get(Who::Anonymous, &video.path("")).await.status(), 200);
    // As another node would: rows and the change feed, nothing in this node's memory.
    let now = cast.app.app.now();
    transact!(cast.app.app.db(), tx => {
        farandole::db::sql("UPDATE videos SET privacy = 3 WHERE id = $1")
            .int(video.id).run(tx).await?;
        let kind = farandole::db::changes::ChangeKind::Video;
        farandole::db::changes::record(tx, kind, video.id, now).await
    })
    .unwrap();
    for _ in 0..100 {
        if cast.get(Who::Anonymous, &video.path("")).await.status() == 401 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the video is still shown");
}
