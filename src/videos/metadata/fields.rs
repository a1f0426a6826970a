//! What fields came with a request, whichever way they came? JSON bodies and multipart forms end
//! up as one map, so that they are judged by one set of rules.
//!
//! Forms write lists and objects into the key (`tags[]`, `tags[0]`, `scheduleUpdate[updateAt]`)
//! and every value as text; `null` is then the four letters.

use serde_json::{Map, Value};

/// Entries of one list at most: more are dropped here, and refused by the rules for the list.
const MAX_LIST: usize = 100;

/// The fields of one request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// The fields of a JSON object.
    #[must_use]
    pub fn from_json(object: Map<String, Value>) -> Self {
        Self(object)
    }

    /// Takes one text field of a form.
    pub fn push(&mut self, key: &str, text: String) {
        let value = Value::String(text);
        let Some((name, inner)) = key.split_once('[') else {
            return self.push_plain(key, value);
        };
        let inner = inner.strip_suffix(']').unwrap_or(inner);
        if inner.is_empty() || inner.bytes().all(|b| b.is_ascii_digit()) {
            let list = self.0.entry(name).or_insert_with(|| Value::Array(Vec::new()));
            if !list.is_array() {
                *list = Value::Array(vec![list.take()]);
            }
            if let Value::Array(entries) = list
                && entries.len() < MAX_LIST
            {
                entries.push(value);
            }
        } else {
            let object = self.0.entry(name).or_insert_with(|| Value::Object(Map::new()));
            if !object.is_object() {
                *object = Value::Object(Map::new());
            }
            if let Value::Object(entries) = object {
                entries.insert(inner.to_owned(), value);
            }
        }
    }

    /// A field without brackets; a second one of the same name makes a list.
    fn push_plain(&mut self, key: &str, value: Value) {
        match self.0.get_mut(key) {
            None => {
                self.0.insert(key.to_owned(), value);
            }
            Some(Value::Array(entries)) if entries.len() < MAX_LIST => entries.push(value),
            Some(Value::Array(_)) => {}
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }

    /// The field at `path`, such as `name` or `scheduleUpdate.updateAt`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Value> {
        let mut parts = path.split('.');
        let first = self.0.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    }

    /// A text field, as it came.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.get(path).and_then(Value::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Value {
        let mut fields = Fields::default();
        for (key, text) in pairs {
            fields.push(key, (*text).to_owned());
        }
        Value::Object(fields.0)
    }

    #[test]
    fn lists_are_read_in_every_spelling() {
        let list = serde_json::json!({ "tags": ["a", "b"] });
        assert_eq!(form(&[("tags[]", "a"), ("tags[]", "b")]), list);
        assert_eq!(form(&[("tags[0]", "a"), ("tags[1]", "b")]), list);
        assert_eq!(form(&[("tags", "a"), ("tags", "b")]), list);
        assert_eq!(form(&[("tags", "a"), ("tags[]", "b")]), list);
    }

    #[test]
    fn objects_are_read() {
        assert_eq!(
            form(&[("scheduleUpdate[updateAt]", "now"), ("scheduleUpdate[privacy]", "1")]),
            serde_json::json!({ "scheduleUpdate": { "updateAt": "now", "privacy": "1" } })
        );
    }

    #[test]
    fn a_form_cannot_grow_a_list_without_end() {
        let mut fields = Fields::default();
        for _ in 0..1000 {
            fields.push("tags[]", "x".to_owned());
            fields.push("plain", "x".to_owned());
        }
        assert_eq!(fields.get("tags").unwrap().as_array().unwrap().len(), MAX_LIST);
        assert_eq!(fields.get("plain").unwrap().as_array().unwrap().len(), MAX_LIST);
    }
}
