//! Problems of plugins.

use axum::http::StatusCode;

use super::Problem;
use crate::moderation::plugins::PluginError;

impl From<PluginError> for Problem {
    fn from(error: PluginError) -> Self {
        match error {
            PluginError::Forbidden(why) => Self::forbidden(why),
            PluginError::NoSuch(what) => Self::not_found(what),
            PluginError::Invalid { param, problem } => Self::invalid_param(param, &problem),
            PluginError::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
            PluginError::Host(cause) => {
                tracing::error!(error = cause, "a request failed on the plugin host");
                Self::internal()
            }
            PluginError::Trial(error) => error.into(),
            PluginError::Db(error) => error.into(),
        }
    }
}
