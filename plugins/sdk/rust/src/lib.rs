//! What a plugin uses of the server: its input, its answer, settings, store, network and log.
//!
//! ```ignore
//! farandole_sdk::judge!(|item| {
//!     if item.text.contains("spam") {
//!         farandole_sdk::hold("It says spam", None)
//!     } else {
//!         farandole_sdk::show()
//!     }
//! });
//! ```

mod interface;

pub use interface::*;

mod host {
    #[link(wasm_import_module = "extism:host/env")]
    unsafe extern "C" {
        pub safe fn alloc(length: u64) -> u64;
        pub safe fn length(address: u64) -> u64;
        pub safe fn load_u8(address: u64) -> u32;
        pub safe fn load_u64(address: u64) -> u64;
        pub safe fn store_u8(address: u64, byte: u32);
        pub safe fn store_u64(address: u64, bytes: u64);
        pub safe fn input_offset() -> u64;
        pub safe fn output_set(address: u64, length: u64);
        pub safe fn error_set(address: u64);
        pub safe fn config_get(key: u64) -> u64;
        pub safe fn var_get(key: u64) -> u64;
        pub safe fn var_set(key: u64, value: u64);
        pub safe fn http_request(request: u64, body: u64) -> u64;
        pub safe fn http_status_code() -> i32;
        pub safe fn log_info(line: u64);
        pub safe fn log_warn(line: u64);
    }
}

fn give(bytes: &[u8]) -> u64 {
    let start = host::alloc(bytes.len() as u64);
    let mut address = start;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        host::store_u64(address, u64::from_le_bytes(*word));
        address += 8;
    }
    for byte in rest {
        host::store_u8(address, u32::from(*byte));
        address += 1;
    }
    start
}

fn take(start: u64) -> Vec<u8> {
    let length = host::length(start);
    let mut bytes = Vec::with_capacity(length as usize);
    let mut address = start;
    while address + 8 <= start + length {
        bytes.extend_from_slice(&host::load_u64(address).to_le_bytes());
        address += 8;
    }
    while address < start + length {
        bytes.push(host::load_u8(address) as u8);
        address += 1;
    }
    bytes
}

fn take_text(address: u64) -> Option<String> {
    (address != 0).then(|| String::from_utf8_lossy(&take(address)).into_owned())
}

/// A setting. Needs the permission `config`.
#[must_use]
pub fn setting(name: &str) -> Option<String> {
    take_text(host::config_get(give(name.as_bytes())))
}

/// What is kept under a key. Needs `store_bytes`.
#[must_use]
pub fn stored(key: &str) -> Option<String> {
    take_text(host::var_get(give(key.as_bytes())))
}

/// Keeps a text under a key; `None` removes it. Needs `store_bytes`.
pub fn keep(key: &str, value: Option<&str>) {
    host::var_set(give(key.as_bytes()), value.map_or(0, |value| give(value.as_bytes())));
}

/// Sends JSON to a host that the permission `http` names, and gives the status (0 when nothing
/// came back) and the body; only in `on_event`.
#[must_use]
pub fn post(url: &str, json: &str) -> (u16, String) {
    let request = serde_json::json!({
        "method": "POST", "url": url, "headers": { "content-type": "application/json" },
    });
    let body = host::http_request(give(request.to_string().as_bytes()), give(json.as_bytes()));
    let status = u16::try_from(host::http_status_code()).unwrap_or(0);
    (status, take_text(body).unwrap_or_default())
}

/// Writes a line for operators. Needs `log`.
pub fn info(line: &str) {
    host::log_info(give(line.as_bytes()));
}

/// Writes a warning for operators. Needs `log`.
pub fn warn(line: &str) {
    host::log_warn(give(line.as_bytes()));
}

/// Nothing speaks against a text.
#[must_use]
pub fn show() -> Verdict {
    Verdict { action: Action::Show, reasons: Vec::new(), tags: Vec::new() }
}

/// Keep a text for a human, for one reason.
#[must_use]
pub fn hold(why: impl Into<String>, span: Option<Span>) -> Verdict {
    Verdict {
        action: Action::Hold,
        reasons: vec![Reason { text: why.into(), span }],
        tags: Vec::new(),
    }
}

/// Runs a hook: reads its input, writes its answer. For the macros below.
pub fn run<In, Out>(hook: impl FnOnce(In) -> Out)
where
    In: serde::de::DeserializeOwned,
    Out: serde::Serialize,
{
    let answer = serde_json::from_slice(&take(host::input_offset()))
        .and_then(|input| serde_json::to_vec(&hook(input)));
    match answer {
        Ok(json) => host::output_set(give(&json), json.len() as u64),
        Err(problem) => host::error_set(give(problem.to_string().as_bytes())),
    }
}

/// Makes a closure from [`Item`] to [`Verdict`] the plugin's `judge`.
#[macro_export]
macro_rules! judge {
    ($hook:expr) => {
        #[unsafe(no_mangle)]
        extern "C" fn judge() {
            let hook: fn($crate::Item) -> $crate::Verdict = $hook;
            $crate::run(hook);
        }
    };
}

/// Makes a closure from [`Event`] to [`Reaction`] the plugin's `on_event`.
#[macro_export]
macro_rules! on_event {
    ($hook:expr) => {
        #[unsafe(no_mangle)]
        extern "C" fn on_event() {
            let hook: fn($crate::Event) -> $crate::Reaction = $hook;
            $crate::run(hook);
        }
    };
}
