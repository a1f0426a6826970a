//! `farandole upload FILE --channel …`: to any instance that speaks PeerTube's API, resuming what
//! an earlier run of the same command began.

use std::io::{SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, LOCATION, RANGE};
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

/// Bytes of one chunk.
const CHUNK: u64 = 8 << 20;
/// Tries of one chunk before giving up; the command can then be run again.
const TRIES: u32 = 8;

/// What to upload, and where to.
#[derive(Debug, clap::Args)]
pub struct UploadArgs {
    /// Media file.
    file: PathBuf,
    /// Name of the channel.
    #[arg(long)]
    channel: String,
    /// Address of the instance.
    #[arg(long, default_value = "http://localhost:9000")]
    url: Url,
    /// Log-in name.
    #[arg(long, default_value = "root")]
    username: String,
    /// Password.
    #[arg(long, env = "FARANDOLE_PASSWORD", hide_env_values = true)]
    password: String,
    /// Title; the file's name when not given.
    #[arg(long)]
    name: Option<String>,
    /// Who may watch: 1 public, 2 unlisted, 3 private, 4 internal.
    #[arg(long, default_value_t = 1)]
    privacy: u8,
    /// Description.
    #[arg(long)]
    description: Option<String>,
}

/// Uploads one file and prints its address.
///
/// # Errors
/// The instance refused, or could not be reached for long; what arrived stays there for a while.
pub async fn run(args: &UploadArgs) -> anyhow::Result<()> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let instance = Instance::log_in(args).await?;
    let mut file = tokio::fs::File::open(&args.file)
        .await
        .with_context(|| format!("cannot read {}", args.file.display()))?;
    let size = file.metadata().await?.len();
    let upload = instance.begin(args, size).await?;
    let bar = ProgressBar::new(size);
    let look = "{bar:30} {percent:>3} %  {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    bar.set_style(ProgressStyle::with_template(look)?);
    let mut offset = instance.received(&upload, size).await?;
    bar.set_position(offset);
    bar.reset_eta();
    let video = loop {
        match instance.send(&upload, &mut file, offset, size).await? {
            Sent::Upto(next) => offset = next,
            Sent::All(video) => break video,
        }
        bar.set_position(offset);
    };
    bar.finish_and_clear();
    let id = video.pointer("/video/shortUUID").and_then(Value::as_str).unwrap_or_default();
    writeln!(std::io::stdout().lock(), "{}", instance.url.join(&format!("/w/{id}"))?)?;
    Ok(())
}

enum Sent {
    Upto(u64),
    All(Value),
}

/// An instance one is signed in to.
struct Instance {
    client: Client,
    url: Url,
    token: String,
}

impl Instance {
    async fn log_in(args: &UploadArgs) -> anyhow::Result<Self> {
        let client = Client::builder().connect_timeout(Duration::from_secs(10)).build()?;
        let answer = client.get(args.url.join("/api/v1/oauth-clients/local")?).send().await;
        let oauth: Value =
            checked(answer.context("the instance is not reached")?).await?.json().await?;
        let form = [
            ("client_id", text(&oauth, "client_id")),
            ("client_secret", text(&oauth, "client_secret")),
            ("grant_type", "password"),
            ("username", &args.username),
            ("password", &args.password),
        ];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let answer = client
            .post(args.url.join("/api/v1/users/token")?)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await?;
        let token: Value = checked(answer).await?.json().await?;
        let token = token
            .get("access_token")
            .and_then(Value::as_str)
            .context("the instance gave no token")?;
        Ok(Self { client, url: args.url.clone(), token: token.to_owned() })
    }

    /// Begins the upload, or finds the one begun earlier: servers know it by name and size.
    async fn begin(&self, args: &UploadArgs, size: u64) -> anyhow::Result<Url> {
        let channel = self.url.join(&format!("/api/v1/video-channels/{}", args.channel))?;
        let channel = self.client.get(channel).bearer_auth(&self.token).send().await?;
        let channel: Value = checked(channel).await.context("the channel")?.json().await?;
        let filename = file_name(&args.file)?;
        let title =
            || Path::new(&filename).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let mut wanted = json!({
            "name": args.name.clone().or_else(title),
            "channelId": channel.get("id"),
            "privacy": args.privacy,
            "filename": filename,
        });
        if let (Some(text), Some(fields)) = (&args.description, wanted.as_object_mut()) {
            fields.insert("description".to_owned(), text.as_str().into());
        }
        let answer = self
            .client
            .post(self.url.join("/api/v1/videos/upload-resumable")?)
            .bearer_auth(&self.token)
            .header("x-upload-content-length", size)
            .header(
                "x-upload-content-type",
                mime_guess::from_path(&args.file).first_or_octet_stream().as_ref(),
            )
            .json(&wanted)
            .send()
            .await?;
        let answer = checked(answer).await?;
        let location = answer.headers().get(LOCATION).context("the instance named no upload")?;
        Ok(self.url.join(location.to_str()?.trim_start_matches("//"))?)
    }

    /// Bytes the instance has already.
    async fn received(&self, upload: &Url, size: u64) -> anyhow::Result<u64> {
        let answer = self
            .client
            .put(upload.clone())
            .bearer_auth(&self.token)
            .header(CONTENT_RANGE, format!("bytes */{size}"))
            .header(CONTENT_LENGTH, 0)
            .send()
            .await?;
        Ok(if answer.status() == StatusCode::PERMANENT_REDIRECT { next_byte(&answer) } else { 0 })
    }

    /// Sends the chunk at `offset`, again and again while the line or the server is down.
    async fn send(
        &self,
        upload: &Url,
        file: &mut tokio::fs::File,
        offset: u64,
        size: u64,
    ) -> anyhow::Result<Sent> {
        let length = CHUNK.min(size - offset);
        file.seek(SeekFrom::Start(offset)).await?;
        let mut chunk = Vec::with_capacity(usize::try_from(length)?);
        file.take(length).read_to_end(&mut chunk).await?;
        let range = format!("bytes {offset}-{}/{size}", offset + length - 1);
        for attempt in 1..=TRIES {
            let answer = self
                .client
                .put(upload.clone())
                .bearer_auth(&self.token)
                .header(CONTENT_RANGE, &range)
                .header("content-type", "application/octet-stream")
                .body(chunk.clone())
                .send()
                .await;
            match answer {
                Ok(answer) if answer.status() == StatusCode::PERMANENT_REDIRECT => {
                    return Ok(Sent::Upto(next_byte(&answer)));
                }
                Ok(answer) if answer.status().is_success() => {
                    return Ok(Sent::All(answer.json().await?));
                }
                Ok(answer) if answer.status() == StatusCode::CONFLICT => {
                    return Ok(Sent::Upto(self.received(upload, size).await?));
                }
                Ok(answer) if !worth_waiting(answer.status()) => {
                    checked(answer).await?;
                }
                _ if attempt == TRIES => break,
                _ => tokio::time::sleep(Duration::from_secs(1 << attempt.min(5))).await,
            }
        }
        bail!("the instance did not take the bytes; run the same command again to go on from there")
    }
}

/// The server may take the same bytes later.
fn worth_waiting(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

/// The byte after those the server says it has (`Range: bytes=0-N`).
fn next_byte(answer: &Response) -> u64 {
    let range = answer.headers().get(RANGE).and_then(|value| value.to_str().ok());
    range
        .and_then(|range| range.rsplit_once('-'))
        .and_then(|(_, last)| last.parse::<u64>().ok())
        .map_or(0, |last| last + 1)
}

fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn file_name(path: &Path) -> anyhow::Result<String> {
    let name = path.file_name().context("the file has no name")?;
    Ok(name.to_string_lossy().into_owned())
}

/// The answer, or the sentence the instance refused with.
async fn checked(answer: Response) -> anyhow::Result<Response> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let problem: Value = answer.json().await.unwrap_or_default();
    let detail = problem.get("detail").or_else(|| problem.get("error")).and_then(Value::as_str);
    bail!("the instance answered {}: {}", status.as_u16(), detail.unwrap_or("no reason given"))
}
