//! What of a worker's story goes into the database while it is told? The probe, the moment it
//! can be played, the pictures. Also looks whether the work is still wanted.

use std::time::Duration;

use farandole_transcoder::conversation::Image;
use farandole_transcoder::spec::{Event, Probe, RenditionPlan};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::PublishError;
use super::adopt::{figures, put_image};
use crate::app::App;
use crate::db::DbError;
use crate::db::videos::images;
use crate::db::videos::media_sets::{self, MediaSet};
use crate::db::videos::swarms;
use crate::transact;
use crate::videos::growing::GrowingSet;
use crate::videos::names::{MediaName, stem};
use crate::videos::swarms::named;

/// How often the database is asked whether the video still exists.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Something to write down. Few come in one run, so the channel needs no bound.
pub(super) enum Note {
    Probed(Box<Probe>),
    Planned(Option<RenditionPlan>),
    Playable,
    Image(Image),
}

/// Sends on what has to be written down.
pub(super) fn pass_on(to: &UnboundedSender<Note>, event: &Event) {
    let note = match event {
        Event::Probed { probe } => Note::Probed(Box::new(probe.clone())),
        Event::Planned { renditions, .. } => {
            Note::Planned(renditions.iter().find(|plan| plan.has_video).cloned())
        }
        Event::Playable => Note::Playable,
        Event::Image { kind, file, width, height, tiles } => Note::Image(Image {
            kind: *kind,
            file: file.clone(),
            width: *width,
            height: *height,
            tiles: *tiles,
        }),
        _ => return,
    };
    // The receiver lives as long as the run.
    let _ = to.send(note);
}

/// Writes notes until the worker is done; cancels it when its video is gone. A note that cannot
/// be written is written by the final switch, so the work goes on.
pub(super) async fn write(
    app: &App,
    set: &MediaSet,
    growing: &GrowingSet,
    mut notes: UnboundedReceiver<Note>,
) {
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            note = notes.recv() => {
                let Some(note) = note else { return };
                if let Err(error) = put_down(app, set, growing, note).await {
                    tracing::warn!(error = %error, video.id = set.video_id, "progress not written");
                }
            }
            _ = look.tick() => {
                match is_wanted(app, set).await {
                    Ok(true) => {}
                    Ok(false) => growing.cancel.cancel(),
                    Err(error) => tracing::warn!(error = %error, "the work was not looked up"),
                }
            }
        }
    }
}

async fn is_wanted(app: &App, set: &MediaSet) -> Result<bool, DbError> {
    let mut conn = app.db().read().await?;
    media_sets::is_current(&mut conn, set.id, set.attempt).await
}

async fn put_down(
    app: &App,
    set: &MediaSet,
    growing: &GrowingSet,
    note: Note,
) -> Result<(), PublishError> {
    let now = app.now();
    match note {
        Note::Probed(probe) => {
            let figures = figures(&probe, None, None);
            transact!(app.db(), tx => { media_sets::probed(tx, set, &figures, now).await })?;
        }
        Note::Planned(shown) => {
            write_swarms(app, set, growing).await?;
            let Some(plan) = shown else { return Ok(()) };
            // Sound alone has a shape only once it is known what is shown with it.
            if let Some(probe) = growing.probe().filter(|probe| probe.video.is_none()) {
                let figures = figures(&probe, Some(&plan), None);
                transact!(app.db(), tx => { media_sets::probed(tx, set, &figures, now).await })?;
            }
        }
        Note::Playable => {
            transact!(app.db(), tx => { media_sets::playable(tx, set, now).await })?;
        }
        // A replaced file's pictures wait for the switch; a first upload shows them at once.
        Note::Image(image) if !growing.replaces => {
            let row = put_image(app, set, &growing.dir(), &image).await?;
            transact!(app.db(), tx => { images::put(tx, set.video_uuid, &row, now).await })?;
        }
        Note::Image(_) => {}
    }
    Ok(())
}

/// The master is final from the plan on, and with it the names of the swarms. They are in force
/// once the video can be played, which leaves a change row.
async fn write_swarms(app: &App, set: &MediaSet, growing: &GrowingSet) -> Result<(), DbError> {
    let name =
        |plan: &RenditionPlan| MediaName::Playlist(stem(&plan.file).to_owned()).of(set.generation);
    let Some(master) = growing.master(name) else { return Ok(()) };
    let plans = growing.plans();
    let named = named(app, set.video_uuid, set.generation, &master, plans.iter());
    transact!(app.db(), tx => { swarms::put(tx, set.id, &named).await })
}
