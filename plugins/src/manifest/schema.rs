//! Which settings does a plugin have, and is this configuration one? A small part of JSON Schema
//! (2020-12) that a form can be drawn from: one flat object of texts, numbers, switches, choices
//! and lists of texts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ManifestError;

/// The most bytes a configuration may have, as JSON.
const MAX_CONFIG_BYTES: usize = 1 << 20;
/// The most settings.
const MAX_SETTINGS: usize = 50;

/// The settings of a plugin: the `properties` of an object schema.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Configuration {
    /// The settings by their names, in alphabetical order.
    pub properties: BTreeMap<String, Setting>,
    /// The names of those that must be set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<String>,
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Setting {
    /// What kind of value it is.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Its label in the form.
    pub title: String,
    /// A sentence of help below it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What holds while nothing is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// The values to choose from; of texts only.
    #[serde(rename = "enum", default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// The least number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<f64>,
    /// The greatest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<f64>,
    /// The most characters of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
    /// The most entries of a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_items: Option<usize>,
    /// Whether the form gives a text several lines.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub multiline: bool,
    /// Whether it is a secret: it can be set but is never shown again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub write_only: bool,
}

/// A value that a choice offers.
pub type Choice = String;

/// Kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// On or off.
    Boolean,
    /// A list of texts.
    Array,
}

/// Why a configuration was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the setting {setting} {problem}")]
pub struct ConfigError {
    /// The setting.
    pub setting: String,
    /// What is wrong with it, to be read after its name.
    pub problem: String,
}

impl ConfigError {
    fn new(setting: &str, problem: impl Into<String>) -> Self {
        Self { setting: setting.to_owned(), problem: problem.into() }
    }
}

impl Configuration {
    /// Whether there is nothing to set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.properties.is_empty()
    }

    /// Checks what an operator sent: known names, fitting values, nothing required missing.
    ///
    /// # Errors
    /// The first setting that does not fit, and why.
    pub fn validate(&self, given: &Map<String, Value>) -> Result<(), ConfigError> {
        for (name, value) in given {
            let setting = self
                .properties
                .get(name)
                .ok_or_else(|| ConfigError::new(name, "does not exist in this plugin"))?;
            setting.fits(value).map_err(|problem| ConfigError::new(name, problem))?;
        }
        let bytes = serde_json::to_vec(given).map_or(usize::MAX, |json| json.len());
        if bytes > MAX_CONFIG_BYTES {
            return Err(ConfigError::new("values", "have more than 1 MiB together"));
        }
        Ok(())
    }

    /// The names of required settings that have neither a value nor a default.
    #[must_use]
    pub fn missing(&self, given: &Map<String, Value>) -> Vec<String> {
        self.required
            .iter()
            .filter(|name| {
                !given.contains_key(*name)
                    && self.properties.get(*name).is_none_or(|setting| setting.default.is_none())
            })
            .cloned()
            .collect()
    }

    /// What a plugin reads: each setting as text. Texts as they are, everything else as JSON;
    /// the default where nothing is set.
    #[must_use]
    pub fn resolve(&self, given: &Map<String, Value>) -> BTreeMap<String, String> {
        self.properties
            .iter()
            .filter_map(|(name, setting)| {
                let value = given.get(name).or(setting.default.as_ref())?;
                let text = match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                Some((name.clone(), text))
            })
            .collect()
    }

    pub(super) fn check(&self) -> Result<(), ManifestError> {
        if self.properties.len() > MAX_SETTINGS {
            return Err(ManifestError::field("configuration", "has more than 50 settings"));
        }
        for (name, setting) in &self.properties {
            let field = format!("configuration.properties.{name}");
            let named = (1..=50).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !named {
                return Err(ManifestError::field(field, "must be 1 to 50 of A-Z, a-z, 0-9 and _"));
            }
            setting.check().map_err(|problem| ManifestError::field(field, problem))?;
        }
        match self.required.iter().find(|name| !self.properties.contains_key(*name)) {
            Some(name) => Err(ManifestError::field(
                "configuration.required",
                format!("names {name:?}, which is no setting"),
            )),
            None => Ok(()),
        }
    }
}

impl Setting {
    fn check(&self) -> Result<(), String> {
        if self.title.trim().is_empty() || self.title.chars().count() > 100 {
            return Err("needs a title of at most 100 characters".to_owned());
        }
        if self.description.chars().count() > 500 {
            return Err("has a description of more than 500 characters".to_owned());
        }
        if !self.choices.is_empty() && (self.kind != Kind::String || self.choices.len() > 100) {
            return Err("may offer choices (at most 100) only as a string".to_owned());
        }
        if (self.multiline || self.write_only) && self.kind != Kind::String {
            return Err("may be multiline or writeOnly only as a string".to_owned());
        }
        if self.write_only && self.default.is_some() {
            return Err("is a secret and so cannot have a default".to_owned());
        }
        match &self.default {
            Some(value) => {
                self.fits(value).map_err(|problem| format!("has a default that {problem}"))
            }
            None => Ok(()),
        }
    }

    fn fits(&self, value: &Value) -> Result<(), String> {
        match (self.kind, value) {
            (Kind::String, Value::String(text)) => {
                if !self.choices.is_empty() && !self.choices.contains(text) {
                    return Err(format!("must be one of {}", self.choices.join(", ")));
                }
                within("characters", text.chars().count(), self.max_length)
            }
            (Kind::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => {
                self.in_range(number.as_f64())
            }
            (Kind::Number, Value::Number(number)) => self.in_range(number.as_f64()),
            (Kind::Boolean, Value::Bool(_)) => Ok(()),
            (Kind::Array, Value::Array(entries)) => {
                within("entries", entries.len(), self.max_items)?;
                for entry in entries {
                    let text = entry.as_str().ok_or("must hold texts only")?;
                    within("characters in an entry", text.chars().count(), self.max_length)?;
                }
                Ok(())
            }
            (kind, _) => Err(match kind {
                Kind::String => "must be a text",
                Kind::Integer => "must be a whole number",
                Kind::Number => "must be a number",
                Kind::Boolean => "must be true or false",
                Kind::Array => "must be a list of texts",
            }
            .to_owned()),
        }
    }

    fn in_range(&self, number: Option<f64>) -> Result<(), String> {
        let number = number.ok_or("must be a number")?;
        if let Some(least) = self.minimum.filter(|least| number < *least) {
            return Err(format!("must be at least {least}"));
        }
        if let Some(most) = self.maximum.filter(|most| number > *most) {
            return Err(format!("must be at most {most}"));
        }
        Ok(())
    }
}

fn within(what: &str, count: usize, most: Option<usize>) -> Result<(), String> {
    match most {
        Some(most) if count > most => Err(format!("may have at most {most} {what}")),
        _ => Ok(()),
    }
}
