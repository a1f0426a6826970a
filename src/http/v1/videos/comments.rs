//! `/api/v1/videos/{id}/comments/{commentId}`: one comment; and `/api/v1/videos/comments`, all of
//! them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::comment_threads::{NewText, answer};
use super::video_ref;
use crate::app::App;
use crate::db::comments::list::Filter;
use crate::domain::{Order, Principal};
use crate::http::extract::{ApiJson, ApiPath, ApiQuery, ClientAddress};
use crate::http::pages::visitor::Visitor;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::comment::{
    CommentThreadPostResponse, CommentVersion, VideoCommentForOwnerOrAdmin,
};
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::http::v1::wire::statement::WhyBody;
use crate::http::{Asker, Problem, Session};
use crate::social::list::{self, Wanted};
use crate::social::marks::{self, Mark};
use crate::social::read::Reader;
use crate::social::write::{self, Sent};
use crate::social::{approve, edit, history, remove};
use crate::videos::access::{self, Presented};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(reply, change, delete))
        .routes(routes!(approve_one))
        .routes(routes!(versions))
        .routes(routes!(pin, unpin))
        .routes(routes!(heart, unheart))
}

/// Which comments.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub(in crate::http::v1) struct CommentQuery {
    /// In the author's name.
    search_account: Option<String>,
    /// In the video's title.
    search_video: Option<String>,
    /// Under this video: number, UUID or short UUID.
    video_id: Option<String>,
    /// Under videos of this channel.
    video_channel_id: Option<String>,
    /// With one of these automatic tags.
    #[serde(alias = "autoTagOneOf[]")]
    auto_tag_one_of: Vec<String>,
    /// Waiting for review, or not.
    is_held_for_review: Option<String>,
    /// Written here, or elsewhere.
    is_local: Option<String>,
    /// Under videos of this server, or of others.
    on_local_video: Option<String>,
}

/// Characters of a search text at most.
const MAX_SEARCH: usize = 200;

impl CommentQuery {
    pub(in crate::http::v1) async fn filter(
        self,
        app: &App,
        search: Option<String>,
    ) -> Result<Filter, Problem> {
        let text = |name, text: Option<String>| match text.filter(|text| !text.is_empty()) {
            Some(text) if text.chars().count() > MAX_SEARCH => {
                Err(Problem::invalid_param(name, "Should have at most 200 characters."))
            }
            other => Ok(other),
        };
        let flag = |name, text: Option<String>| match text.as_deref() {
            None | Some("") => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(_) => Err(Problem::invalid_param(name, "Should be true or false.")),
        };
        let odd = |_| Problem::invalid_param("videoChannelId", "Should be a number.");
        let video_id = match self.video_id.filter(|text| !text.is_empty()) {
            Some(id) => Some(access::guard(app, video_ref(&id)?).await?.id),
            None => None,
        };
        Ok(Filter {
            search,
            search_account: text("searchAccount", self.search_account)?,
            search_video: text("searchVideo", self.search_video)?,
            local: flag("isLocal", self.is_local)?,
            on_local_video: flag("onLocalVideo", self.on_local_video)?,
            held: flag("isHeldForReview", self.is_held_for_review)?,
            video_id,
            channel_id: self.video_channel_id.map(|id| id.parse().map_err(odd)).transpose()?,
            owner_account_id: None,
            tags: self.auto_tag_one_of,
        })
    }
}

/// Every comment that is not gone, latest first: for administrators and moderators.
#[utoipa::path(get, path = "/api/v1/videos/comments", operation_id = "listAllComments",
    tag = "Video Comments", security(("OAuth2" = ["admin", "moderator"])),
    params(PageParams, CommentQuery),
    responses((status = 200, body = Page<VideoCommentForOwnerOrAdmin>), (status = 400),
        (status = 401), (status = 403), (status = 404, description = "No such `videoId`")))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    visitor: Visitor,
    paging: Paging,
    ApiQuery(query): ApiQuery<CommentQuery>,
) -> Result<Json<Page<VideoCommentForOwnerOrAdmin>>, Problem> {
    let wanted = Wanted {
        order: paging.order(&[("createdAt", ())], Order::descending(()))?,
        window: paging.window,
        language: visitor.language,
        filter: query.filter(&app, paging.search).await?,
    };
    let (total, listed) = list::of_all(&app, &who, wanted).await?;
    let site = Site::of(&app);
    let data = listed.iter().map(|one| VideoCommentForOwnerOrAdmin::new(&site, one)).collect();
    Ok(Json(Page { total, data }))
}

/// Answers a comment. The answer says whether the reply is shown or waits for review.
#[utoipa::path(post, path = "/api/v1/videos/{id}/comments/{commentId}",
    operation_id = "addCommentReply", tag = "Video Comments", security(("OAuth2" = [])),
    params(("id" = String, Path), ("commentId" = i64, Path, description = "What is answered"),
        ("x-peertube-video-password" = Option<String>, Header, description = "Its password")),
    request_body = NewText,
    responses((status = 200, body = CommentThreadPostResponse), (status = 400), (status = 401),
        (status = 403), (status = 404),
        (status = 409, description = "Nobody comments this video, or nobody answers this comment"),
        (status = 429, description = "Slow mode, or too many in a minute; see `Retry-After`")))]
async fn reply(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((id, parent)): ApiPath<(String, i64)>,
    asker: Asker,
    visitor: Visitor,
    ClientAddress(from): ClientAddress,
    ApiJson(body): ApiJson<NewText>,
) -> Result<Json<CommentThreadPostResponse>, Problem> {
    let (guard, _) = access::watch(&app, video_ref(&id)?, &asker.presented()).await?;
    let sent = Sent { who: &who, from, text: &body.text };
    let added = write::add(&app, guard.id, Some(parent), sent).await?;
    answer(&app, guard.id, added, Reader { who: Some(&who), language: visitor.language }).await
}

/// Changes the text of one's own comment; earlier versions are kept for moderators. While the new
/// text waits for review, everybody goes on reading the one before.
#[utoipa::path(put, path = "/api/v1/videos/{id}/comments/{commentId}",
    operation_id = "editComment", tag = "Video Comments", security(("OAuth2" = [])),
    params(("id" = String, Path), ("commentId" = i64, Path),
        ("x-peertube-video-password" = Option<String>, Header, description = "Its password")),
    request_body = NewText,
    responses((status = 200, body = CommentThreadPostResponse), (status = 400), (status = 401),
        (status = 403, description = "Somebody else's comment"), (status = 404),
        (status = 409, description = "Nobody comments this video"), (status = 429)))]
async fn change(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((id, comment)): ApiPath<(String, i64)>,
    asker: Asker,
    visitor: Visitor,
    ClientAddress(from): ClientAddress,
    ApiJson(body): ApiJson<NewText>,
) -> Result<Json<CommentThreadPostResponse>, Problem> {
    let (guard, _) = access::watch(&app, video_ref(&id)?, &asker.presented()).await?;
    edit::edit(&app, guard.id, comment, Sent { who: &who, from, text: &body.text }).await?;
    answer(&app, guard.id, comment, Reader { who: Some(&who), language: visitor.language }).await
}

/// Removes a comment: its author, the video's owner and moderators may. While it has replies, that
/// there was one is still shown. Who removes another's says why in the body, which may be left
/// out: the author is told.
#[utoipa::path(delete, path = "/api/v1/videos/{id}/comments/{commentId}",
    operation_id = "deleteComment", tag = "Video Comments", security(("OAuth2" = [])),
    params(("id" = String, Path), ("commentId" = i64, Path)), request_body = Option<WhyBody>,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "It is gone already")))]
async fn delete(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((id, comment)): ApiPath<(String, i64)>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let why = WhyBody::read(&body)?;
    // Who may no longer watch may still take back what they wrote.
    let guard = access::guard(&app, video_ref(&id)?).await?;
    remove::remove(&app, &who, guard.id, comment, &why).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows a comment that waits for review: the video's owner and moderators may.
#[utoipa::path(post, path = "/api/v1/videos/{id}/comments/{commentId}/approve",
    operation_id = "approveComment", tag = "Video Comments", security(("OAuth2" = [])),
    params(("id" = String, Path), ("commentId" = i64, Path)),
    responses((status = 204), (status = 400, description = "It does not wait"), (status = 401),
        (status = 403), (status = 404)))]
async fn approve_one(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((id, comment)): ApiPath<(String, i64)>,
) -> Result<StatusCode, Problem> {
    let guard = watched(&app, &who, &id).await?;
    approve::approve(&app, &who, guard, comment).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `videos.id` of a video that somebody may watch.
async fn watched(app: &App, who: &Principal, id: &str) -> Result<i64, Problem> {
    let (guard, _) = access::watch(app, video_ref(id)?, &Presented::viewer(Some(who))).await?;
    Ok(guard.id)
}

/// Every version of a comment, oldest first: for the video's owner and moderators.
#[utoipa::path(get, path = "/api/v1/videos/{id}/comments/{commentId}/history",
    operation_id = "getCommentHistory", tag = "Video Comments", security(("OAuth2" = [])),
    params(("id" = String, Path), ("commentId" = i64, Path)),
    responses((status = 200, body = Page<CommentVersion>), (status = 401), (status = 403),
        (status = 404)))]
async fn versions(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((id, comment)): ApiPath<(String, i64)>,
) -> Result<Json<Page<CommentVersion>>, Problem> {
    let video = watched(&app, &who, &id).await?;
    let versions = history::history(&app, &who, video, comment).await?;
    let site = Site::of(&app);
    let data: Vec<_> = versions.iter().map(|one| CommentVersion::new(&site, one)).collect();
    Ok(Json(Page { total: i64::try_from(data.len()).unwrap_or(i64::MAX), data }))
}

async fn set(
    app: &App,
    who: &Principal,
    (id, comment): (String, i64),
    mark: Mark,
    on: bool,
) -> Result<StatusCode, Problem> {
    let video = watched(app, who, &id).await?;
    marks::set(app, who, video, comment, mark, on).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a thread first, in the place of another one that was: the video's owner and moderators.
#[utoipa::path(put, path = "/api/v1/videos/{id}/comments/{commentId}/pin",
    operation_id = "pinComment", tag = "Video Comments", security(("OAuth2" = [])),
    params(("id" = String, Path), ("commentId" = i64, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "A reply, or not shown")))]
async fn pin(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(path): ApiPath<(String, i64)>,
) -> Result<StatusCode, Problem> {
    set(&app, &who, path, Mark::Pin, true).await
}

/// Puts a thread back into its place.
#[utoipa::path(delete, path = "/api/v1/videos/{id}/comments/{commentId}/pin",
    operation_id = "unpinComment", tag = "Video Comments", security(("OAuth2" = [])),
    params(("id" = String, Path), ("commentId" = i64, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)))]
async fn unpin(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(path): ApiPath<(String, i64)>,
) -> Result<StatusCode, Problem> {
    set(&app, &who, path, Mark::Pin, false).await
}

/// Gives a comment the heart of the video's owner.
#[utoipa::path(put, path = "/api/v1/videos/{id}/comments/{commentId}/heart",
    operation_id = "heartComment", tag = "Video Comments", security(("OAuth2" = [])),
    params(("id" = String, Path), ("commentId" = i64, Path)),
    responses((status = 204), (status = 401), (status = 403, description = "Not the owner"),
        (status = 404), (status = 409, description = "Not shown")))]
async fn heart(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(path): ApiPath<(String, i64)>,
) -> Result<StatusCode, Problem> {
    set(&app, &who, path, Mark::Heart, true).await
}

/// Takes the heart back.
#[utoipa::path(delete, path = "/api/v1/videos/{id}/comments/{commentId}/heart",
    operation_id = "unheartComment", tag = "Video Comments", security(("OAuth2" = [])),
    params(("id" = String, Path), ("commentId" = i64, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)))]
async fn unheart(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(path): ApiPath<(String, i64)>,
) -> Result<StatusCode, Problem> {
    set(&app, &who, path, Mark::Heart, false).await
}
