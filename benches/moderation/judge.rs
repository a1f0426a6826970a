//! How long does judging a comment take, and trying a list on many? `cargo bench --bench
//! moderation_judge -- ENTRIES STORED`: entries of the list (10,000), stored comments of 150
//! characters (1,000,000).

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench that fails says where, and prints what it found"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use farandole::app::{App, Parts, SystemClock, SystemRandomness};
use farandole::config::{Config, Overrides};
use farandole::db::moderation::entries::{self, NewEntry};
use farandole::db::moderation::lists::{self, ListTexts};
use farandole::db::moderation::previews::{self as stored, NewPreview};
use farandole::db::revisions::{self, Stored};
use farandole::db::{Db, DbError, DbSettings, sql};
use farandole::domain::Millis;
use farandole::domain::moderation::{Action, Format, Scope, Surface};
use farandole::moderation::{self, Item, previews};
use farandole::transact;
use farandole_storage::Store;
use farandole_transcoder::worker::Worker;
use tokio_util::sync::CancellationToken;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const OPTIONS: &str =
    r#"{"confusables":true,"leet":true,"separators":true,"repeats":true,"bidi":true}"#;

async fn app(folder: &std::path::Path) -> App {
    let data_dir = Some(folder.to_owned());
    let listen = Some("127.0.0.1:0".parse().unwrap());
    let config = Config::load(None, &Overrides { data_dir, listen }).unwrap();
    let settings =
        DbSettings { url: config.database.url.clone(), max_connections: 4, backup_dir: None };
    App::new(Parts {
        db: Db::open(&settings).await.unwrap(),
        store: Store::open(&config.storage.store_config().unwrap()).await.unwrap(),
        worker: Worker::new("true", [""; 0]),
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        secret: [7; 32],
        config,
    })
}

/// Words that look like some: letters by a fixed rule.
fn word(number: usize) -> String {
    let mut rest = number.wrapping_mul(2_654_435_761) % 1_000_000_007 + 26;
    let mut word = String::new();
    while rest > 0 {
        let letters = b"etaoinshrdlucmfwypvbgkqjxz";
        word.push(char::from(letters[rest % 26]));
        rest /= 26;
    }
    word
}

fn comment(number: usize, characters: usize) -> String {
    let mut text = String::new();
    let mut at = number * 31 + 1_000_000;
    while text.len() < characters {
        text.push_str(&word(at));
        text.push(' ');
        at += 1;
    }
    text.truncate(characters);
    text
}

async fn fill(app: &App, words: usize) -> i64 {
    let now = app.now();
    let texts = ListTexts {
        name: "bench".to_owned(),
        language: None,
        options: OPTIONS.to_owned(),
        action: Action::Hold,
        surfaces: Vec::new(),
        enabled: true,
        expires_at: None,
        published: false,
    };
    let new: Vec<NewEntry> = (0..words)
        .map(|number| NewEntry {
            mode: "whole_word".to_owned(),
            text: word(number),
            ..NewEntry::default()
        })
        .collect();
    let id: Result<i64, DbError> = transact!(app.db(), tx => {
        let id = lists::insert(tx, Scope::Instance, &texts, now).await?;
        entries::insert_all(tx, id, &new, false, now).await?;
        lists::touch(tx, id, now).await?;
        Ok(id)
    });
    id.unwrap()
}

async fn judge(app: &App) {
    let texts: Vec<String> = (0..200).map(|number| comment(number, 500)).collect();
    let item = |text| Item {
        surface: Surface::Comment,
        text,
        format: Format::Markdown,
        author_actor_id: Some(1),
        author_role: None,
        channel_id: Some(1),
        owner_account_id: Some(1),
        language: None,
    };
    let began = Instant::now();
    moderation::judge(app, &item("first")).await.unwrap();
    println!("first judgement, automaton built: {:?}", began.elapsed());
    println!("automata: {} bytes", moderation::memory_bytes(app).await);
    let mut taken = Vec::new();
    for _ in 0..50 {
        for text in &texts {
            let began = Instant::now();
            moderation::judge(app, &item(text)).await.unwrap();
            taken.push(began.elapsed());
        }
    }
    taken.sort();
    let at = |part: usize| taken[(taken.len() - 1) * part / 100];
    println!("judge, 500 characters: median {:?}, p99 {:?}", at(50), at(99));
}

async fn write(app: &App, stored: usize) {
    let now = app.now();
    for first in (0..stored).step_by(5_000) {
        let rows: Vec<String> =
            (first..stored.min(first + 5_000)).map(|number| comment(number, 150)).collect();
        let json = serde_json::Value::from(rows).to_string();
        let written: Result<u64, DbError> = transact!(app.db(), tx => {
            sql("INSERT INTO revisions (subject_kind, subject_id, field, text, state, surface, \
                 format, created_at) SELECT 'comment', 1, 'text', value, 'shown', 'comment', \
                 'markdown', $1 FROM json_each($2)")
            .int(now.0)
            .text(&json)
            .run(tx)
            .await
        });
        written.unwrap();
    }
}

async fn preview(app: &App, list: i64) {
    let all =
        Stored { since: Millis(0), last_id: i64::MAX, channel_id: None, owner_account_id: None };
    let began = Instant::now();
    let extent = revisions::measure(&mut app.db().read().await.unwrap(), &all).await.unwrap();
    let now = app.now();
    let id: Result<i64, DbError> = transact!(app.db(), tx => {
        sql("INSERT INTO actors (id, kind, name, name_folded, ap_url, created_at, updated_at) \
             VALUES (1, 'account', 'a', 'a', 'a', 0, 0)").run(tx).await?;
        let new = NewPreview {
            by: 1,
            scope: Scope::Instance,
            list_id: Some(list),
            plugin_id: None,
            draft: "",
            since: Millis(0),
            extent,
        };
        stored::insert(tx, &new, now).await
    });
    let id = id.unwrap();
    previews::run(app, id, &CancellationToken::new()).await.unwrap();
    let row = stored::by_id(&mut app.db().read().await.unwrap(), id).await.unwrap().unwrap();
    println!(
        "preview of {} stored comments: {:?}, {} found",
        row.examined,
        began.elapsed(),
        row.hits
    );
}

fn main() {
    let numbers: Vec<usize> =
        std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let words = numbers.first().copied().unwrap_or(10_000);
    let stored = numbers.get(1).copied().unwrap_or(1_000_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let app = app(folder.path()).await;
        let list = fill(&app, words).await;
        println!("entries: {words}");
        judge(&app).await;
        write(&app, stored).await;
        preview(&app, list).await;
        app.shutdown(Duration::from_secs(5)).await;
    });
}
