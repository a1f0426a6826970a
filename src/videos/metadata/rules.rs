//! How is one field judged? Readers that take PeerTube's spellings (numbers and booleans also as
//! text, `null` for "none") and remember every field that does not fit.

use serde_json::{Map, Value, json};

use super::fields::Fields;
use crate::domain::Millis;

/// One field that does not fit, and what would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidField {
    /// Its name, as the client wrote it, such as `scheduleUpdate.updateAt`.
    pub path: &'static str,
    /// What would fit.
    pub message: String,
}

/// The fields of a request that do not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Incorrect request parameters: {}", self.names())]
pub struct InvalidFields(pub Vec<InvalidField>);

impl InvalidFields {
    fn names(&self) -> String {
        self.0.iter().map(|field| field.path).collect::<Vec<_>>().join(", ")
    }

    /// PeerTube's `invalid-params` object: one entry a field.
    #[must_use]
    pub fn as_params(&self) -> Value {
        let entries = self.0.iter().map(|field| {
            let entry = json!({
                "type": "field", "msg": field.message, "path": field.path, "location": "body",
            });
            (field.path.to_owned(), entry)
        });
        Value::Object(entries.collect::<Map<_, _>>())
    }
}

/// Reads fields one by one. A reader's outer `Option` says whether the field came at all; an inner
/// one whether it was `null`.
pub struct Reading<'a> {
    fields: &'a Fields,
    invalid: Vec<InvalidField>,
}

impl<'a> Reading<'a> {
    /// Nothing read yet.
    #[must_use]
    pub fn of(fields: &'a Fields) -> Self {
        Self { fields, invalid: Vec::new() }
    }

    /// Remembers that a field does not fit.
    pub fn refuse(&mut self, path: &'static str, message: impl Into<String>) {
        if !self.invalid.iter().any(|known| known.path == path) {
            self.invalid.push(InvalidField { path, message: message.into() });
        }
    }

    /// `value` if every field fitted.
    ///
    /// # Errors
    /// Those that did not.
    pub fn finish<T>(self, value: T) -> Result<T, InvalidFields> {
        if self.invalid.is_empty() { Ok(value) } else { Err(InvalidFields(self.invalid)) }
    }

    /// The raw value; `Some(None)` is null in any of its spellings.
    fn raw(&self, path: &str) -> Option<Option<&'a Value>> {
        self.fields.get(path).map(|value| match value {
            Value::Null => None,
            Value::String(text) if text.is_empty() || text == "null" => None,
            value => Some(value),
        })
    }

    /// Whether the field came, null or not.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.raw(path).is_some()
    }

    /// Whether the field came as null.
    #[must_use]
    pub fn is_null(&self, path: &str) -> bool {
        self.raw(path) == Some(None)
    }

    /// A text of `least` to `most` characters, or null.
    pub fn text_or_null(
        &mut self,
        path: &'static str,
        least: usize,
        most: usize,
    ) -> Option<Option<String>> {
        let Some(value) = self.raw(path)? else { return Some(None) };
        let text = value.as_str().map(clean).filter(|text| fits(text, least, most));
        if text.is_none() {
            self.refuse(path, format!("Should be a text of {least} to {most} characters."));
        }
        Some(text)
    }

    /// A text that cannot be null, without white space around it.
    pub fn text(&mut self, path: &'static str, least: usize, most: usize) -> Option<String> {
        let value = self.raw(path)?;
        let text = value.and_then(Value::as_str).map(|text| clean(text).trim().to_owned());
        let text = text.filter(|text| fits(text, least, most));
        if text.is_none() {
            self.refuse(path, format!("Should be a text of {least} to {most} characters."));
        }
        text
    }

    /// A whole number of `least` to `most`, or null.
    pub fn int_or_null(
        &mut self,
        path: &'static str,
        least: i64,
        most: i64,
    ) -> Option<Option<i64>> {
        let Some(value) = self.raw(path)? else { return Some(None) };
        let number = whole_number(value).filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.refuse(path, format!("Should be a whole number of {least} to {most}."));
        }
        Some(number)
    }

    /// A whole number that cannot be null.
    pub fn int(&mut self, path: &'static str, least: i64, most: i64) -> Option<i64> {
        let number = self.int_or_null(path, least, most)?;
        if number.is_none() {
            self.refuse(path, format!("Should be a whole number of {least} to {most}."));
        }
        number
    }

    /// `true` or `false`.
    pub fn flag(&mut self, path: &'static str) -> Option<bool> {
        let flag = match self.raw(path)? {
            Some(Value::Bool(flag)) => Some(*flag),
            Some(Value::String(text)) => match text.as_str() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            },
            _ => None,
        };
        if flag.is_none() {
            self.refuse(path, "Should be true or false.");
        }
        flag
    }

    /// A moment in ISO 8601, or null. Without an offset it is taken as UTC.
    pub fn moment_or_null(&mut self, path: &'static str) -> Option<Option<Millis>> {
        let Some(value) = self.raw(path)? else { return Some(None) };
        let moment = value.as_str().and_then(moment);
        if moment.is_none() {
            self.refuse(path, "Should be a date that conforms to ISO 8601.");
        }
        Some(moment)
    }

    /// A list of at most `most` texts of `least_len` to `most_len` characters; null is empty.
    pub fn texts(
        &mut self,
        path: &'static str,
        most: usize,
        (least_len, most_len): (usize, usize),
    ) -> Option<Vec<String>> {
        let Some(value) = self.raw(path)? else { return Some(Vec::new()) };
        let list = match value {
            Value::Array(list) => list.as_slice(),
            // A form that sends one entry cannot show that it meant a list.
            one @ Value::String(_) => std::slice::from_ref(one),
            _ => &[Value::Null],
        };
        let texts: Option<Vec<String>> = list
            .iter()
            .map(|entry| entry.as_str().map(|text| clean(text).trim().to_owned()))
            .map(|text| text.filter(|text| fits(text, least_len, most_len)))
            .collect();
        let texts = texts.filter(|texts| texts.len() <= most);
        if texts.is_none() {
            self.refuse(
                path,
                format!("Should be at most {most} texts of {least_len} to {most_len} characters."),
            );
        }
        texts
    }
}

/// Without what no text should hold: NUL cannot be stored by PostgreSQL.
fn clean(text: &str) -> String {
    text.replace('\0', "")
}

fn fits(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.chars().count())
}

fn whole_number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn moment(text: &str) -> Option<Millis> {
    if let Ok(moment) = Millis::parse(text) {
        return Some(moment);
    }
    let civil = text
        .parse::<jiff::civil::DateTime>()
        .or_else(|_| text.parse::<jiff::civil::Date>().map(|date| date.at(0, 0, 0, 0)))
        .ok()?;
    let zoned = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Millis(zoned.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(object: Value) -> Fields {
        let Value::Object(map) = object else { panic!("not an object") };
        Fields::from_json(map)
    }

    #[test]
    fn null_has_three_spellings() {
        let fields = reading(json!({ "a": null, "b": "", "c": "null" }));
        let mut reading = Reading::of(&fields);
        for path in ["a", "b", "c"] {
            assert_eq!(reading.int_or_null(path, 1, 9), Some(None));
            assert_eq!(reading.text_or_null(path, 1, 9), Some(None));
        }
        assert_eq!(reading.int_or_null("d", 1, 9), None);
        assert!(reading.finish(()).is_ok());
    }

    #[test]
    fn every_bad_field_is_named_once() {
        let fields = reading(json!({ "name": "ab", "nsfw": "maybe", "category": 99 }));
        let mut reading = Reading::of(&fields);
        reading.text("name", 3, 120);
        reading.flag("nsfw");
        reading.int_or_null("category", 1, 18);
        reading.refuse("category", "again");
        let invalid = reading.finish(()).unwrap_err();
        assert_eq!(invalid.to_string(), "Incorrect request parameters: name, nsfw, category");
        let params = invalid.as_params();
        assert_eq!(params["category"]["msg"], "Should be a whole number of 1 to 18.");
        assert_eq!(params["nsfw"]["location"], "body");
    }

    #[test]
    fn dates_without_offset_are_utc() {
        let noon = Some(Millis(1_700_049_600_000));
        assert_eq!(moment("2023-11-15T12:00:00Z"), noon);
        assert_eq!(moment("2023-11-15T13:00:00+01:00"), noon);
        assert_eq!(moment("2023-11-15T12:00:00"), noon);
        assert_eq!(moment("2023-11-15"), Some(Millis(1_700_006_400_000)));
        assert_eq!(moment("yesterday"), None);
    }

    #[test]
    fn length_is_counted_in_characters() {
        let fields = reading(json!({ "name": "éé€", "other": "  x  " }));
        let mut reading = Reading::of(&fields);
        assert_eq!(reading.text("name", 3, 3).as_deref(), Some("éé€"));
        assert_eq!(reading.text("other", 3, 9), None);
    }
}
