//! Connections that misbehave, and slow ones that do not.

use std::time::Duration;

use farandole::db::{DbError, sql};
use farandole::domain::{Privacy, keys};
use farandole::transact;
use farandole_storage::Key;
use futures::StreamExt as _;
use reqwest::Body;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::media::shelf::Shelved;
use crate::support::TestApp;
use crate::support::clips::clip_bytes;

/// Nothing here takes as long unless it is broken.
const FOREVER: Duration = Duration::from_secs(60);

async fn impatient() -> TestApp {
    TestApp::start_with(|config| {
        config.limits.head_seconds = 2;
        config.limits.stall_seconds = 2;
    })
    .await
}

/// All that the server says until it ends the connection.
async fn last_words(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let ended = tokio::time::timeout(FOREVER, stream.read_to_end(&mut said)).await;
    // A reset is an end too.
    let _ = ended.expect("the connection is held for ever");
    String::from_utf8_lossy(&said).into_owned()
}

/// Sends `piece` again and again, a few a second, until the server ends the connection.
async fn dripped(app: &TestApp, beginning: &str, piece: &'static [u8]) -> String {
    let stream = TcpStream::connect(app.address).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    writer.write_all(beginning.as_bytes()).await.unwrap();
    let dripping = async move {
        while writer.write_all(piece).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        std::future::pending::<()>().await;
    };
    let mut said = Vec::new();
    let reading = async {
        let _ = tokio::time::timeout(FOREVER, reader.read_to_end(&mut said)).await.unwrap();
    };
    tokio::select! {
        () = dripping => {}
        () = reading => {}
    }
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn a_head_that_drips_in_is_not_waited_for() {
    let app = impatient().await;
    let mut silent = TcpStream::connect(app.address).await.unwrap();
    assert_eq!(last_words(&mut silent).await, "");
    let said = dripped(&app, "GET /healthz HTTP/1.1\r\nHost: here\r\nX-Slow: ", b"x").await;
    assert!(!said.contains("200 OK"), "{said}");
}

#[tokio::test]
async fn a_body_that_drips_in_is_not_waited_for() {
    let app = impatient().await;
    let beginning = "PUT /api/v1/users/me HTTP/1.1\r\nHost: here\r\nContent-Length: 100000\r\n\
                     Content-Type: application/json\r\nAuthorization: Bearer ";
    let token = app.user("alice").await.token;
    let said = dripped(&app, &format!("{beginning}{token}\r\n\r\n"), b" ").await;
    assert!(said.starts_with("HTTP/1.1 4"), "{said}");
}

#[tokio::test]
async fn a_chunk_over_a_slow_line_is_taken() {
    let app = impatient().await;
    let alice = app.user("alice").await;
    let clip = clip_bytes("good.mp4");
    let first = &clip[..32 << 10];
    let session = alice.begin(clip.len(), json!({})).await;
    // Three times as long as anything may stall.
    let pieces: Vec<_> = first.chunks(1 << 10).map(<[u8]>::to_vec).collect();
    let slow = futures::stream::iter(pieces).then(|piece| async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        std::io::Result::Ok(piece)
    });
    let range = format!("bytes 0-{}/{}", first.len() - 1, clip.len());
    let answer = session.put_range(&range, Body::wrap_stream(slow)).await;
    assert_eq!(answer.status(), 308);
    assert_eq!(session.received().await, first.len());
    assert_eq!(session.put(first.len(), &clip[first.len()..]).await.status(), 200);
}

/// A public video whose file is larger than what the kernel keeps of a connection; its address.
async fn large_file(app: &TestApp, bytes: usize) -> String {
    let owner = app.user("alice").await;
    let video = Shelved::published(app, &owner, Privacy::Public).await;
    let key = keys::rendition(video.uuid, video.generation, "1080.mp4");
    let key = Key::parse(&key).unwrap();
    app.app.store().delete(&key).await.unwrap();
    app.app.store().put_bytes(&key, vec![7; bytes]).await.unwrap();
    let set = video.set;
    let changed: Result<u64, DbError> = transact!(app.app.db(), tx => {
        let text = "UPDATE renditions SET size_bytes = $1 WHERE media_set_id = $2 AND file = $3";
        sql(text).int(bytes as i64).int(set).text("1080.mp4").run(tx).await
    });
    assert_eq!(changed.unwrap(), 1);
    video.path("1080-fragmented.mp4")
}

/// Asks for a file on a connection that holds little of it.
async fn asked_narrowly(app: &TestApp, path: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(32 << 10).unwrap();
    let mut stream = socket.connect(app.address).await.unwrap();
    let ask = format!("GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
    stream.write_all(ask.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_reader_that_takes_nothing_makes_room_for_others() {
    let app = TestApp::start_with(|config| {
        config.limits.connections = 1;
        config.limits.head_seconds = 1;
        config.limits.stall_seconds = 2;
    })
    .await;
    let path = large_file(&app, 32 << 20).await;
    let mut stuck = asked_narrowly(&app, &path).await;
    let mut head = [0; 12];
    stuck.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200");
    let next = tokio::time::timeout(FOREVER, app.get("/healthz")).await;
    assert_eq!(next.expect("the only place is never given up").status(), 200);
}

#[tokio::test]
async fn a_slow_reader_gets_all_of_it() {
    let app = impatient().await;
    let size = 16 << 20;
    let path = large_file(&app, size).await;
    let mut slow = asked_narrowly(&app, &path).await;
    let mut taken = 0;
    let mut piece = vec![0; 64 << 10];
    loop {
        let count = slow.read(&mut piece).await.unwrap();
        if count == 0 {
            break;
        }
        taken += count;
        // Three times as long as anything may stall.
        tokio::time::sleep(Duration::from_secs_f64(6.0 * count as f64 / size as f64)).await;
    }
    assert!(taken > size, "{taken} of {size} bytes and a head");
}

#[tokio::test]
async fn a_client_that_reads_only_after_sending_sees_why_it_was_refused() {
    let app = TestApp::start().await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let body = vec![b'x'; 8 << 20];
    let head = format!(
        "POST /api/v1/videos/upload HTTP/1.1\r\nHost: here\r\nContent-Length: {}\r\n\
         Content-Type: multipart/form-data; boundary=b\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body).await.unwrap();
    // The connection is as good as before.
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let said = last_words(&mut stream).await;
    assert!(said.starts_with("HTTP/1.1 401"), "{said}");
    assert!(said.contains("HTTP/1.1 200 OK"), "{said}");
}

#[tokio::test]
async fn an_endless_body_is_not_read_for_ever() {
    let app = TestApp::start().await;
    let stream = TcpStream::connect(app.address).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let head = "POST /api/v1/videos/upload HTTP/1.1\r\nHost: here\r\nContent-Length: 1099511627776\r\n\
                Content-Type: multipart/form-data; boundary=b\r\n\r\n";
    writer.write_all(head.as_bytes()).await.unwrap();
    let piece = vec![b'x'; 1 << 20];
    let sending = async move {
        let mut sent: u64 = 0;
        while let Ok(count) = writer.write(&piece).await {
            sent += count as u64;
        }
        sent
    };
    let sent = tokio::time::timeout(FOREVER, sending).await.expect("it is read for ever");
    assert!(sent < 64 << 20, "{sent} bytes were taken");
    let mut answer = [0; 12];
    reader.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 401");
}

#[tokio::test]
async fn a_client_that_waits_for_leave_is_refused_before_it_sends() {
    let app = TestApp::start().await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let head = "POST /api/v1/videos/upload HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000\r\n\
                Expect: 100-continue\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let said = last_words(&mut stream).await;
    assert!(said.starts_with("HTTP/1.1 401"), "{said}");
}
