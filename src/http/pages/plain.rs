//! Which pages say nothing of any one video? Lists, forms, and the page for addresses that lead
//! nowhere.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use farandole_player::{Entry, Preview};

use super::shell;
use super::visitor::Visitor;
use super::words::Title;
use crate::app::App;
use crate::config::Signup;
use crate::http::Problem;

/// The pages of the site, except those of videos, channels and accounts.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/", get(home))
        .route("/login", get(|app, visitor| form(app, visitor, Title::Login)))
        .route("/signup", get(signup))
        .route("/about", get(about))
        .route("/about/moderation", get(transparency))
        .route("/videos/upload", get(|app, visitor| form(app, visitor, Title::Upload)))
        .route("/videos/update/{id}", get(|app, visitor| form(app, visitor, Title::EditVideo)))
        .route("/my-library/videos", get(|app, visitor| form(app, visitor, Title::MyVideos)))
        .route(
            "/my-library/video-channels",
            get(|app, visitor| form(app, visitor, Title::MyChannels)),
        )
        .route("/my-account", get(|app, visitor| form(app, visitor, Title::MyAccount)))
        .route(
            "/my-account/notifications",
            get(|app, visitor| form(app, visitor, Title::Notifications)),
        )
        .route("/my-account/reports", get(|app, visitor| form(app, visitor, Title::MyReports)))
        .route("/my-account/blocks", get(|app, visitor| form(app, visitor, Title::MyBlocks)))
        .route("/my-account/decisions", get(|app, visitor| form(app, visitor, Title::MyDecisions)))
        .merge(desk())
        .route("/admin/plugins", get(|app, visitor| form(app, visitor, Title::Plugins)))
        .route("/admin/plugins/{name}", get(|app, visitor| form(app, visitor, Title::Plugins)))
        .route("/admin/users", get(|app, visitor| form(app, visitor, Title::Users)))
        .route("/admin/traffic", get(|app, visitor| form(app, visitor, Title::Traffic)))
}

/// The pages of moderators: of the whole site, and of channels.
fn desk() -> Router<App> {
    let mut router = Router::new();
    for path in [
        "/admin/moderation",
        "/admin/moderation/lists",
        "/admin/moderation/lists/{id}",
        "/admin/moderation/reports",
        "/admin/moderation/blocks",
        "/admin/moderation/audit",
        "/admin/moderation/takedowns",
        "/admin/moderation/videos",
        "/admin/moderation/registrations",
        "/admin/moderation/overview",
        "/admin/moderation/answers",
        "/admin/moderation/accounts/{name}",
        "/my-library/moderation",
        "/my-library/moderation/lists",
        "/my-library/moderation/lists/{id}",
        "/my-library/moderation/audit",
        "/my-library/moderation/overview",
        "/my-library/moderation/answers",
        "/my-library/moderation/blocks",
        "/my-library/moderation/moderators",
    ] {
        router = router.route(path, get(|app, visitor| form(app, visitor, Title::Moderation)));
    }
    router
}

/// Where nobody can sign up there is no page for it.
async fn signup(State(app): State<App>, visitor: Visitor) -> Response {
    if app.config().accounts.signup == Signup::Off {
        let (entry, status) = (Entry::Site, StatusCode::NOT_FOUND);
        return missing(&app, visitor, entry, status, Title::Nothing);
    }
    form(State(app), visitor, Title::Signup).await
}

async fn home(State(app): State<App>, visitor: Visitor) -> Response {
    let url = format!("{}/feeds/videos.xml", app.config().public_url());
    let feeds = vec![(app.config().instance.name.clone(), url)];
    public(&app, visitor, Title::Home, "/", feeds)
}

async fn about(State(app): State<App>, visitor: Visitor) -> Response {
    public(&app, visitor, Title::About, "/about", Vec::new())
}

async fn transparency(State(app): State<App>, visitor: Visitor) -> Response {
    public(&app, visitor, Title::Transparency, "/about/moderation", Vec::new())
}

/// A page that may be found and shared.
fn public(
    app: &App,
    visitor: Visitor,
    title: Title,
    path: &str,
    feeds: Vec<(String, String)>,
) -> Response {
    let config = app.config();
    let mut head = shell::head(config, visitor);
    title.text(visitor.language).clone_into(&mut head.title);
    let sentence = config.instance.short_description.trim();
    head.description = (!sentence.is_empty()).then(|| sentence.to_owned());
    head.canonical = Some(format!("{}{path}", config.public_url()));
    head.listed = true;
    head.feeds = feeds;
    head.preview = Some(Preview { kind: "website".to_owned(), ..Preview::default() });
    shell::answer(StatusCode::OK, &head)
}

/// A page for one person: not listed, not shared.
async fn form(State(app): State<App>, visitor: Visitor, title: Title) -> Response {
    let mut head = shell::head(app.config(), visitor);
    title.text(visitor.language).clone_into(&mut head.title);
    shell::answer(StatusCode::OK, &head)
}

/// The page for something that is not here, or is not shown to this visitor.
pub(super) fn missing(
    app: &App,
    visitor: Visitor,
    entry: Entry,
    status: StatusCode,
    title: Title,
) -> Response {
    let mut head = shell::head(app.config(), visitor);
    head.entry = entry;
    title.text(visitor.language).clone_into(&mut head.title);
    shell::answer(status, &head)
}

/// The answer for an address that leads nowhere: a page for people, a problem for programs.
pub(in crate::http) async fn nothing_here(
    State(app): State<App>,
    visitor: Visitor,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let reads = method == Method::GET || method == Method::HEAD;
    let wants_page = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if reads && wants_page && !uri.path().starts_with("/api/") {
        return missing(&app, visitor, Entry::Site, StatusCode::NOT_FOUND, Title::Nothing);
    }
    Problem::not_found("There is nothing at this address.").into_response()
}
