//! The documented nginx and Caddy examples, started in front of a real server: large bodies pass
//! unbuffered, ranges come back, and limits count the true address.

use std::net::{IpAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::multipart::{Form, Part};

use crate::support::TestApp;

/// A proxy that is stopped by its own pid when dropped.
pub struct Proxy {
    child: Child,
    pub url: String,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples").join(name);
    std::fs::read_to_string(path).unwrap()
}

async fn start(mut command: Command, port: u16) -> Proxy {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let proxy = Proxy { child, url: format!("http://127.0.0.1:{port}") };
    for _ in 0..300 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return proxy;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the proxy did not start");
}

async fn nginx(app: &TestApp, folder: &Path) -> Proxy {
    let text = example("nginx.conf").replace("127.0.0.1:9000", &app.address.to_string());
    nginx_with(&text, free_port(), folder).await
}

/// nginx on `port` with an example whose nodes are real ones, and without what a test cannot
/// have: port 80, certificates, the standard folders.
pub async fn nginx_with(text: &str, port: u16, folder: &Path) -> Proxy {
    let text = text
        .replace("listen 80;", &format!("listen 127.0.0.1:{};", free_port()))
        .replace("listen 443 ssl http2;", &format!("listen 127.0.0.1:{port};"));
    let kept = text.lines().filter(|line| !line.contains("[::]") && !line.contains("ssl_"));
    let site = kept.collect::<Vec<_>>().join("\n");
    let dir = folder.display();
    let whole = format!(
        "daemon off; master_process off; pid {dir}/pid; error_log {dir}/error.log;\n\
         events {{ worker_connections 64; }}\n\
         http {{ access_log off; client_body_temp_path {dir}/b; proxy_temp_path {dir}/p; \
         fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;\n{site}\n}}\n"
    );
    let conf = folder.join("nginx.conf");
    std::fs::write(&conf, whole).unwrap();
    let mut command = Command::new("/usr/sbin/nginx");
    command.arg("-c").arg(&conf).arg("-e").arg(folder.join("error.log"));
    start(command, port).await
}

async fn caddy(app: &TestApp, folder: &Path) -> Proxy {
    let port = free_port();
    let text = example("Caddyfile")
        .replace("127.0.0.1:9000", &app.address.to_string())
        .replace("video.example {", &format!("http://127.0.0.1:{port} {{"));
    let conf = folder.join("Caddyfile");
    std::fs::write(&conf, format!("{{\n\tadmin off\n}}\n{text}")).unwrap();
    let mut command = Command::new("caddy");
    command.arg("run").arg("--config").arg(&conf).args(["--adapter", "caddyfile"]);
    command.env("HOME", folder).env("XDG_DATA_HOME", folder).stderr(Stdio::null());
    start(command, port).await
}

/// Takes files of 32 MiB at most.
async fn app() -> TestApp {
    TestApp::start_with(|config| {
        config.limits.api_requests = 100;
        config.uploads.max_file_bytes = 32 << 20;
    })
    .await
}

async fn check(app: &TestApp, proxy: &Proxy) {
    let url = |path: &str| format!("{}{path}", proxy.url);
    // Two callers behind one proxy have a bucket each: the server sees their addresses.
    for address in [[127, 0, 0, 1], [127, 0, 0, 2]] {
        let caller = reqwest::Client::builder().local_address(IpAddr::from(address)).build();
        let pong = caller.unwrap().get(url("/api/v1/ping")).send().await.unwrap();
        assert_eq!(pong.status(), 200);
        assert_eq!(pong.headers()["x-ratelimit-remaining"], "99");
    }
    // A body of 8 MiB, over nginx's default of 1 MiB: the server reads it all, and says of these
    // zeros that they are no media.
    let root = app.root().await;
    let form = Form::new()
        .text("name", "zeros")
        .text("channelId", root.channel_id.to_string())
        .part("videofile", Part::bytes(vec![0_u8; 8 << 20]).file_name("zeros.mp4"));
    let upload = app.client.post(url("/api/v1/videos/upload")).bearer_auth(&root.token);
    let upload = upload.multipart(form).send().await.unwrap();
    let kind = upload.headers().get("content-type").unwrap().to_str().unwrap().to_owned();
    let status = upload.status();
    assert!(kind.starts_with("application/problem+json"), "{status} {kind}");
    let problem: serde_json::Value = upload.json().await.unwrap();
    assert_eq!(problem["status"], 422, "{problem}");
}

/// A refusal that is said before the body has come: it must get through a proxy that is still
/// sending, instead of a 502.
async fn refused_early(app: &TestApp, proxy: &Proxy) {
    let root = app.root().await;
    for (token, megabytes, status) in
        [("nonsense", 4, 401), ("nonsense", 64, 401), (&root.token, 64, 413)]
    {
        for _ in 0..5 {
            let form = Form::new()
                .text("name", "zeros")
                .part("videofile", Part::bytes(vec![0; megabytes << 20]).file_name("zeros.mp4"));
            let url = format!("{}/api/v1/videos/upload", proxy.url);
            let answer = app.client.post(url).bearer_auth(token).multipart(form).send().await;
            let answer = answer.unwrap();
            assert_eq!(answer.status(), status, "{megabytes} MiB");
            let problem: serde_json::Value = answer.json().await.unwrap();
            assert_eq!(problem["status"], status, "{problem}");
        }
    }
}

#[tokio::test]
async fn the_nginx_example_works() {
    let app = app().await;
    let folder = tempfile::tempdir().unwrap();
    let proxy = nginx(&app, folder.path()).await;
    check(&app, &proxy).await;
    refused_early(&app, &proxy).await;
}

#[tokio::test]
async fn the_caddy_example_works() {
    let app = app().await;
    let folder = tempfile::tempdir().unwrap();
    let proxy = caddy(&app, folder.path()).await;
    check(&app, &proxy).await;
    refused_early(&app, &proxy).await;
}
