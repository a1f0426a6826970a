//! How much was moderated, why, and how fast? Counts of a period, without anybody's name.

use std::collections::BTreeMap;

use crate::db::{Conn, DbError, Row, Sql, sql};
use crate::domain::Millis;
use crate::domain::abuse::PREDEFINED_REASONS;

/// From a moment until before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// Then or later.
    pub since: Millis,
    /// Before.
    pub until: Millis,
}

impl Period {
    fn of(self, text: impl Into<std::borrow::Cow<'static, str>>) -> Sql {
        sql(text).int(self.since.0).int(self.until.0)
    }
}

/// Acts of one sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acts {
    /// What was done, by name.
    pub act: String,
    /// What it rests on, by name.
    pub ground: String,
    /// Who gave the reason of automated acts, by name; else empty.
    pub rule: String,
    /// A rule found it, no human did.
    pub automated: bool,
    /// How many.
    pub count: i64,
}

/// How long something took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delay {
    /// Half took at most as long, milliseconds.
    pub median_ms: Option<i64>,
    /// Nine of ten took at most as long, milliseconds.
    pub p90_ms: Option<i64>,
}

/// Two outcomes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Released; of reports: accepted.
    pub yes: i64,
    /// Refused; of reports: rejected.
    pub no: i64,
    /// How long it took.
    pub delay: Delay,
}

/// What is counted of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Acts that restricted somebody.
    pub acts: Vec<Acts>,
    /// What humans decided about withheld texts the first time.
    pub decisions: Outcomes,
    /// Texts that wait for a human now.
    pub waiting: i64,
    /// Reports filed, by kind of what is reported.
    pub reports: BTreeMap<String, i64>,
    /// Reports filed, by PeerTube's predefined reasons; one may have several or none.
    pub reasons: BTreeMap<String, i64>,
    /// What became of reports.
    pub reports_decided: Outcomes,
    /// Reports that wait now.
    pub reports_waiting: i64,
    /// Decisions that were contested.
    pub contests: i64,
    /// What became of contests.
    pub contests_decided: Outcomes,
    /// Takedowns that were lifted again, of those of the period.
    pub takedowns_lifted: i64,
}

/// Counts a period.
///
/// # Errors
/// The engine's.
pub async fn count(conn: &mut Conn, period: Period) -> Result<Counts, DbError> {
    const CONTESTED: &str = "contested_at IS NOT NULL AND contest_answered_at >= $1 \
        AND contest_answered_at < $2";
    // What a list withheld from the public was decided the moment it was found.
    const DECIDED: &str = "decided_at >= $1 AND decided_at < $2 AND decided_at > held_at \
        AND contested_at IS NULL";
    const REPORTS: &str = "decided_at >= $1 AND decided_at < $2";
    let items = ("review_items", "'released'", "'rejected'");
    let reports = ("abuses", "3", "2");
    let reasons = reasons(conn, period).await?;
    Ok(Counts {
        acts: acts(conn, period).await?,
        decisions: outcomes(conn, period, items, DECIDED, "decided_at - held_at").await?,
        waiting: one(conn, sql("SELECT COUNT(*) AS n FROM review_items WHERE waiting = 1")).await?,
        reports: filed(conn, period).await?,
        reasons,
        reports_decided: outcomes(conn, period, reports, REPORTS, "decided_at - created_at")
            .await?,
        reports_waiting: one(conn, sql("SELECT COUNT(*) AS n FROM abuses WHERE state = 1")).await?,
        contests: one(
            conn,
            period.of("SELECT COUNT(*) AS n FROM review_items \
                       WHERE contested_at >= $1 AND contested_at < $2"),
        )
        .await?,
        contests_decided: outcomes(
            conn,
            period,
            items,
            CONTESTED,
            "contest_answered_at - contested_at",
        )
        .await?,
        takedowns_lifted: one(
            conn,
            period.of("SELECT COUNT(*) AS n FROM takedowns t JOIN review_items i \
                       ON i.id = t.item_id WHERE t.created_at >= $1 AND t.created_at < $2 \
                       AND i.state = 'released'"),
        )
        .await?,
    })
}

async fn one(conn: &mut Conn, statement: Sql) -> Result<i64, DbError> {
    statement.one(conn).await?.int("n")
}

async fn acts(conn: &mut Conn, period: Period) -> Result<Vec<Acts>, DbError> {
    let read = |row: &Row| {
        Ok(Acts {
            act: row.text("act")?,
            ground: row.text("ground")?,
            rule: row.text("rule")?,
            automated: row.flag("automated")?,
            count: row.int("n")?,
        })
    };
    period
        .of("SELECT act, ground, rule, automated, COUNT(*) AS n FROM statements \
             WHERE created_at >= $1 AND created_at < $2 GROUP BY act, ground, rule, automated \
             ORDER BY act, ground, rule, automated")
        .all(conn)
        .await?
        .iter()
        .map(read)
        .collect()
}

async fn filed(conn: &mut Conn, period: Period) -> Result<BTreeMap<String, i64>, DbError> {
    period
        .of("SELECT kind, COUNT(*) AS n FROM abuses WHERE created_at >= $1 AND created_at < $2 \
             GROUP BY kind ORDER BY kind")
        .all(conn)
        .await?
        .iter()
        .map(|row| Ok((row.text("kind")?, row.int("n")?)))
        .collect()
}

async fn reasons(conn: &mut Conn, period: Period) -> Result<BTreeMap<String, i64>, DbError> {
    let rows = period
        .of("SELECT predefined, COUNT(*) AS n FROM abuses \
             WHERE created_at >= $1 AND created_at < $2 GROUP BY predefined ORDER BY predefined")
        .all(conn)
        .await?;
    let mut reasons = BTreeMap::new();
    for row in rows {
        let words: Vec<String> = serde_json::from_str(&row.text("predefined")?).unwrap_or_default();
        for word in words.into_iter().filter(|word| PREDEFINED_REASONS.contains(&word.as_str())) {
            *reasons.entry(word).or_default() += row.int("n")?;
        }
    }
    Ok(reasons)
}

/// Two outcomes of rows of a table in a period, and how long they took.
async fn outcomes(
    conn: &mut Conn,
    period: Period,
    (table, yes, no): (&str, &str, &str),
    condition: &str,
    delay: &str,
) -> Result<Outcomes, DbError> {
    let of = format!("FROM {table} WHERE {condition} AND state IN ({yes}, {no})");
    let counted = period
        .of(format!(
            "SELECT COUNT(*) AS n, \
             CAST(COALESCE(SUM(CASE WHEN state = {yes} THEN 1 ELSE 0 END), 0) AS BIGINT) AS yes \
             {of}"
        ))
        .one(conn)
        .await?;
    let (all, yes) = (counted.int("n")?, counted.int("yes")?);
    let mut delays = [None; 2];
    for (kept, percent) in delays.iter_mut().zip([50, 90]) {
        // The nearest rank.
        let rank = (all * percent + 99) / 100;
        if rank == 0 {
            continue;
        }
        let text = format!("SELECT {delay} AS ms {of} ORDER BY {delay} LIMIT 1 OFFSET $3");
        let row = period.of(text).int(rank - 1).optional(conn).await?;
        *kept = row.map(|row| row.int("ms")).transpose()?;
    }
    let [median_ms, p90_ms] = delays;
    Ok(Outcomes { yes, no: all - yes, delay: Delay { median_ms, p90_ms } })
}
