//! What does the environment override? `FARANDOLE__SECTION__KEY`, read by the type of the key.
//!
//! A value for a text key stays a text whatever it looks like, so that a password of digits is
//! no number.

use std::ffi::OsString;

use serde_json::{Map, Value};

use super::{ConfigError, keys};

const PREFIX: &str = "FARANDOLE__";
/// Short names kept for the first start.
const ALIASES: &[(&str, &str)] = &[("FARANDOLE_ROOT_PASSWORD", "accounts.root_password")];

/// Reads every override into one nested object.
///
/// # Errors
/// A name is no setting, or a value cannot be one of its kind.
pub(super) fn read(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Value, ConfigError> {
    let known = keys::known();
    let mut root = Map::new();
    for (name, value) in variables {
        let Some(name) = name.to_str() else { continue };
        let key = match ALIASES.iter().find(|(alias, _)| *alias == name) {
            Some((_, key)) => (*key).to_owned(),
            None => match name.strip_prefix(PREFIX) {
                Some(rest) => rest.to_lowercase().replace("__", "."),
                None => continue,
            },
        };
        let Some((_, default)) = known.iter().find(|(known, _)| *known == key) else {
            return Err(ConfigError::Read(keys::unknown(name, &key, &known)));
        };
        let Some(value) = value.to_str() else {
            return Err(ConfigError::Read(format!("{name}: the value is not UTF-8")));
        };
        let value = typed(value, default).ok_or_else(|| {
            ConfigError::Read(format!("{name}: cannot be read; the default is {default}"))
        })?;
        insert(&mut root, &key, value);
    }
    Ok(Value::Object(root))
}

/// Reads `text` as the kind of thing `default` is.
fn typed(text: &str, default: &Value) -> Option<Value> {
    match default {
        Value::String(_) | Value::Null => Some(text.into()),
        Value::Bool(_) => match text {
            "1" | "true" | "yes" | "on" => Some(true.into()),
            "0" | "false" | "no" | "off" => Some(false.into()),
            _ => None,
        },
        Value::Number(_) => serde_json::from_str::<Value>(text).ok().filter(Value::is_number),
        Value::Array(_) if text.trim_start().starts_with('[') => serde_json::from_str(text).ok(),
        Value::Array(_) => Some(
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| item.parse::<i64>().map_or_else(|_| item.into(), Value::from))
                .collect(),
        ),
        Value::Object(_) => None,
    }
}

fn insert(root: &mut Map<String, Value>, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            root.insert(key.to_owned(), value);
        }
        Some((section, rest)) => {
            let inner = root.entry(section.to_owned()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_all(pairs: &[(&str, &str)]) -> Result<Value, ConfigError> {
        read(pairs.iter().map(|(name, value)| (name.into(), value.into())))
    }

    #[test]
    fn values_take_the_kind_of_their_key() {
        let read = read_all(&[
            ("FARANDOLE__ACCOUNTS__ROOT_PASSWORD", "12345"),
            ("FARANDOLE__TRANSCODING__RESOLUTIONS", "240, 480"),
            ("FARANDOLE__TRANSCODING__REMUX", "off"),
            ("FARANDOLE__STORAGE__S3__ENDPOINT", "http://127.0.0.1:1"),
            ("FARANDOLE__SERVER__TRUSTED_PROXIES", "[\"10.0.0.0/8\"]"),
            ("PATH", "/bin"),
        ]);
        assert_eq!(
            read.unwrap(),
            json!({
                "accounts": {"root_password": "12345"},
                "transcoding": {"resolutions": [240, 480], "remux": false},
                "storage": {"s3": {"endpoint": "http://127.0.0.1:1"}},
                "server": {"trusted_proxies": ["10.0.0.0/8"]},
            })
        );
    }

    #[test]
    fn the_first_password_has_a_short_name() {
        let read = read_all(&[("FARANDOLE_ROOT_PASSWORD", "abc")]).unwrap();
        assert_eq!(read, json!({"accounts": {"root_password": "abc"}}));
    }

    #[test]
    fn a_misspelt_name_or_value_is_refused() {
        let name = read_all(&[("FARANDOLE__SERVER__LISTN", "x")]).unwrap_err().to_string();
        assert!(name.contains("server.listen"), "{name}");
        assert!(read_all(&[("FARANDOLE__TRANSCODING__CRF", "high")]).is_err());
    }
}
