//! Which swarms does this node's tracker know? Those of every video that can be played and is
//! shared: all of them at the start, then whatever changes, so that no message costs a look into
//! the database. What this node commits is in force as soon as it is read again, which begins at
//! once; what others commit, within a second.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::ticket;
use crate::app::App;
use crate::db::DbError;
use crate::db::videos::passwords;
use crate::db::videos::swarms::{self, PlayableSwarm, SwarmKind};
use crate::domain::p2p::Decisive;
use crate::domain::{P2pPolicy, Privacy};
use crate::tracker::directory::Swarm;
use crate::videos::cache;

/// Videos read at once at the start.
const PAGE: i64 = 500;
/// After a failure.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Default)]
struct Started(AtomicBool);

/// Fills the tracker's directory, and keeps it until the server stops.
pub fn start(app: &App) {
    if app.room::<Started>().0.swap(true, Ordering::SeqCst) {
        return;
    }
    let changed = cache::changed_videos(app);
    let keeper = app.clone();
    app.spawn(async move {
        let stopping = keeper.stopping();
        let keep = async {
            // Watching began before: what changes meanwhile is read again afterwards.
            while !done(fill(&keeper).await).await {}
            loop {
                let ids: Vec<i64> = changed.next().await.into_iter().collect();
                while !done(read(&keeper, &ids).await).await {}
            }
        };
        tokio::select! {
            () = stopping.cancelled() => {}
            () = keep => {}
        }
    });
}

/// False, after a pause, when it has to be done again.
async fn done(outcome: Result<(), DbError>) -> bool {
    let Err(error) = outcome else { return true };
    tracing::warn!(error = %error, "the swarms could not be read, tried again soon");
    tokio::time::sleep(PAUSE).await;
    false
}

async fn fill(app: &App) -> Result<(), DbError> {
    let mut after = 0;
    loop {
        let mut conn = app.db().read().await?;
        let ids = swarms::videos_after(&mut conn, after, PAGE).await?;
        drop(conn);
        let Some(last) = ids.last() else { return Ok(()) };
        after = *last;
        read(app, &ids).await?;
    }
}

/// Reads some videos' swarms anew. Those that stay keep their peers, the others end.
async fn read(app: &App, ids: &[i64]) -> Result<(), DbError> {
    let mut conn = app.db().read().await?;
    let found = swarms::playable(&mut conn, ids).await?;
    let passwords = passwords::of_videos(&mut conn, ids).await?;
    drop(conn);
    let instance = super::instance_policy(app.config());
    for id in ids {
        let of_video = found.iter().filter(|one| one.video_id == *id);
        let passwords = passwords.get(id).map_or(&[][..], Vec::as_slice);
        let swarms: Vec<Swarm> =
            of_video.filter_map(|one| entry(one, passwords, instance)).collect();
        app.tracker().replace(*id, &swarms);
    }
    Ok(())
}

/// The swarm as the tracker knows it, if it is one just now.
fn entry(one: &PlayableSwarm, passwords: &[i64], instance: P2pPolicy) -> Option<Swarm> {
    let (channel, video, privacy) = (one.channel, one.video, one.privacy);
    let policy = Decisive { instance, channel, video, privacy, nsfw: one.nsfw }.in_force();
    let open = privacy == Privacy::Public;
    let exists = match one.swarm.kind {
        SwarmKind::Own => policy.shares(),
        SwarmKind::PeerTube => open && policy == P2pPolicy::On,
    };
    let info_hash = one.swarm.info_hash;
    // A video of another privacy may keep passwords for later: they are none of its locks.
    let locks = if privacy == Privacy::PasswordProtected { passwords } else { &[] };
    let pass = ticket::pass(one.generation, locks.iter().copied());
    exists.then_some(Swarm { info_hash, pass, open })
}
