//! How does the configuration file look? Written from the structs: their documentation, their
//! defaults, or the values in force.

use documented::DocumentedFields;
use serde_json::Value;

use super::{
    Accounts, Comments, Config, Database, Instance, Limits, Moderation, P2p, Plugins, S3, Server,
    Storage, Tracker, Transcoding, Uploads,
};

/// Keys whose values are never shown.
pub const SECRETS: &[&str] = &[
    "accounts.root_password",
    "database.url",
    "storage.s3.secret_key",
    "storage.s3.access_key",
    "limits.metrics_token",
];

/// Documentation of each section's keys.
fn docs(section: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match section {
        "server" => (Server::FIELD_NAMES, Server::FIELD_DOCS),
        "instance" => (Instance::FIELD_NAMES, Instance::FIELD_DOCS),
        "database" => (Database::FIELD_NAMES, Database::FIELD_DOCS),
        "storage" => (Storage::FIELD_NAMES, Storage::FIELD_DOCS),
        "storage.s3" => (S3::FIELD_NAMES, S3::FIELD_DOCS),
        "uploads" => (Uploads::FIELD_NAMES, Uploads::FIELD_DOCS),
        "transcoding" => (Transcoding::FIELD_NAMES, Transcoding::FIELD_DOCS),
        "accounts" => (Accounts::FIELD_NAMES, Accounts::FIELD_DOCS),
        "comments" => (Comments::FIELD_NAMES, Comments::FIELD_DOCS),
        "limits" => (Limits::FIELD_NAMES, Limits::FIELD_DOCS),
        "p2p" => (P2p::FIELD_NAMES, P2p::FIELD_DOCS),
        "tracker" => (Tracker::FIELD_NAMES, Tracker::FIELD_DOCS),
        "moderation" => (Moderation::FIELD_NAMES, Moderation::FIELD_DOCS),
        "plugins" => (Plugins::FIELD_NAMES, Plugins::FIELD_DOCS),
        _ => (&[], &[]),
    }
}

/// The sample file: every key with its meaning and default, commented out.
#[must_use]
pub fn sample() -> String {
    let head = "# Farandole's settings, all at their defaults. Uncomment what you change.\n\
                # Each can also be set from the environment: FARANDOLE__SECTION__KEY.\n\
                # A change takes effect at the next start.\n";
    format!("{head}{}", write(&Config::default(), "# ", false))
}

/// The settings in force, with their meaning; secrets are masked.
#[must_use]
pub fn annotated(config: &Config) -> String {
    write(config, "", true)
}

fn write(config: &Config, mark: &str, mask: bool) -> String {
    let mut out = String::new();
    if let Ok(Value::Object(sections)) = serde_json::to_value(config) {
        // In the order of the struct, as people read it; JSON objects are sorted.
        for section in [
            "server",
            "instance",
            "database",
            "storage",
            "storage.s3",
            "uploads",
            "transcoding",
            "accounts",
            "comments",
            "limits",
            "p2p",
            "tracker",
            "moderation",
            "plugins",
        ] {
            let value = section.split('.').try_fold(None, |found: Option<&Value>, key| {
                found.map_or_else(|| sections.get(key), |value| value.get(key)).map(Some)
            });
            if let Some(Some(Value::Object(keys))) = value {
                out.push_str(&format!("\n[{section}]\n"));
                let (names, docs) = docs(section);
                for (name, doc) in names.iter().zip(docs) {
                    if let Some(value) = keys.get(*name) {
                        write_key(&mut out, section, name, doc, value, mark, mask);
                    }
                }
            }
        }
    }
    out
}

fn write_key(
    out: &mut String,
    section: &str,
    name: &str,
    doc: &str,
    value: &Value,
    mark: &str,
    mask: bool,
) {
    if value.is_object() {
        return;
    }
    for line in doc.lines() {
        out.push_str(&format!("# {line}\n"));
    }
    let path = format!("{section}.{name}");
    let set = !matches!(value, Value::Null) && value.as_str() != Some("");
    let shown = match value {
        _ if mask && set && SECRETS.contains(&path.as_str()) => "\"********\"".to_owned(),
        Value::Null => "\"\"".to_owned(),
        Value::Number(number) => round(number),
        other => other.to_string(),
    };
    // An unset optional key has no value to write.
    let mark = if value.is_null() { "# " } else { mark };
    out.push_str(&format!("{mark}{name} = {shown}\n"));
}

/// Single-precision numbers come out of JSON with noise behind; people wrote few digits.
fn round(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(value) if number.is_f64() => format!("{:?}", (value * 1e4).round() / 1e4),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use figment::Figment;
    use figment::providers::{Format as _, Toml};

    use super::*;

    #[test]
    fn the_sample_uncommented_is_the_default_configuration() {
        let text: String = sample()
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(code) if code.contains(" = ") && !code.ends_with("= \"\"") => code,
                _ => line,
            })
            .fold(String::new(), |all, line| all + line + "\n");
        let read: Config = Figment::from(Toml::string(&text)).extract().unwrap();
        assert_eq!(read, Config::default());
    }

    #[test]
    fn every_key_is_documented() {
        let sample = sample();
        for (key, _) in super::super::keys::known() {
            let name = key.rsplit('.').next().unwrap();
            assert!(sample.contains(&format!("{name} = ")), "{key}");
        }
    }

    #[test]
    fn secrets_are_masked() {
        let mut config = Config::default();
        config.accounts.root_password = "hunter2".to_owned();
        config.storage.s3.secret_key = "topsecret".to_owned();
        let text = annotated(&config);
        assert!(!text.contains("hunter2") && !text.contains("topsecret"), "{text}");
    }
}
