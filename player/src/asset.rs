//! Which bytes stand under which path? The files of `player/dist`, compiled into the binary.
//!
//! Headers and conditional requests are left to the server.

use std::borrow::Cow;

use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "dist"]
struct Dist;

/// One built file, ready to be served.
#[derive(Debug, Clone)]
pub struct Asset {
    /// The file as it is.
    pub bytes: Cow<'static, [u8]>,
    /// The same file packed with gzip, when that is worth it; serve it to clients that accept it.
    pub gzip: Option<Cow<'static, [u8]>>,
    /// The value of `Content-Type`.
    pub content_type: String,
    /// A strong validator in quotes (RFC 9110, 8.8.3), made from the SHA-256 of `bytes`.
    pub etag: String,
    /// Whether the name contains a hash of the content, so that caches may keep it for ever.
    pub immutable: bool,
}

/// The built file at `path`, relative to the root of the build (`assets/site-….js`,
/// `favicon.svg`), without a leading slash. `None` when there is no such file.
#[must_use]
pub fn asset(path: &str) -> Option<Asset> {
    // The packed copies are an encoding of a file, not files of their own.
    if path.ends_with(".gz") {
        return None;
    }
    let EmbeddedFile { data, metadata, .. } = Dist::get(path)?;
    Some(Asset {
        bytes: data,
        gzip: Dist::get(&format!("{path}.gz")).map(|packed| packed.data),
        content_type: content_type(path),
        etag: etag(&metadata.sha256_hash()),
        immutable: path.starts_with("assets/"),
    })
}

fn content_type(path: &str) -> String {
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let is_text = mime.type_() == "text"
        || mime.subtype() == "json"
        || mime.suffix().is_some_and(|suffix| suffix == "json" || suffix == "xml");
    if is_text { format!("{mime}; charset=utf-8") } else { mime.to_string() }
}

fn etag(sha256: &[u8]) -> String {
    use std::fmt::Write as _;

    let mut tag = String::with_capacity(34);
    tag.push('"');
    for byte in sha256.iter().take(16) {
        // Writing to a String cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_and_escaping_paths_are_nothing() {
        for path in
            ["", "/", "nothing.js", "../Cargo.toml", "assets/../../Cargo.toml", "/etc/passwd"]
        {
            assert!(asset(path).is_none(), "{path}");
        }
    }

    #[test]
    fn packed_copies_are_not_files_of_their_own() {
        for path in Dist::iter().filter(|path| path.ends_with(".gz")) {
            assert!(asset(&path).is_none(), "{path}");
            assert!(
                asset(path.trim_end_matches(".gz")).is_some_and(|a| a.gzip.is_some()),
                "{path}"
            );
        }
    }

    #[test]
    fn content_types_are_those_a_browser_runs() {
        assert_eq!(content_type("a/b.js"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("a/b.css"), "text/css; charset=utf-8");
        assert_eq!(content_type("favicon.svg"), "image/svg+xml; charset=utf-8");
        assert_eq!(content_type("site.webmanifest"), "application/manifest+json; charset=utf-8");
        assert_eq!(content_type("font.woff2"), "font/woff2");
        assert_eq!(content_type("strange"), "application/octet-stream");
    }

    #[test]
    fn etags_are_quoted_and_short() {
        assert_eq!(etag(&[0xab; 32]), format!("\"{}\"", "ab".repeat(16)));
    }
}
