//! The real server in a process of its own, on a data folder: it can be killed and started again,
//! and its memory can be watched.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::TestDatabase;
use super::people::PASSWORD;

/// Dropped, it is killed with SIGKILL: no goodbye.
pub struct Server {
    child: Child,
    pub url: String,
}

impl Server {
    /// Starts the built program and waits until it says that it is ready. `settings` are
    /// `SECTION__KEY` and value.
    pub fn start(folder: &Path, database: &TestDatabase, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_farandole"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder)
            .env("FARANDOLE__ACCOUNTS__ROOT_PASSWORD", PASSWORD)
            .env("FARANDOLE__DATABASE__URL", &database.url)
            .env("FARANDOLE__DATABASE__MAX_CONNECTIONS", "4")
            .env("FARANDOLE__TRANSCODING__PRESET", "ultrafast")
            .env("FARANDOLE__UPLOADS__FREE_DISK_FLOOR_BYTES", "1")
            .env("FARANDOLE__SERVER__LOG_FILTER", "warn");
        for (key, value) in settings {
            command.env(format!("FARANDOLE__{key}"), value);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("the server ended before it was ready").unwrap();
            if let Some((_, url)) = line.split_once("ready at ") {
                break url.trim().replace("localhost", "127.0.0.1");
            }
        };
        Self { child, url }
    }

    /// Signs root in; returns the access token.
    pub async fn sign_in(&self, client: &reqwest::Client) -> String {
        let url = &self.url;
        let get = client.get(format!("{url}/api/v1/oauth-clients/local")).send().await.unwrap();
        let oauth: Value = get.json().await.unwrap();
        let form = [
            ("client_id", oauth["client_id"].as_str().unwrap()),
            ("client_secret", oauth["client_secret"].as_str().unwrap()),
            ("grant_type", "password"),
            ("username", "root"),
            ("password", PASSWORD),
        ];
        let body = form.map(|(key, value)| format!("{key}={}", value.replace(' ', "%20")));
        let post = client
            .post(format!("{url}/api/v1/users/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.join("&"))
            .send()
            .await
            .unwrap();
        let token: Value = post.json().await.unwrap();
        token["access_token"].as_str().unwrap_or_else(|| panic!("{token}")).to_owned()
    }

    /// Forgets the highest memory use so far.
    pub fn forget_peak(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
    }

    /// The highest resident memory since [`Self::forget_peak`], bytes; its children's not
    /// included.
    pub fn peak_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A number the test run may set, to try harder than usual.
pub fn wanted(name: &str, usual: u64) -> u64 {
    #[expect(clippy::disallowed_methods, reason = "the test run says how hard to try")]
    let wanted = std::env::var(name);
    wanted.map_or(usual, |text| text.parse().unwrap())
}
