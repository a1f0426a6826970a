//! `/api/v1/users/…`

mod block;
mod collection;
mod history;
mod me;
mod one;
mod registrations;
mod remove;
mod sessions;
mod token;

use insta::Settings;

/// Snapshots of users and channels with everything left out that differs from run to run.
pub(crate) fn redacted() -> Settings {
    let mut settings = Settings::clone_current();
    for key in ["createdAt", "updatedAt", "lastLoginDate"] {
        settings.add_redaction(&format!(".**.{key}"), "[time]");
    }
    for key in ["id", "userId"] {
        settings.add_redaction(&format!(".**.{key}"), "[id]");
    }
    for key in ["host", "url", "fileUrl", "path"] {
        settings.add_redaction(&format!(".**.{key}"), "[address]");
    }
    settings
}
