//! What can a plugin call? The functions of Extism's kernel and host, by the names that its kits
//! for authors use, each bound to the permission that it needs. There are no others.

use extism::{Function, UserData, Val, ValType as HostType};
use wasmparser::ValType::{self, I32, I64};

use super::state::{State, on_current};
use crate::answer::hides;
use crate::failure::Failure;
use crate::manifest::{Hook, Permission, Permissions};
use crate::module::{HOST, MEMORY_REPORT};
use crate::services::{Level, Request};

/// The most bytes of a key in the store.
const MAX_KEY_BYTES: usize = 200;
/// The most characters of a line.
const MAX_LINE_CHARS: usize = 500;

/// Who may import a function.
pub(crate) enum Allowed {
    /// Every plugin.
    Always,
    /// Those whose manifest asks for something.
    With {
        /// How a manifest asks for it.
        permission: &'static str,
        /// Whether it does.
        asked: fn(&Permissions) -> bool,
    },
}

/// A function that plugins can call.
pub(crate) struct Import {
    /// The module name under which it is imported.
    module: &'static str,
    name: &'static str,
    pub(crate) params: &'static [ValType],
    pub(crate) results: &'static [ValType],
    pub(crate) allowed: Allowed,
    call: fn(&mut State, Args<'_>) -> Result<i64, Failure>,
}

/// What was passed. What is missing or of another type reads as 0.
#[derive(Clone, Copy)]
struct Args<'a>(&'a [Val]);

impl Args<'_> {
    fn long(self, at: usize) -> i64 {
        match self.0.get(at) {
            Some(Val::I64(value)) => *value,
            Some(Val::I32(value)) => i64::from(*value),
            _ => 0,
        }
    }

    fn address(self, at: usize) -> u64 {
        self.long(at).cast_unsigned()
    }
}

/// The function that plugins know by this name.
pub(crate) fn named(module: &str, name: &str) -> Option<&'static Import> {
    IMPORTS.iter().find(|import| import.module == module && import.name == name)
}

/// All of them, for the linker.
pub(crate) fn functions() -> Vec<Function> {
    IMPORTS.iter().map(function).collect()
}

fn function(import: &'static Import) -> Function {
    let host = |kinds: &'static [ValType]| {
        kinds.iter().map(|kind| if *kind == I32 { HostType::I32 } else { HostType::I64 })
    };
    Function::new(
        import.name,
        host(import.params),
        host(import.results),
        UserData::new(()),
        move |_, args, results, _| {
            let value = on_current(|state| (import.call)(state, Args(args)))?;
            match (results.first_mut(), import.results.first()) {
                (Some(result), Some(I32)) => {
                    *result = Val::I32(i32::try_from(value).unwrap_or_default());
                }
                (Some(result), _) => *result = Val::I64(value),
                (None, _) => {}
            }
            Ok(())
        },
    )
    .with_namespace(HOST)
}

const KIT: &str = "extism:host/env";
const CONFIG: Allowed = Allowed::With { permission: "config", asked: |asked| asked.config };
const STORE: Allowed =
    Allowed::With { permission: "store_bytes", asked: |asked| asked.store_bytes > 0 };
const HTTP: Allowed = Allowed::With { permission: "http", asked: |asked| !asked.http.is_empty() };
const LOG: Allowed = Allowed::With { permission: "log", asked: |asked| asked.log };

macro_rules! import {
    ($name:literal, [$($param:ident),*] => [$($result:ident)?], $allowed:expr, $call:expr) => {
        Import {
            module: KIT,
            name: $name,
            params: &[$($param),*],
            results: &[$($result)?],
            allowed: $allowed,
            call: $call,
        }
    };
}

static IMPORTS: &[Import] = &[
    import!("alloc", [I64] => [I64], Allowed::Always, |state, args| {
        state.blocks.alloc(args.address(0)).map(u64::cast_signed).ok_or(Failure::Memory)
    }),
    import!("free", [I64] => [], Allowed::Always, |state, args| {
        state.blocks.free(args.address(0));
        Ok(0)
    }),
    import!("length", [I64] => [I64], Allowed::Always, length),
    import!("length_unsafe", [I64] => [I64], Allowed::Always, length),
    import!("load_u8", [I64] => [I32], Allowed::Always, |state, args| {
        Ok(i64::from(state.blocks.load_u8(args.address(0))))
    }),
    import!("load_u64", [I64] => [I64], Allowed::Always, |state, args| {
        Ok(state.blocks.load_u64(args.address(0)).cast_signed())
    }),
    import!("store_u8", [I64, I32] => [], Allowed::Always, |state, args| {
        let [byte, ..] = args.long(1).to_le_bytes();
        state.blocks.store(args.address(0), &[byte]);
        Ok(0)
    }),
    import!("store_u64", [I64, I64] => [], Allowed::Always, |state, args| {
        state.blocks.store(args.address(0), &args.long(1).to_le_bytes());
        Ok(0)
    }),
    import!("input_offset", [] => [I64], Allowed::Always, |state, _| Ok(state.input.cast_signed())),
    import!("input_length", [] => [I64], Allowed::Always, |state, _| {
        Ok(state.blocks.length(state.input).cast_signed())
    }),
    import!("input_load_u8", [I64] => [I32], Allowed::Always, |state, args| {
        let address = state.input.saturating_add(args.address(0));
        Ok(i64::from(state.blocks.load_u8(address)))
    }),
    import!("input_load_u64", [I64] => [I64], Allowed::Always, |state, args| {
        let address = state.input.saturating_add(args.address(0));
        Ok(state.blocks.load_u64(address).cast_signed())
    }),
    import!("output_set", [I64, I64] => [], Allowed::Always, output_set),
    import!("error_set", [I64] => [], Allowed::Always, |state, args| {
        let said = String::from_utf8_lossy(state.blocks.get(args.address(0)));
        state.error = (!said.is_empty()).then(|| clean(&said)).map(|said| {
            if said.is_empty() { "without a word".to_owned() } else { said }
        });
        Ok(0)
    }),
    import!("config_get", [I64] => [I64], CONFIG, config_get),
    import!("var_get", [I64] => [I64], STORE, store_get),
    import!("var_set", [I64, I64] => [], STORE, store_put),
    import!("http_request", [I64, I64] => [I64], HTTP, http_request),
    import!("http_status_code", [] => [I32], HTTP, |state, _| Ok(i64::from(state.status))),
    import!("http_headers", [] => [I64], HTTP, |_, _| Ok(0)),
    import!("log_trace", [I64] => [], LOG, |state, args| log(state, args, Level::Debug)),
    import!("log_debug", [I64] => [], LOG, |state, args| log(state, args, Level::Debug)),
    import!("log_info", [I64] => [], LOG, |state, args| log(state, args, Level::Info)),
    import!("log_warn", [I64] => [], LOG, |state, args| log(state, args, Level::Warn)),
    import!("log_error", [I64] => [], LOG, |state, args| log(state, args, Level::Error)),
    // The level from which on lines are kept: all of them.
    import!("get_log_level", [] => [I32], Allowed::Always, |_, _| Ok(0)),
    // AssemblyScript's way to give up: message, file, line and column lie in its own memory.
    Import {
        module: "env",
        name: "abort",
        params: &[I32, I32, I32, I32],
        results: &[],
        allowed: Allowed::Always,
        call: |_, args| {
            Err(Failure::Trap(format!("abort, line {} column {}", args.long(2), args.long(3))))
        },
    },
];

fn length(state: &mut State, args: Args<'_>) -> Result<i64, Failure> {
    Ok(state.blocks.length(args.address(0)).cast_signed())
}

fn output_set(state: &mut State, args: Args<'_>) -> Result<i64, Failure> {
    if args.long(0) == MEMORY_REPORT {
        state.pages = args.address(1);
        return Ok(0);
    }
    let length = args.address(1);
    if length > state.output_limit {
        return Err(Failure::Long(length));
    }
    let Some(part) = state.blocks.part(args.address(0), length) else {
        return Err(Failure::Lie("it names as output what it never wrote".to_owned()));
    };
    state.output = Some(part.to_vec());
    Ok(0)
}

/// The text of a block, which the call uses up.
fn taken(state: &mut State, address: u64) -> Result<String, Failure> {
    let text = String::from_utf8(state.blocks.get(address).to_vec())
        .map_err(|_| Failure::Lie("it passed bytes that are no UTF-8".to_owned()))?;
    state.blocks.free(address);
    Ok(text)
}

fn given(state: &mut State, bytes: Vec<u8>) -> Result<i64, Failure> {
    state.blocks.put(bytes).map(u64::cast_signed).ok_or(Failure::Memory)
}

fn config_get(state: &mut State, args: Args<'_>) -> Result<i64, Failure> {
    let key = taken(state, args.address(0))?;
    if !state.authority.granted.has(&Permission::Config) {
        return Ok(0);
    }
    match state.authority.config.get(&key).cloned() {
        Some(value) => given(state, value.into_bytes()),
        None => Ok(0),
    }
}

fn key(state: &mut State, address: u64) -> Result<String, Failure> {
    let key = taken(state, address)?;
    if key.is_empty() || key.len() > MAX_KEY_BYTES {
        return Err(Failure::Lie(format!("a key of {} bytes", key.len())));
    }
    Ok(key)
}

fn store_get(state: &mut State, args: Args<'_>) -> Result<i64, Failure> {
    state.spend_store()?;
    let key = key(state, args.address(0))?;
    if !state.authority.granted.has(&Permission::Store) {
        return Ok(0);
    }
    let authority = std::sync::Arc::clone(&state.authority);
    let value = authority
        .services
        .store_get(&authority.plugin, &key)
        .map_err(|problem| Failure::Host(problem.to_string()))?;
    given(state, value.unwrap_or_default())
}

fn store_put(state: &mut State, args: Args<'_>) -> Result<i64, Failure> {
    state.spend_store()?;
    let key = key(state, args.address(0))?;
    let address = args.address(1);
    let value = (address != 0).then(|| state.blocks.get(address).to_vec());
    state.blocks.free(address);
    let authority = std::sync::Arc::clone(&state.authority);
    if !authority.granted.has(&Permission::Store) {
        return Ok(0);
    }
    let quota = authority.asked.store_bytes;
    let kept = authority.services.store_put(&authority.plugin, &key, value.as_deref(), quota);
    if let Err(problem) = kept {
        line(state, Level::Warn, &format!("not kept under {key}: {problem}"));
    }
    Ok(0)
}

fn log(state: &mut State, args: Args<'_>, level: Level) -> Result<i64, Failure> {
    let said = String::from_utf8_lossy(state.blocks.get(args.address(0))).into_owned();
    state.blocks.free(args.address(0));
    if state.authority.granted.has(&Permission::Log) {
        line(state, level, &said);
    }
    Ok(0)
}

fn line(state: &mut State, level: Level, said: &str) {
    if state.spend_line() {
        state.authority.services.log(&state.authority.plugin, level, &clean(said));
    }
}

/// Without characters that could forge other lines, and short.
fn clean(said: &str) -> String {
    said.chars()
        .take(MAX_LINE_CHARS)
        .map(|letter| if hides(letter) { ' ' } else { letter })
        .collect::<String>()
        .trim()
        .to_owned()
}

/// A request as Extism's kits write it.
#[derive(serde::Deserialize)]
struct WrittenRequest {
    url: String,
    #[serde(default)]
    method: Option<String>,
    #[serde(default, alias = "header")]
    headers: std::collections::BTreeMap<String, String>,
}

fn http_request(state: &mut State, args: Args<'_>) -> Result<i64, Failure> {
    if state.hook == Hook::Judge {
        return Err(Failure::Forbidden("the network while it judged a text".to_owned()));
    }
    state.spend_request()?;
    state.status = 0;
    let written = taken(state, args.address(0))?;
    let written: WrittenRequest = serde_json::from_str(&written)
        .map_err(|problem| Failure::Lie(format!("its request cannot be read: {problem}")))?;
    let body = state.blocks.get(args.address(1)).to_vec();
    state.blocks.free(args.address(1));
    let request = checked(written, body)?;
    let host = host_of(&request.url)
        .ok_or_else(|| Failure::Lie("its request has no http or https address".to_owned()))?;
    let authority = std::sync::Arc::clone(&state.authority);
    if !authority.asked.http.contains(&host) {
        return Err(Failure::Forbidden(Permission::Http(clean(&host)).to_string()));
    }
    if !authority.granted.has(&Permission::Http(host)) {
        return Ok(0);
    }
    match authority.services.fetch(&authority.plugin, &request, state.left()) {
        Ok(response) => {
            state.status = response.status;
            given(state, response.body)
        }
        // The status stays 0: the plugin sees that nothing came back.
        Err(problem) => {
            line(state, Level::Warn, &format!("no answer from the network: {problem}"));
            Ok(0)
        }
    }
}

fn checked(written: WrittenRequest, body: Vec<u8>) -> Result<Request, Failure> {
    let method = written.method.unwrap_or_else(|| "GET".to_owned()).to_ascii_uppercase();
    if !["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"].contains(&method.as_str()) {
        return Err(Failure::Lie("its request has a method that does not exist".to_owned()));
    }
    if written.headers.len() > 30 || written.url.len() > 2_000 {
        return Err(Failure::Lie("its request is too long".to_owned()));
    }
    let headers = written
        .headers
        .into_iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    Ok(Request { method, url: written.url, headers, body })
}

/// The host (with its port, when it says one) of an address, as manifests write it. Addresses that
/// parsers could read in two ways have none.
pub(crate) fn host_of(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
    (!host.is_empty() && host.bytes().all(plain)).then(|| host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_in_one_way_only() {
        assert_eq!(host_of("https://A.example/x").as_deref(), Some("a.example"));
        assert_eq!(host_of("http://a.example:8080?x").as_deref(), Some("a.example:8080"));
        for url in [
            "ftp://a.example/",
            "https://user@a.example/",
            "https://a.example\\@b.example/",
            "https://[::1]/",
            "https:///a.example",
            "https://a.exämple/",
            "//a.example",
            "",
        ] {
            assert_eq!(host_of(url), None, "{url}");
        }
    }

    #[test]
    fn a_line_cannot_forge_others() {
        assert_eq!(clean("a\nlevel=error\u{202e}b"), "a level=error b");
        assert_eq!(clean(&"x".repeat(9_999)).len(), MAX_LINE_CHARS);
    }
}
