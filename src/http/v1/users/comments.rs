//! `/api/v1/users/me/videos/comments`: comments under one's own videos.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::domain::Order;
use crate::http::extract::ApiQuery;
use crate::http::pages::visitor::Visitor;
use crate::http::v1::videos::comments::CommentQuery;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::comment::VideoCommentForOwnerOrAdmin;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::http::{Problem, Session};
use crate::social::list::{self, Wanted};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Comments under one's own videos, latest first; gone ones are left out.
#[utoipa::path(get, path = "/api/v1/users/me/videos/comments", operation_id = "listMyComments",
    tag = "Video Comments", security(("OAuth2" = [])), params(PageParams, CommentQuery),
    responses((status = 200, body = Page<VideoCommentForOwnerOrAdmin>), (status = 400),
        (status = 401), (status = 404, description = "No such `videoId`")))]
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
    let (total, listed) = list::of_owner(&app, &who, wanted).await?;
    let site = Site::of(&app);
    let data = listed.iter().map(|one| VideoCommentForOwnerOrAdmin::new(&site, one)).collect();
    Ok(Json(Page { total, data }))
}
