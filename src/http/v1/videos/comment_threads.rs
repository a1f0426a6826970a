//! `/api/v1/videos/{id}/comment-threads`: what is written under a video.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::video_ref;
use crate::app::App;
use crate::db::comments::threads::ThreadOrder;
use crate::domain::{Order, Window};
use crate::http::extract::{ApiJson, ApiPath, ApiQuery, ClientAddress};
use crate::http::pages::visitor::Visitor;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::comment::{
    CommentThreadPostResponse, CommentThreadResponse, VideoComment, VideoCommentThreadTree,
};
use crate::http::v1::wire::page::{PageParams, Paging};
use crate::http::{Asker, Problem, Session};
use crate::social::read::{self, MOST_REPLIES, Reader};
use crate::social::write::{self, Sent};
use crate::videos::access;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(thread))
}

/// The threads under a video. A pinned one comes first whatever the order.
#[utoipa::path(
    get,
    path = "/api/v1/videos/{id}/comment-threads",
    operation_id = "listCommentThreads",
    tag = "Video Comments",
    params(
        ("id" = String, Path, description = "Number, UUID or short UUID"),
        ("x-peertube-video-password" = Option<String>, Header, description = "Its password"),
        PageParams,
    ),
    responses(
        (status = 200, body = CommentThreadResponse),
        (status = 400, description = "An order that there is not: `createdAt` or `totalReplies`"),
        (status = 401, description = "Only for people who are signed in"),
        (status = 403, description = "Not for this person, or a password is missing or wrong"),
        (status = 404, description = "No such video"),
    )
)]
async fn list(
    State(app): State<App>,
    ApiPath(id): ApiPath<String>,
    asker: Asker,
    visitor: Visitor,
    paging: Paging,
) -> Result<Json<CommentThreadResponse>, Problem> {
    let known = [("createdAt", ThreadOrder::CreatedAt), ("totalReplies", ThreadOrder::Replies)];
    let order = paging.order(&known, Order::descending(ThreadOrder::CreatedAt))?;
    let (guard, _) = access::watch(&app, video_ref(&id)?, &asker.presented()).await?;
    let reader = Reader { who: asker.viewer.as_ref(), language: visitor.language };
    let threads = read::threads(&app, guard.id, reader, order, paging.window).await?;
    Ok(Json(CommentThreadResponse::new(&Site::of(&app), &threads)))
}

/// A comment to be.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewText {
    /// Markdown, 1 to 10,000 characters that name at most 20 people.
    #[schema(min_length = 1, max_length = 10_000)]
    pub(super) text: String,
}

/// Begins a thread. The answer says whether it is shown or waits for review.
#[utoipa::path(
    post,
    path = "/api/v1/videos/{id}/comment-threads",
    operation_id = "addCommentThread",
    tag = "Video Comments",
    security(("OAuth2" = [])),
    params(
        ("id" = String, Path, description = "Number, UUID or short UUID"),
        ("x-peertube-video-password" = Option<String>, Header, description = "Its password"),
    ),
    request_body = NewText,
    responses(
        (status = 200, body = CommentThreadPostResponse),
        (status = 400, description = "The text is empty, too long, or names too many"),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Not for this person, or a password is missing or wrong"),
        (status = 404, description = "No such video"),
        (status = 409, description = "Nobody comments this video"),
        (status = 429, description = "Slow mode, or too many in a minute; see `Retry-After`"),
    )
)]
async fn add(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<String>,
    asker: Asker,
    visitor: Visitor,
    ClientAddress(from): ClientAddress,
    ApiJson(body): ApiJson<NewText>,
) -> Result<Json<CommentThreadPostResponse>, Problem> {
    let (guard, _) = access::watch(&app, video_ref(&id)?, &asker.presented()).await?;
    let sent = Sent { who: &who, from, text: &body.text };
    let added = write::add(&app, guard.id, None, sent).await?;
    let reader = Reader { who: Some(&who), language: visitor.language };
    answer(&app, guard.id, added, reader).await
}

/// A comment as its author gets it back.
pub(super) async fn answer(
    app: &App,
    video_id: i64,
    id: i64,
    reader: Reader<'_>,
) -> Result<Json<CommentThreadPostResponse>, Problem> {
    let view = read::one(app, video_id, id, reader).await?;
    let comment = VideoComment::new(&Site::of(app), &view);
    Ok(Json(CommentThreadPostResponse { comment }))
}

/// Which replies of a thread, in the order of time.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Replies {
    /// Replies to leave out first.
    #[param(minimum = 0)]
    start: Option<String>,
    /// Replies to give, at most 500; 500 when not given.
    #[param(minimum = 0, maximum = 500)]
    count: Option<String>,
}

impl Replies {
    fn window(&self) -> Result<Window, Problem> {
        let number = |name, text: &Option<String>, default, most| match text.as_deref() {
            None | Some("") => Ok(default),
            Some(text) => {
                let number = text.parse::<i64>().ok().filter(|value| (0..=most).contains(value));
                number
                    .ok_or_else(|| Problem::invalid_param(name, "Should be a number in its range."))
            }
        };
        Ok(Window {
            start: number("start", &self.start, 0, i64::MAX)?,
            count: number("count", &self.count, MOST_REPLIES, MOST_REPLIES)?,
        })
    }
}

/// A thread as a tree. Long ones come in pages of replies in the order of time: what answers a
/// reply of another page stands right under the first comment, `inReplyToCommentId` says where it
/// belongs.
#[utoipa::path(
    get,
    path = "/api/v1/videos/{id}/comment-threads/{threadId}",
    operation_id = "getCommentThread",
    tag = "Video Comments",
    params(
        ("id" = String, Path, description = "Number, UUID or short UUID"),
        ("threadId" = i64, Path, description = "The comment it begins with"),
        ("x-peertube-video-password" = Option<String>, Header, description = "Its password"),
        Replies,
    ),
    responses(
        (status = 200, body = VideoCommentThreadTree),
        (status = 400, description = "A number out of its range"),
        (status = 401, description = "Only for people who are signed in"),
        (status = 403, description = "Not for this person, or a password is missing or wrong"),
        (status = 404, description = "No such video or thread"),
    )
)]
async fn thread(
    State(app): State<App>,
    ApiPath((id, thread_id)): ApiPath<(String, i64)>,
    asker: Asker,
    visitor: Visitor,
    ApiQuery(replies): ApiQuery<Replies>,
) -> Result<Json<VideoCommentThreadTree>, Problem> {
    let window = replies.window()?;
    let (guard, _) = access::watch(&app, video_ref(&id)?, &asker.presented()).await?;
    let reader = Reader { who: asker.viewer.as_ref(), language: visitor.language };
    let thread = read::thread(&app, guard.id, thread_id, reader, window).await?;
    Ok(Json(VideoCommentThreadTree::new(&Site::of(&app), &thread)))
}
