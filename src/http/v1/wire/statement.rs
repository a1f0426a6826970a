//! Why something is restricted: what moderators say, and what those whom it concerns are told.

use farandole_player::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::moderation::items::ItemState;
use crate::domain::statement::{Act, Ground, MOST_REASON, Why};
use crate::domain::{Millis, ShortUuid};
use crate::http::Problem;
use crate::moderation::statements::Told;
use crate::social::explain;

/// Why something of somebody else's goes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct WhyBody {
    /// For whom it concerns, at most 2,000 characters.
    pub reason: Option<String>,
    /// `rules`, `law` or `other`; `rules` when left out.
    pub ground: Option<String>,
}

impl WhyBody {
    /// Reads a body, which may be empty.
    ///
    /// # Errors
    /// 400 for what is no such object.
    pub fn read(body: &[u8]) -> Result<Why, Problem> {
        if body.is_empty() {
            return Ok(Why::default());
        }
        let read: Self = serde_json::from_slice(body)
            .map_err(|error| Problem::bad_request(error.to_string()))?;
        read.why()
    }

    /// What it says.
    ///
    /// # Errors
    /// 400 for a ground that does not exist, or a reason that is too long.
    pub fn why(self) -> Result<Why, Problem> {
        let ground = match self.ground.as_deref() {
            None => Ground::default(),
            Some(name) => Ground::parse(name).ok_or_else(|| {
                Problem::invalid_param("ground", "Should be rules, law or other.")
            })?,
        };
        let reason = self.reason.unwrap_or_default().trim().to_owned();
        if reason.chars().count() > MOST_REASON {
            let problem = "Should have at most 2,000 characters.";
            return Err(Problem::invalid_param("reason", problem));
        }
        Ok(Why { ground, reason })
    }
}

/// What a statement is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatementSubject)]
struct SubjectJson {
    /// `comment`, `video`, `caption`, `account` or `channel`.
    kind: &'static str,
    id: i64,
}

/// The video a statement is about or below.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatementVideo)]
struct VideoJson {
    uuid: Uuid,
    #[serde(rename = "shortUUID")]
    short_uuid: String,
    name: String,
}

/// What one said against a decision.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = StatementContest)]
struct ContestJson {
    text: String,
    /// RFC 3339.
    at: String,
    /// RFC 3339.
    answered_at: Option<String>,
    /// What the moderator wrote.
    answer: Option<String>,
}

/// A statement of reasons.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = StatementOfReasons)]
pub struct StatementJson {
    id: i64,
    /// `text-held`, `text-refused`, `comment-removed`, `account-suspended` …
    act: String,
    subject: Option<SubjectJson>,
    /// Title or start of the text.
    label: String,
    /// `rules`, `law` or `other`.
    ground: String,
    /// A rule found it, no human did.
    automated: bool,
    /// In the moderator's words; empty when they left none.
    reason: String,
    /// Of texts: why, in plain words and the reader's language.
    explanation: Option<String>,
    /// It restricts something now.
    in_force: bool,
    /// Since when, RFC 3339.
    created_at: String,
    /// It ends on its own then, RFC 3339.
    until: Option<String>,
    /// It was lifted then, RFC 3339.
    ended_at: Option<String>,
    video: Option<VideoJson>,
    /// What `moderation/decisions/{id}/contest` wants.
    decision_id: Option<i64>,
    /// One may ask for another look.
    contestable: bool,
    contest: Option<ContestJson>,
}

impl StatementJson {
    /// Shows a statement to whom it concerns.
    #[must_use]
    pub fn new(told: &Told, language: Language, now: Millis) -> Self {
        let row = &told.row;
        let of_text = row.act == Act::TextHeld.name() || row.act == Act::TextRefused.name();
        let item = told.item.as_ref().filter(|item| item.state != ItemState::Gone);
        let explained = item.filter(|_| of_text);
        let contest = item.and_then(|item| {
            let (text, at) = item.contest.as_ref()?;
            Some(ContestJson {
                text: text.clone(),
                at: at.rfc3339(),
                answered_at: item.contest_answered_at.map(Millis::rfc3339),
                answer: item.contest_answered_at.and_then(|_| item.answer.clone()),
            })
        });
        Self {
            id: row.id,
            act: row.act.clone(),
            subject: row.subject.map(|(kind, id)| SubjectJson { kind: kind.name(), id }),
            label: row.label.clone(),
            ground: row.ground.clone(),
            automated: row.automated,
            reason: row.reason.clone(),
            explanation: explained.map(|item| explain::explanation(item, &told.reasons, language)),
            in_force: told.in_force(now),
            created_at: row.created_at.rfc3339(),
            until: row.until.map(Millis::rfc3339),
            ended_at: row.ended_at.map(Millis::rfc3339),
            video: told.video.as_ref().map(|video| VideoJson {
                uuid: video.uuid,
                short_uuid: ShortUuid(video.uuid).to_string(),
                name: video.name.clone(),
            }),
            decision_id: row.item_id,
            contestable: told.contestable(now),
            contest,
        }
    }
}
