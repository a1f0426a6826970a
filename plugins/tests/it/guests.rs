//! Guests for tests: written as WebAssembly text, packed with a manifest.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use farandole_plugins::manifest::{Manifest, Permissions};
use farandole_plugins::{
    Event, Grants, Item, Level, LoadError, Package, Plugin, Request, Response, ServiceError,
    Services, Setup,
};

/// What every guest needs to answer.
pub const HEAD: &str = r#"
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u64" (func $store_u64 (param i64 i64)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
"#;

/// The text of a function body that answers this, padded with spaces.
pub fn answering(answer: &str) -> String {
    let padded = answer.len().next_multiple_of(8);
    let mut bytes = answer.as_bytes().to_vec();
    bytes.resize(padded, b' ');
    let mut body = format!("(local $at i64) (local.set $at (call $alloc (i64.const {padded})))\n");
    for (index, word) in bytes.chunks(8).enumerate() {
        let word = u64::from_le_bytes(word.try_into().unwrap());
        let _ = writeln!(
            body,
            "(call $store_u64 (i64.add (local.get $at) (i64.const {})) (i64.const {word}))",
            index * 8
        );
    }
    let _ = writeln!(body, "(call $output_set (local.get $at) (i64.const {padded}))");
    body
}

/// A manifest that judges and asks for everything there is to propose.
pub const MANIFEST: &str = r#"
name = "guest"
version = "1.0.0"
api = 1
title = "A guest"
hooks = ["judge"]
[permissions]
propose = ["tag", "hold", "reject"]
"#;

pub fn manifest(text: &str) -> Manifest {
    Manifest::from_toml(text).unwrap()
}

pub fn packed(manifest: &Manifest, wat: &str) -> Package {
    Package::build(manifest, &wat::parse_str(wat).unwrap()).unwrap()
}

/// A guest with everything granted that it asks for.
pub fn loaded(manifest_text: &str, wat: &str) -> Result<Plugin, LoadError> {
    let manifest = manifest(manifest_text);
    let setup = Setup { grants: Grants::all(&manifest.permissions), ..Setup::default() };
    Plugin::load(&packed(&manifest, wat), setup, Arc::new(Server::default()))
}

pub fn item(text: &str) -> Item {
    Item {
        surface: "comment".to_owned(),
        format: "markdown".to_owned(),
        text: text.to_owned(),
        language: None,
        author: Some("actor-7".to_owned()),
        channel: None,
    }
}

pub fn event() -> Event {
    Event {
        kind: "comment-created".to_owned(),
        at: "2026-11-22T12:00:00Z".to_owned(),
        id: "12".to_owned(),
        url: None,
        title: None,
        text: Some("A \"quoted\" text\nwith two lines".to_owned()),
        author: Some("actor-7".to_owned()),
    }
}

/// A server that remembers what plugins asked it.
#[derive(Default)]
pub struct Server {
    pub store: Mutex<BTreeMap<String, Vec<u8>>>,
    pub lines: Mutex<Vec<String>>,
    pub requests: Mutex<Vec<Request>>,
    pub status: Mutex<u16>,
}

impl Services for Server {
    fn store_get(&self, _: &str, key: &str) -> Result<Option<Vec<u8>>, ServiceError> {
        Ok(self.store.lock().unwrap().get(key).cloned())
    }

    fn store_put(
        &self,
        _: &str,
        key: &str,
        value: Option<&[u8]>,
        quota: u64,
    ) -> Result<(), ServiceError> {
        let mut store = self.store.lock().unwrap();
        match value {
            None => drop(store.remove(key)),
            Some(value) if value.len() as u64 > quota => return Err(ServiceError::Full),
            Some(value) => drop(store.insert(key.to_owned(), value.to_vec())),
        }
        Ok(())
    }

    fn fetch(&self, _: &str, request: &Request, _: Duration) -> Result<Response, ServiceError> {
        self.requests.lock().unwrap().push(request.clone());
        Ok(Response { status: *self.status.lock().unwrap(), body: b"fine".to_vec() })
    }

    fn log(&self, plugin: &str, level: Level, line: &str) {
        self.lines.lock().unwrap().push(format!("{plugin} {} {line}", level.name()));
    }
}

/// Everything asked for.
pub fn all(permissions: &Permissions) -> Grants {
    Grants::all(permissions)
}
