//! Which frames become pictures, and how? Chooses a telling frame for thumbnail and preview,
//! collects the tiles of the storyboard, and writes JPEG files.

use std::path::{Path, PathBuf};

use crate::av::{Encoder, Frame, Graph, Rational, VideoFormat};
use crate::failure::Failure;
use crate::spec::{Event, ImageKind, ImageSettings, Tiles};

/// Frames looked at for thumbnail and preview.
const CANDIDATES: i64 = 8;

/// They come from the first fifth, and from no further in than this, microseconds.
const LAST_CANDIDATE_US: i64 = 24_000_000;

/// JPEG quantizers: pictures people look at, and small tiles.
const FINE: i32 = 4;
const COARSE: i32 = 7;

/// When frames are wanted. Kept apart from making the pictures, so that whoever decodes can ask
/// without waiting.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    candidates: Vec<i64>,
    next_candidate: usize,
    tile_us: i64,
    next_tile: i64,
    max_tiles: i64,
}

/// What a frame is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// It may become thumbnail and preview; true as well for the last of them.
    pub candidate: bool,
    /// No further candidate will come.
    pub last_candidate: bool,
    /// It is the next tile of the storyboard.
    pub tile: bool,
}

impl Schedule {
    /// For media of `duration_us`; without `storyboard` only thumbnail and preview.
    pub(crate) fn new(settings: &ImageSettings, duration_us: i64, storyboard: bool) -> Self {
        let reach = (duration_us / 5).clamp(0, LAST_CANDIDATE_US);
        let tiles = i64::from(settings.max_tiles.max(1));
        let seconds = duration_us.div_euclid(1_000_000 * tiles) + 1;
        let exact = duration_us > 0 && duration_us % (1_000_000 * tiles) == 0;
        let seconds = (seconds - i64::from(exact)).max(1);
        Self {
            candidates: (0..CANDIDATES).map(|n| reach * n / (CANDIDATES - 1)).collect(),
            next_candidate: 0,
            tile_us: seconds * 1_000_000,
            next_tile: 0,
            max_tiles: if storyboard { tiles } else { 0 },
        }
    }

    /// Media time of one tile, whole seconds.
    pub(crate) fn tile_seconds(&self) -> u32 {
        u32::try_from(self.tile_us / 1_000_000).unwrap_or(u32::MAX)
    }

    /// What a frame at `time_us` is wanted for, if anything.
    pub(crate) fn ask(&mut self, time_us: i64) -> Option<Wanted> {
        let mut wanted = Wanted { candidate: false, last_candidate: false, tile: false };
        while self.candidates.get(self.next_candidate).is_some_and(|at| *at <= time_us) {
            self.next_candidate += 1;
            wanted.candidate = true;
            wanted.last_candidate = self.next_candidate == self.candidates.len();
        }
        if self.next_tile < self.max_tiles && time_us >= self.next_tile * self.tile_us {
            self.next_tile += 1;
            wanted.tile = true;
        }
        (wanted.candidate || wanted.tile).then_some(wanted)
    }
}

/// Makes the pictures of one video.
pub(crate) struct Images {
    dir: PathBuf,
    settings: ImageSettings,
    tile_seconds: u32,
    best: Option<(f64, Frame)>,
    tiles: Vec<Frame>,
    tile_graph: Option<(VideoFormat, Graph)>,
}

impl Images {
    /// Pictures below `dir`; `tile_seconds` as the schedule says.
    pub(crate) fn new(dir: &Path, settings: &ImageSettings, tile_seconds: u32) -> Self {
        Self {
            dir: dir.to_owned(),
            settings: settings.clone(),
            tile_seconds,
            best: None,
            tiles: Vec::new(),
            tile_graph: None,
        }
    }

    /// Takes a frame: `large` for thumbnail and preview, `small` for judging it and for tiles.
    pub(crate) fn offer(
        &mut self,
        wanted: Wanted,
        large: Frame,
        small: Frame,
        emit: &mut dyn FnMut(Event),
    ) -> Result<(), Failure> {
        if wanted.candidate {
            let score = score(&small);
            if self.best.as_ref().is_none_or(|(best, _)| score > *best) {
                self.best = Some((score, large));
            }
        }
        if wanted.last_candidate {
            self.write_stills(emit)?;
        }
        if wanted.tile {
            let (width, height) = within(&small, self.settings.tile_px);
            if let Some(tile) = resize(&mut self.tile_graph, small, width, height)? {
                self.tiles.push(tile);
            }
        }
        Ok(())
    }

    /// Writes what is still to be written.
    pub(crate) fn finish(&mut self, emit: &mut dyn FnMut(Event)) -> Result<(), Failure> {
        self.write_stills(emit)?;
        self.write_storyboard(emit)
    }

    fn write_stills(&mut self, emit: &mut dyn FnMut(Event)) -> Result<(), Failure> {
        let Some((_, frame)) = self.best.take() else { return Ok(()) };
        for (kind, longest, name) in [
            (ImageKind::Thumbnail, self.settings.thumbnail_px, "thumbnail.jpg"),
            (ImageKind::Preview, self.settings.preview_px, "preview.jpg"),
        ] {
            let (width, height) = within(&frame, longest);
            let copy = frame.share().map_err(|error| Failure::crash("keep a picture", error))?;
            let Some(picture) = resize(&mut None, copy, width, height)? else { continue };
            self.write(&picture, FINE, name)?;
            emit(Event::Image { kind, file: name.to_owned(), width, height, tiles: None });
        }
        Ok(())
    }

    fn write_storyboard(&mut self, emit: &mut dyn FnMut(Event)) -> Result<(), Failure> {
        let tiles = std::mem::take(&mut self.tiles);
        let Some(first) = tiles.first() else { return Ok(()) };
        let (width, height) = (first.width(), first.height());
        let count = u32::try_from(tiles.len()).unwrap_or(u32::MAX);
        let columns = self.settings.tiles_per_row.clamp(1, count);
        let rows = count.div_ceil(columns);
        let mut sheet = Frame::picture(columns * width, rows * height, true)
            .map_err(|error| Failure::crash("make the storyboard", error))?;
        blacken(&mut sheet);
        for (tile, place) in tiles.iter().zip(0_u32..) {
            paste(&mut sheet, tile, place % columns * width, place / columns * height);
        }
        self.write(&sheet, COARSE, "storyboard.jpg")?;
        emit(Event::Image {
            kind: ImageKind::Storyboard,
            file: "storyboard.jpg".to_owned(),
            width: columns * width,
            height: rows * height,
            tiles: Some(Tiles { width, height, seconds: self.tile_seconds, count }),
        });
        Ok(())
    }

    fn write(&self, frame: &Frame, quantizer: i32, name: &str) -> Result<(), Failure> {
        let packet = Encoder::jpeg(frame, quantizer)
            .map_err(|error| Failure::crash("encode a picture", error))?;
        std::fs::write(self.dir.join(name), packet.data()).map_err(|error| Failure::output(&error))
    }
}

/// How much a frame tells: the spread of its brightness, with a strong dislike of nearly black
/// and nearly white ones.
fn score(frame: &Frame) -> f64 {
    let (width, height) = (frame.width(), frame.height());
    let (mut sum, mut squares, mut count) = (0_f64, 0_f64, 0_f64);
    for y in (0..height).step_by(4) {
        for sample in frame.row(0, y, width as usize).iter().step_by(4) {
            let value = f64::from(*sample);
            sum += value;
            squares += value * value;
            count += 1.0;
        }
    }
    if count == 0.0 {
        return 0.0;
    }
    let mean = sum / count;
    let spread = (squares / count - mean * mean).max(0.0).sqrt();
    if (32.0..=224.0).contains(&mean) { spread + 1.0 } else { spread / 8.0 }
}

/// The frame's size brought down until its longest side fits, even on both sides.
fn within(frame: &Frame, longest: u32) -> (u32, u32) {
    let (width, height) = (frame.width().max(2), frame.height().max(2));
    let scale = (f64::from(longest.max(2)) / f64::from(width.max(height))).min(1.0);
    let even = |side: u32| ((f64::from(side) * scale / 2.0).round() as u32 * 2).max(2);
    (even(width), even(height))
}

/// Scales a frame to full-range 4:2:0; the graph is kept for the next one.
fn resize(
    graph: &mut Option<(VideoFormat, Graph)>,
    mut frame: Frame,
    width: u32,
    height: u32,
) -> Result<Option<Frame>, Failure> {
    let failed = |error| Failure::crash("scale a picture", error);
    let format = VideoFormat::of(&frame);
    frame.set_pts(0);
    if !graph.as_ref().is_some_and(|(built, _)| *built == format) {
        let body = format!(
            "[in]scale={width}:{height}:flags=area:in_range=tv:out_range=pc,format=yuvj420p[out0]"
        );
        let built = Graph::video(format, Rational::new(1, 25), &body, 1).map_err(failed)?;
        *graph = Some((format, built));
    }
    let Some((_, graph)) = graph else { return Ok(None) };
    graph.push(Some(frame)).map_err(failed)?;
    graph.pull(0).map_err(failed)
}

fn blacken(sheet: &mut Frame) {
    let (width, height) = (sheet.width(), sheet.height());
    for (plane, value) in [(0, 0_u8), (1, 128), (2, 128)] {
        let (columns, rows) =
            if plane == 0 { (width, height) } else { (width.div_ceil(2), height.div_ceil(2)) };
        for y in 0..rows {
            sheet.row_mut(plane, y, columns as usize).fill(value);
        }
    }
}

/// Copies a tile into the sheet at even coordinates.
fn paste(sheet: &mut Frame, tile: &Frame, left: u32, top: u32) {
    let sheet_width = sheet.width();
    for plane in 0..3 {
        let half = u32::from(plane > 0);
        let (columns, rows) = (tile.width() >> half, tile.height() >> half);
        let from = (left >> half) as usize;
        for y in 0..rows {
            let source = tile.row(plane, y, columns as usize);
            let row = sheet.row_mut(plane, (top >> half) + y, (sheet_width >> half) as usize);
            if let Some(target) = row.get_mut(from..from + source.len()) {
                target.copy_from_slice(source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_stand_for_whole_seconds_and_fit_the_sheet() {
        let settings = ImageSettings { max_tiles: 100, ..ImageSettings::default() };
        for (duration_s, seconds) in [(5, 1), (100, 1), (101, 2), (3600, 36), (14_400, 144)] {
            let mut schedule = Schedule::new(&settings, duration_s * 1_000_000, true);
            assert_eq!(schedule.tile_seconds(), seconds, "{duration_s} s");
            let tiles = (0..duration_s)
                .filter_map(|second| schedule.ask(second * 1_000_000))
                .filter(|wanted| wanted.tile)
                .count();
            assert_eq!(tiles as i64, (duration_s + i64::from(seconds) - 1) / i64::from(seconds));
        }
    }

    #[test]
    fn the_last_candidate_is_announced_once() {
        let mut schedule = Schedule::new(&ImageSettings::default(), 60_000_000, false);
        let asked: Vec<Wanted> = (0..1800).filter_map(|n| schedule.ask(n * 33_333)).collect();
        assert_eq!(asked.len(), 8);
        assert_eq!(asked.iter().filter(|wanted| wanted.last_candidate).count(), 1);
    }

    #[test]
    fn a_black_frame_tells_less_than_a_picture() {
        let mut black = Frame::picture(64, 64, true).unwrap();
        blacken(&mut black);
        let mut stripes = Frame::picture(64, 64, true).unwrap();
        blacken(&mut stripes);
        for y in 0..32 {
            stripes.row_mut(0, y, 64).fill(200);
        }
        assert!(score(&stripes) > score(&black));
    }
}
