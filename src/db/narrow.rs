//! Which rows does a list show? A condition that holds only what is asked for, so that an index
//! serves it: `($1 = 0 OR column = $1)` is read for every row.

use super::Sql;

#[derive(Debug, Clone)]
enum Value {
    Int(i64),
    Text(String),
}

/// Conditions that all have to hold, with what they bind.
#[derive(Debug, Clone, Default)]
pub(super) struct Narrowed {
    text: String,
    values: Vec<Value>,
}

impl Narrowed {
    /// Narrows by a condition that binds nothing.
    pub(super) fn plain(&mut self, condition: &str) {
        self.text.push_str(if self.text.is_empty() { " WHERE " } else { " AND " });
        self.text.push_str(condition);
    }

    fn with(&mut self, condition: &str, value: Value) {
        self.values.push(value);
        self.plain(&condition.replace('?', &format!("${}", self.values.len())));
    }

    /// Narrows by a condition in which every `?` is this number.
    pub(super) fn int(&mut self, condition: &str, value: i64) {
        self.with(condition, Value::Int(value));
    }

    /// Narrows by a condition in which every `?` is this text.
    pub(super) fn text(&mut self, condition: &str, value: impl Into<String>) {
        self.with(condition, Value::Text(value.into()));
    }

    /// The condition, with `WHERE` when there is any.
    pub(super) fn condition(&self) -> &str {
        &self.text
    }

    /// The placeholder of the value that is bound `after` those of the condition, from 1.
    pub(super) fn next(&self, after: usize) -> String {
        format!("${}", self.values.len() + after)
    }

    /// Binds what the condition needs.
    pub(super) fn bind(&self, mut statement: Sql) -> Sql {
        for value in &self.values {
            statement = match value {
                Value::Int(value) => statement.int(*value),
                Value::Text(value) => statement.text(value.as_str()),
            };
        }
        statement
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_asked_for_is_in_the_condition() {
        let mut narrowed = Narrowed::default();
        assert_eq!((narrowed.condition(), narrowed.next(1).as_str()), ("", "$1"));
        narrowed.plain("waiting = 1");
        narrowed.text("(name LIKE ? OR mail LIKE ?)", "%a%");
        narrowed.int("role = ?", 2);
        let wanted = " WHERE waiting = 1 AND (name LIKE $1 OR mail LIKE $1) AND role = $2";
        assert_eq!((narrowed.condition(), narrowed.next(2).as_str()), (wanted, "$4"));
    }
}
