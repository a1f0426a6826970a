//! How does foreign text get into HTML without becoming HTML? Two writers: one for text and
//! attribute values, one for JSON inside a `<script>` element.

use std::fmt::{self, Display, Formatter, Write};

/// Text that displays with the five characters escaped that mean something in HTML text and in
/// quoted attribute values. Control characters that HTML forbids are dropped.
pub(crate) struct Text<'a>(pub &'a str);

impl Display for Text<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        for char in self.0.chars() {
            match char {
                '&' => out.write_str("&amp;")?,
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&#39;")?,
                '\n' | '\t' => out.write_char(char)?,
                _ if char.is_control() => {}
                _ => out.write_char(char)?,
            }
        }
        Ok(())
    }
}

/// `text` as HTML text or the value of a quoted attribute, for markup that others will paste.
#[must_use]
pub fn escaped(text: &str) -> String {
    Text(text).to_string()
}

/// JSON that is safe between `<script>` tags: `<`, `>` and `&` become escapes inside strings (they
/// occur nowhere else in JSON), so that neither `</script>` nor `<!--` can end or nest the
/// element. U+2028 and U+2029 are escaped for parsers that read the block as JavaScript.
pub(crate) struct Json<'a>(pub &'a serde_json::Value);

impl Display for Json<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        for char in self.0.to_string().chars() {
            match char {
                '<' => out.write_str("\\u003c")?,
                '>' => out.write_str("\\u003e")?,
                '&' => out.write_str("\\u0026")?,
                '\u{2028}' => out.write_str("\\u2028")?,
                '\u{2029}' => out.write_str("\\u2029")?,
                _ => out.write_char(char)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_an_attribute_or_open_a_tag() {
        assert_eq!(
            Text("\"><script>alert('&')</script>\u{0}").to_string(),
            "&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"
        );
        assert_eq!(Text("Été 漢字 🎬\n").to_string(), "Été 漢字 🎬\n");
    }

    #[test]
    fn json_cannot_end_its_script_and_reads_back_the_same() {
        let value = serde_json::json!({ "a</script><!--": ["]]>\u{2028}\u{2029}&amp;", 1, null] });
        let text = Json(&value).to_string();
        assert!(!text.contains('<') && !text.contains('>') && !text.contains('&'));
        assert!(!text.contains('\u{2028}') && !text.contains('\u{2029}'));
        let back: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back, value);
    }
}
