//! Which keys exist? A misspelt one is an error that names the nearest.

use figment::Figment;
use serde_json::Value;

use super::{Config, ConfigError};

/// Every key as `section.key`, with its default.
pub(super) fn known() -> Vec<(String, Value)> {
    let mut keys = Vec::new();
    if let Ok(Value::Object(sections)) = serde_json::to_value(Config::default()) {
        for (section, value) in sections {
            collect(&section, value, &mut keys);
        }
    }
    keys
}

fn collect(path: &str, value: Value, keys: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                collect(&format!("{path}.{key}"), value, keys);
            }
        }
        leaf => keys.push((path.to_owned(), leaf)),
    }
}

/// Refuses keys that do not exist; `origin` names where they stand.
///
/// # Errors
/// The file is no TOML, or has an unknown key.
pub(super) fn check(figment: &Figment, origin: &str) -> Result<(), ConfigError> {
    let read: Value =
        figment.extract().map_err(|error| ConfigError::Read(format!("{origin}: {error}")))?;
    let known = known();
    let mut present = Vec::new();
    if let Value::Object(sections) = read {
        for (section, value) in sections {
            collect(&section, value, &mut present);
        }
    }
    for (key, _) in present {
        if !known.iter().any(|(name, _)| *name == key) {
            return Err(ConfigError::Read(unknown(origin, &key, &known)));
        }
    }
    Ok(())
}

/// The sentence for an unknown key.
pub(super) fn unknown(origin: &str, key: &str, known: &[(String, Value)]) -> String {
    let nearest = known
        .iter()
        .map(|(name, _)| (strsim::normalized_damerau_levenshtein(name, key), name))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness > 0.5);
    match nearest {
        Some((_, name)) => format!("{origin}: {key} is no setting. Did you mean {name}?"),
        None => format!("{origin}: {key} is no setting. `farandole config print` lists them all."),
    }
}

#[cfg(test)]
mod tests {
    use figment::providers::{Format as _, Toml};

    use super::*;

    fn refused(text: &str) -> String {
        check(&Figment::from(Toml::string(text)), "test.toml").unwrap_err().to_string()
    }

    #[test]
    fn a_misspelt_key_is_answered_with_the_nearest() {
        assert_eq!(
            refused("[server]\nlistn = \"127.0.0.1:1\""),
            "test.toml: server.listn is no setting. Did you mean server.listen?"
        );
        assert!(refused("[transcoding]\nresolution = [240]").contains("transcoding.resolutions"));
        assert!(refused("[x]\ny = 1").contains("config print"));
    }

    #[test]
    fn known_keys_pass() {
        let text = "[server]\nlisten = \"127.0.0.1:1\"\n[storage.s3]\nbucket = \"b\"";
        assert!(check(&Figment::from(Toml::string(text)), "test.toml").is_ok());
    }
}
