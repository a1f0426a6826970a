//! How are blocklists written as files? Ours (JSON, CSV), and those that Mastodon exports: blocked
//! servers (`#domain,#severity,…`), accounts (`Account address`), or one name a line.

mod rows;

use serde::Deserialize;

use rows::{Row, quoted, rows};

/// Bytes of a file at most.
pub const MAX_FILE_BYTES: usize = 2 * 1024 * 1024;
/// Entries of a file at most.
pub const MAX_ENTRIES: usize = 20_000;
/// Characters of a reason at most.
pub const MAX_REASON: usize = 500;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Ours: accounts and servers with reasons.
    Json,
    /// Ours: `kind,address,reason,createdAt`.
    Csv,
    /// `Account address`: accounts only.
    MastodonAccounts,
    /// `#domain,#severity,…`: servers only.
    MastodonServers,
}

impl Format {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::MastodonAccounts => "mastodon-accounts",
            Self::MastodonServers => "mastodon-servers",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Json, Self::Csv, Self::MastodonAccounts, Self::MastodonServers]
            .into_iter()
            .find(|format| format.name() == name)
    }
}

/// Who or what is blocked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// An account by name and host; the host is empty when none was written.
    Account {
        /// Without host.
        name: String,
        /// Lower case.
        host: String,
    },
    /// A server by host.
    Server(String),
}

impl Target {
    /// As people write it.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Self::Account { name, host } if host.is_empty() => name.clone(),
            Self::Account { name, host } => format!("{name}@{host}"),
            Self::Server(host) => host.clone(),
        }
    }
}

/// One entry of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands: a line from 1, or a place in JSON from 1.
    pub line: usize,
    /// Who or what.
    pub target: Target,
    /// For moderators.
    pub reason: Option<String>,
}

/// What is not taken from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Where it stands.
    pub line: usize,
    /// What is written there, in short.
    pub text: String,
    /// Why not, in a sentence for people.
    pub why: &'static str,
}

/// A file as it was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// What it blocks, each once.
    pub entries: Vec<Entry>,
    /// What could not be taken.
    pub skipped: Vec<Skipped>,
}

impl Read {
    fn take(&mut self, line: usize, target: Option<Target>, text: &str, reason: Option<&str>) {
        match target {
            Some(target) => {
                let reason = reason.map(|text| text.trim().chars().take(MAX_REASON).collect());
                let reason = reason.filter(|text: &String| !text.is_empty());
                self.entries.push(Entry { line, target, reason });
            }
            None => self.skip(line, text, "This is no address of an account or server."),
        }
    }

    fn skip(&mut self, line: usize, text: &str, why: &'static str) {
        self.skipped.push(Skipped { line, text: text.chars().take(100).collect(), why });
    }
}

/// The host in the form that actors have it: lower case ASCII, with a port when there is one.
#[must_use]
pub fn host(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('.');
    let known = text.contains(['.', ':']) || text.eq_ignore_ascii_case("localhost");
    if !known || text.contains(|c: char| c.is_whitespace() || "/@?#\\*".contains(c)) {
        return None;
    }
    let url = url::Url::parse(&format!("https://{text}/")).ok()?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// An account as people write it: `name`, `name@host`, `@name@host`, `acct:name@host`.
#[must_use]
pub fn account(text: &str) -> Option<Target> {
    let text = text.trim();
    let text = text.strip_prefix("acct:").unwrap_or(text);
    let text = text.strip_prefix('@').unwrap_or(text);
    let (name, at) = match text.split_once('@') {
        Some((name, at)) => (name, host(at)?),
        None => (text, String::new()),
    };
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ':');
    let named = !name.is_empty() && name.chars().count() <= 100 && name.chars().all(fits);
    named.then(|| Target::Account { name: name.to_owned(), host: at })
}

/// Reads a file; what it is written in shows itself unless it is said.
///
/// # Errors
/// A sentence for people: the file is too long, or is not what it should be.
pub fn read(format: Option<Format>, data: &str) -> Result<Read, String> {
    if data.len() > MAX_FILE_BYTES {
        return Err("The file has more than 2 MiB. Send it in parts.".to_owned());
    }
    let data = data.trim_start_matches('\u{feff}');
    let json = data.trim_start().starts_with('{');
    let mut read = match format {
        Some(Format::Json) => read_json(data)?,
        None if json => read_json(data)?,
        wanted => read_rows(wanted, data)?,
    };
    if read.entries.len() > MAX_ENTRIES {
        return Err("The file has more than 20,000 entries. Send it in parts.".to_owned());
    }
    let mut seen = std::collections::HashSet::new();
    read.entries.retain(|entry| seen.insert(entry.target.clone()));
    Ok(read)
}

/// A name alone, or with a reason.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Bare(String),
    Account { name: String, reason: Option<String> },
    Server { host: String, reason: Option<String> },
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    accounts: Vec<Named>,
    #[serde(default)]
    servers: Vec<Named>,
}

fn read_json(data: &str) -> Result<Read, String> {
    let file: File = serde_json::from_str(data)
        .map_err(|error| format!("This is no list of accounts and servers: {error}"))?;
    let mut read = Read::default();
    let parts = |named: &Named| match named {
        Named::Bare(text) => (text.clone(), None),
        Named::Account { name, reason } => (name.clone(), reason.clone()),
        Named::Server { host, reason } => (host.clone(), reason.clone()),
    };
    for (index, named) in file.accounts.iter().enumerate() {
        let (text, reason) = parts(named);
        read.take(index + 1, account(&text), &text, reason.as_deref());
    }
    for (index, named) in file.servers.iter().enumerate() {
        let (text, reason) = parts(named);
        read.take(index + 1, host(&text).map(Target::Server), &text, reason.as_deref());
    }
    Ok(read)
}

/// Which column is what, by the names in the first row.
#[derive(Default)]
struct Columns {
    kind: Option<usize>,
    account: Option<usize>,
    server: Option<usize>,
    address: Option<usize>,
    severity: Option<usize>,
    reason: Option<usize>,
}

impl Columns {
    fn of(row: &Row) -> Option<Self> {
        let mut columns = Self::default();
        for (index, name) in row.cells.iter().enumerate() {
            let name = name.trim().trim_start_matches('#').to_lowercase();
            let column = match name.as_str() {
                "kind" => &mut columns.kind,
                "address" => &mut columns.address,
                "account address" => &mut columns.account,
                "domain" => &mut columns.server,
                "severity" => &mut columns.severity,
                "reason" | "public_comment" => &mut columns.reason,
                _ => continue,
            };
            *column = Some(index);
        }
        let named = columns.account.is_some() || columns.server.is_some();
        (named || (columns.kind.is_some() && columns.address.is_some())).then_some(columns)
    }

    fn read(&self, row: &Row, read: &mut Read) {
        let cell = |column: Option<usize>| Some(row.cells.get(column?)?.trim());
        let reason = cell(self.reason);
        if let Some(text) = cell(self.account) {
            read.take(row.line, account(text), text, reason);
        } else if let Some(text) = cell(self.server) {
            match cell(self.severity).unwrap_or("suspend") {
                "suspend" | "" => {
                    read.take(row.line, host(text).map(Target::Server), text, reason);
                }
                "silence" => read.skip(row.line, text, "It is only limited there, not blocked."),
                _ => read.skip(row.line, text, "It is not blocked there."),
            }
        } else {
            let text = cell(self.address).unwrap_or_default();
            let target = match cell(self.kind) {
                Some("account") => account(text),
                Some("server") => host(text).map(Target::Server),
                _ => None,
            };
            read.take(row.line, target, text, reason);
        }
    }
}

fn read_rows(format: Option<Format>, data: &str) -> Result<Read, String> {
    let all = rows(data)?;
    let mut read = Read::default();
    let Some(first) = all.first() else { return Ok(read) };
    let columns = Columns::of(first);
    if columns.is_none() && format == Some(Format::Csv) {
        return Err("The first line should be kind,address,reason,createdAt.".to_owned());
    }
    for row in all.iter().skip(usize::from(columns.is_some())) {
        if let Some(columns) = &columns {
            columns.read(row, &mut read);
            continue;
        }
        let text = row.cells.first().map_or("", |cell| cell.trim());
        let target = match format {
            Some(Format::MastodonAccounts) => account(text),
            Some(Format::MastodonServers) => host(text).map(Target::Server),
            _ if text.contains('@') => account(text),
            _ => host(text).map(Target::Server),
        };
        read.take(row.line, target, text, None);
    }
    Ok(read)
}

/// One entry of a list, to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Who or what; accounts with their host.
    pub target: Target,
    /// For moderators.
    pub reason: Option<String>,
    /// RFC 3339.
    pub created_at: String,
}

/// Writes a list. Formats of Mastodon hold only accounts, or only servers.
#[must_use]
pub fn write(format: Format, kept: &[Kept]) -> String {
    let accounts = kept.iter().filter(|one| matches!(one.target, Target::Account { .. }));
    let servers = kept.iter().filter(|one| matches!(one.target, Target::Server(_)));
    match format {
        Format::Json => {
            let accounts = accounts.map(|one| {
                serde_json::json!({ "name": one.target.address(), "reason": one.reason,
                    "createdAt": one.created_at })
            });
            let servers = servers.map(|one| {
                serde_json::json!({ "host": one.target.address(), "reason": one.reason,
                    "createdAt": one.created_at })
            });
            let file = serde_json::json!({
                "accounts": accounts.collect::<Vec<_>>(),
                "servers": servers.collect::<Vec<_>>(),
            });
            format!("{file:#}\n")
        }
        Format::Csv => {
            let line = |one: &Kept| {
                let kind = match one.target {
                    Target::Account { .. } => "account",
                    Target::Server(_) => "server",
                };
                let (address, reason) = (one.target.address(), one.reason.as_deref());
                let (address, reason) = (quoted(&address), quoted(reason.unwrap_or("")));
                format!("{kind},{address},{reason},{}\n", one.created_at)
            };
            let lines: String = kept.iter().map(line).collect();
            format!("kind,address,reason,createdAt\n{lines}")
        }
        Format::MastodonAccounts => {
            let lines: String = accounts.map(|one| format!("{}\n", one.target.address())).collect();
            format!("Account address\n{lines}")
        }
        Format::MastodonServers => {
            let line = |one: &Kept| {
                let comment = quoted(one.reason.as_deref().unwrap_or(""));
                format!("{},suspend,TRUE,TRUE,{comment},FALSE\n", one.target.address())
            };
            let lines: String = servers.map(line).collect();
            format!(
                "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
                 {lines}"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(read: &Read) -> Vec<String> {
        read.entries.iter().map(|entry| entry.target.address()).collect()
    }

    #[test]
    fn hosts_and_accounts_are_read_as_people_write_them() {
        for (text, expected) in [
            ("Example.ORG", Some("example.org")),
            (" example.org. ", Some("example.org")),
            ("bücher.example", Some("xn--bcher-kva.example")),
            ("localhost:9000", Some("localhost:9000")),
            ("example", None),
            ("https://example.org/", None),
            ("a@example.org", None),
            ("*.example.org", None),
            ("", None),
        ] {
            assert_eq!(host(text).as_deref(), expected, "{text}");
        }
        for (text, expected) in [
            ("alice", Some("alice")),
            ("@Alice@Example.org", Some("Alice@example.org")),
            ("acct:alice@example.org", Some("alice@example.org")),
            ("alice@", None),
            ("@", None),
            ("two words", None),
        ] {
            assert_eq!(account(text).map(|it| it.address()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn mastodons_blocked_servers_are_read_with_their_severity() {
        let file = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\r\n\
            bad.example,suspend,TRUE,TRUE,\"Spam, and \"\"worse\"\"\",FALSE\r\n\
            loud.example,silence,FALSE,FALSE,,FALSE\r\n\
            fine.example,noop,FALSE,FALSE,,FALSE\r\n\
            not a host,suspend,,,,\r\n";
        let read = read(None, file).unwrap();
        assert_eq!(addresses(&read), ["bad.example"]);
        assert_eq!(read.entries[0].reason.as_deref(), Some("Spam, and \"worse\""));
        let lines: Vec<usize> = read.skipped.iter().map(|skipped| skipped.line).collect();
        assert_eq!(lines, [3, 4, 5]);
    }

    #[test]
    fn mastodons_accounts_and_bare_lines_are_read() {
        let mutes = "Account address,Hide notifications\na@x.example,true\nb@y.example,false\n";
        assert_eq!(addresses(&read(None, mutes).unwrap()), ["a@x.example", "b@y.example"]);
        let bare = "a@x.example\n\ny.example\na@x.example\n???\n";
        let found = read(None, bare).unwrap();
        assert_eq!(addresses(&found), ["a@x.example", "y.example"]);
        assert_eq!((found.skipped.len(), found.skipped[0].line), (1, 5));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let kept = [
            Kept {
                target: account("alice@x.example").unwrap(),
                reason: Some("says \"no\",\nthen more".to_owned()),
                created_at: "2026-01-01T00:00:00.000Z".to_owned(),
            },
            Kept {
                target: Target::Server("y.example".to_owned()),
                reason: None,
                created_at: "2026-01-01T00:00:00.000Z".to_owned(),
            },
        ];
        for (format, expected) in [
            (Format::Json, vec!["alice@x.example", "y.example"]),
            (Format::Csv, vec!["alice@x.example", "y.example"]),
            (Format::MastodonAccounts, vec!["alice@x.example"]),
            (Format::MastodonServers, vec!["y.example"]),
        ] {
            let file = write(format, &kept);
            for told in [None, Some(format)] {
                let back = read(told, &file).unwrap();
                assert_eq!(addresses(&back), expected, "{file}");
                assert!(back.skipped.is_empty(), "{file}");
            }
            assert_eq!(Format::parse(format.name()), Some(format));
        }
        let back = read(None, &write(Format::Csv, &kept)).unwrap();
        assert_eq!(back.entries[0].reason, kept[0].reason);
    }

    #[test]
    fn what_is_no_list_is_refused_in_words() {
        assert!(read(None, "{\"accounts\": 5}").unwrap_err().contains("no list"));
        assert!(read(Some(Format::Csv), "a,b\n").unwrap_err().contains("first line"));
        assert!(read(None, &"x".repeat(MAX_FILE_BYTES + 1)).unwrap_err().contains("2 MiB"));
        let many: String = (0..=MAX_ENTRIES).map(|n| format!("h{n}.example\n")).collect();
        assert!(read(None, &many).unwrap_err().contains("20,000"));
        assert!(read(None, "\"open").unwrap_err().contains("quotation"));
        assert_eq!(read(None, "").unwrap(), Read::default());
    }
}
