//! How are rows of a CSV file read and written? As RFC 4180 says, with any ends of lines.

/// A row with its cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// The line it begins on, from 1.
    pub line: usize,
    /// Without quotation marks.
    pub cells: Vec<String>,
}

/// Rows with anything in them.
///
/// # Errors
/// A quotation mark is never closed: a sentence that names the line.
pub(super) fn rows(text: &str) -> Result<Vec<Row>, String> {
    let mut all = Vec::new();
    let mut row = Row { line: 1, cells: Vec::new() };
    let mut cell = String::new();
    let (mut line, mut open) = (1, None);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        line += usize::from(c == '\n');
        match (c, open) {
            ('"', Some(_)) if chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            ('"', Some(_)) => open = None,
            ('"', None) if cell.is_empty() => open = Some(line),
            (',', None) => row.cells.push(std::mem::take(&mut cell)),
            ('\r', None) => {}
            ('\n', None) => {
                row.cells.push(std::mem::take(&mut cell));
                let next = Row { line, cells: Vec::new() };
                all.push(std::mem::replace(&mut row, next));
            }
            (c, _) => cell.push(c),
        }
    }
    if let Some(line) = open {
        return Err(format!("Line {line}: a quotation mark is never closed."));
    }
    row.cells.push(cell);
    all.push(row);
    all.retain(|row| row.cells.iter().any(|cell| !cell.trim().is_empty()));
    Ok(all)
}

/// A cell, in quotation marks where it needs them.
pub(super) fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_may_hold_anything_in_quotation_marks() {
        let found = rows("a,\"b,\n\"\"c\"\"\",d\r\n\r\n,\n5'6\",x").unwrap();
        let cells: Vec<Vec<&str>> =
            found.iter().map(|row| row.cells.iter().map(String::as_str).collect()).collect();
        assert_eq!(cells, [vec!["a", "b,\n\"c\"", "d"], vec!["5'6\"", "x"]]);
        assert_eq!((found[0].line, found[1].line), (1, 5));
        assert_eq!(quoted("b,\n\"c\""), "\"b,\n\"\"c\"\"\"");
    }
}
