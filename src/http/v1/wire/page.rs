//! `start`, `count`, `sort`, `search`, and the answer `{total, data}`.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::{Order, Window};
use crate::http::Problem;
use crate::http::extract::ApiQuery;

/// Things in an answer unless the client says otherwise, and at most (PeerTube).
const DEFAULT_COUNT: i64 = 15;
const MAX_COUNT: i64 = 100;
/// Characters of a search text at most.
const MAX_SEARCH: usize = 200;

/// The query parameters of every list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// Things to leave out first.
    #[param(minimum = 0)]
    start: Option<String>,
    /// Things to give, at most 100; 15 when not given.
    #[param(minimum = 0, maximum = 100)]
    count: Option<String>,
    /// A key of the list; with `-` before it, largest first.
    sort: Option<String>,
    /// Text to look for.
    search: Option<String>,
}

/// Which part of a list a client wants, checked.
#[derive(Debug)]
pub struct Paging {
    /// The part.
    pub window: Window,
    /// Text to look for, trimmed; never empty.
    pub search: Option<String>,
    sort: Option<String>,
}

impl FromRequestParts<App> for Paging {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let ApiQuery(params) = ApiQuery::<PageParams>::from_request_parts(parts, app).await?;
        Self::checked(params)
    }
}

impl Paging {
    fn checked(params: PageParams) -> Result<Self, Problem> {
        let number = |name, text: Option<String>, default, most| match text.as_deref() {
            None | Some("") => Ok(default),
            Some(text) => text
                .parse::<i64>()
                .ok()
                .filter(|value| (0..=most).contains(value))
                .ok_or_else(|| Problem::invalid_param(name, "Should be a number in its range.")),
        };
        let start = number("start", params.start, 0, i64::MAX)?;
        let count = number("count", params.count, DEFAULT_COUNT, MAX_COUNT)?;
        let search = params.search.map(|text| text.trim().to_owned());
        let search = search.filter(|text| !text.is_empty());
        if search.as_ref().is_some_and(|text| text.chars().count() > MAX_SEARCH) {
            return Err(Problem::invalid_param("search", "Should have at most 200 characters."));
        }
        let sort = params.sort.filter(|text| !text.is_empty());
        Ok(Self { window: Window { start, count }, search, sort })
    }

    /// The order asked for, one of `known` keys; `default` when none was asked for.
    ///
    /// # Errors
    /// 400 for a key that this list does not have.
    pub fn order<T: Copy>(
        &self,
        known: &[(&str, T)],
        default: Order<T>,
    ) -> Result<Order<T>, Problem> {
        let Some(sort) = self.sort.as_deref() else { return Ok(default) };
        let (key, descending) = match sort.strip_prefix('-') {
            Some(key) => (key, true),
            None => (sort, false),
        };
        known
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, by)| Order { by: *by, descending })
            .ok_or_else(|| Problem::invalid_param("sort", "This list cannot be sorted so."))
    }
}

/// A part of a list, and how long the whole list is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// Things in the whole list.
    pub total: i64,
    /// The part.
    pub data: Vec<T>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(start: &str, count: &str, sort: &str) -> Result<Paging, Problem> {
        let some = |text: &str| Some(text.to_owned());
        Paging::checked(PageParams {
            start: some(start),
            count: some(count),
            sort: some(sort),
            search: some("  "),
        })
    }

    #[test]
    fn defaults_stand_in_for_what_is_not_said() {
        let page = paging("", "", "").unwrap();
        assert_eq!(page.window, Window { start: 0, count: 15 });
        assert_eq!(page.search, None);
        let order = page.order(&[("a", 1)], Order::descending(2)).unwrap();
        assert_eq!(order, Order::descending(2));
    }

    #[test]
    fn what_is_out_of_range_is_refused() {
        for (start, count) in [("-1", "1"), ("0", "101"), ("0", "x"), ("1e3", "1"), ("0", "-1")] {
            assert!(paging(start, count, "").is_err(), "{start} {count}");
        }
        assert_eq!(paging("7", "100", "").unwrap().window, Window { start: 7, count: 100 });
    }

    #[test]
    fn only_known_keys_sort() {
        let known = [("name", 1), ("createdAt", 2)];
        let default = Order::ascending(1);
        let order = |sort| paging("", "", sort).unwrap().order(&known, default);
        assert_eq!(order("-createdAt").unwrap(), Order::descending(2));
        assert_eq!(order("createdAt").unwrap(), Order::ascending(2));
        assert!(order("id; DROP TABLE users").is_err());
        assert!(order("--name").is_err());
    }
}
