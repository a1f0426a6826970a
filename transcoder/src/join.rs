//! How do the pictures of one rendition and the sound of another become one file to keep? Both
//! are copied into a new fragmented MP4, a fragment from each picture a decoder can start at.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::av::{
    Fragmenter, Input, MediaKind, MuxTrack, Packet, Parameters, Rational, ReadError, rescale,
};
use crate::failure::Failure;
use crate::spec::JoinOrder;

/// A file of which one track is copied.
struct Copied<'c> {
    input: Input<'c>,
    stream: usize,
    time_base: Rational,
    /// Read, but of a later fragment.
    next: Option<Packet>,
}

impl<'c> Copied<'c> {
    fn open(path: &Path, kind: MediaKind, cancelled: &'c AtomicBool) -> Result<Self, Failure> {
        let mut input = Input::open(path, cancelled)
            .map_err(|error| Failure::crash("open a finished file", error))?;
        let found = input.streams().find(|stream| stream.kind() == kind && !stream.is_cover());
        let found = found.map(|stream| (stream.index(), stream.time_base()));
        let (stream, time_base) =
            found.ok_or_else(|| Failure::not_media("A file lacks the track to take from it."))?;
        input.keep_streams(|index| index == stream);
        Ok(Self { input, stream, time_base, next: None })
    }

    fn track(&self, language: Option<&str>) -> Result<MuxTrack, Failure> {
        let stream = self.input.stream(self.stream);
        let stream = stream.ok_or_else(|| Failure::not_media("A track is gone."))?;
        let parameters = Parameters::of_stream(&stream)
            .map_err(|error| Failure::crash("read a track's codec", error))?;
        let language = language.map(str::to_owned);
        Ok(MuxTrack { parameters, time_base: self.time_base, language })
    }

    /// The next packet of the track; `None` at the end of the file.
    fn read(&mut self) -> Result<Option<Packet>, Failure> {
        if let Some(packet) = self.next.take() {
            return Ok(Some(packet));
        }
        loop {
            match self.input.read() {
                Ok(Some(packet)) if packet.stream() == self.stream => return Ok(Some(packet)),
                Ok(Some(_)) => {}
                Ok(None) => return Ok(None),
                Err(ReadError::Cancelled) => return Err(Failure::cancelled()),
                Err(ReadError::Broken) => {
                    return Err(Failure::damaged("A finished file breaks off."));
                }
            }
        }
    }

    fn time_us(&self, packet: &Packet) -> i64 {
        let time = packet.dts().or(packet.pts()).unwrap_or(0);
        rescale(time, self.time_base, Rational::MICROSECONDS)
    }
}

/// Puts the first video track of one file and the first sound track of another into a new one.
pub(crate) fn run(order: &JoinOrder, cancelled: &AtomicBool) -> Result<(), Failure> {
    let mut pictures = Copied::open(&order.video, MediaKind::Video, cancelled)?;
    let mut sound = Copied::open(&order.audio, MediaKind::Audio, cancelled)?;
    let tracks = [pictures.track(None)?, sound.track(order.language.as_deref())?];
    let fragmenter = Fragmenter::open(&tracks)
        .map_err(|error| Failure::crash("start the joined file", error))?;
    let file = File::options()
        .write(true)
        .create_new(true)
        .open(&order.output)
        .map_err(|error| Failure::output(&error))?;
    let mut output = Output { file, fragmenter, begun: false };
    while let Some(first) = pictures.read()? {
        if cancelled.load(Ordering::Relaxed) {
            return Err(Failure::cancelled());
        }
        let end_us = output.take_pictures(&mut pictures, first)?;
        output.take_sound(&mut sound, end_us)?;
        output.finish_fragment()?;
    }
    if output.take_sound(&mut sound, None)? {
        output.finish_fragment()?;
    }
    Ok(())
}

/// The file under construction.
struct Output {
    file: File,
    fragmenter: Fragmenter,
    begun: bool,
}

impl Output {
    /// Writes pictures up to the next one to start at; when that is, in microseconds.
    fn take_pictures(
        &mut self,
        pictures: &mut Copied<'_>,
        first: Packet,
    ) -> Result<Option<i64>, Failure> {
        self.write(0, first)?;
        while let Some(packet) = pictures.read()? {
            if packet.is_key() {
                let end_us = pictures.time_us(&packet);
                pictures.next = Some(packet);
                return Ok(Some(end_us));
            }
            self.write(0, packet)?;
        }
        Ok(None)
    }

    /// Writes sound up to a time, or all of it; whether there was any.
    fn take_sound(&mut self, sound: &mut Copied<'_>, end_us: Option<i64>) -> Result<bool, Failure> {
        let mut any = false;
        while let Some(packet) = sound.read()? {
            if end_us.is_some_and(|end_us| sound.time_us(&packet) >= end_us) {
                sound.next = Some(packet);
                break;
            }
            self.write(1, packet)?;
            any = true;
        }
        Ok(any)
    }

    fn write(&mut self, track: usize, mut packet: Packet) -> Result<(), Failure> {
        let written = self.fragmenter.write(track, &mut packet);
        written.map_err(|error| Failure::crash("copy a packet", error))
    }

    fn finish_fragment(&mut self) -> Result<(), Failure> {
        let failed = |error| Failure::crash("finish a fragment", error);
        if !self.begun {
            self.begun = true;
            let bytes = self.fragmenter.finish_init().map_err(failed)?;
            self.file.write_all(&bytes).map_err(|error| Failure::output(&error))?;
        }
        let bytes = self.fragmenter.finish_fragment().map_err(failed)?;
        self.file.write_all(&bytes).map_err(|error| Failure::output(&error))
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::spec::Limits;

    fn ffmpeg(args: &[&str], output: &Path) {
        let status = Command::new("ffmpeg")
            .args(["-v", "error", "-f", "lavfi"])
            .args(args)
            .args(["-movflags", "frag_keyframe+empty_moov+default_base_moof", "-y"])
            .arg(output)
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// One line a stream: kind, codec, language, packets.
    fn streams(path: &Path) -> String {
        let entries = "stream=codec_type,codec_name,nb_read_packets:stream_tags=language";
        let output = Command::new("ffprobe")
            .args(["-v", "error", "-count_packets", "-show_entries", entries, "-of", "csv=p=0"])
            .arg(path)
            .output()
            .unwrap();
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn pictures_and_sound_of_two_files_become_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let (video, audio, output) = (path("v.mp4"), path("a.mp4"), path("out.mp4"));
        let pictures = "testsrc2=s=128x72:r=25:d=4";
        ffmpeg(&["-i", pictures, "-c:v", "libx264", "-g", "25", "-bf", "2"], &video);
        ffmpeg(&["-i", "sine=r=48000:d=4", "-c:a", "aac"], &audio);
        let order = JoinOrder {
            video,
            audio: audio.clone(),
            output: output.clone(),
            language: Some("fra".to_owned()),
            limits: Limits::default(),
        };
        run(&order, &AtomicBool::new(false)).unwrap();
        let said = streams(&output);
        let sounds = streams(&audio);
        let sounds = sounds.trim().split(',').nth(2).unwrap().to_owned();
        let lines: Vec<_> = said.lines().collect();
        assert_eq!(lines.len(), 2, "{said}");
        assert!(lines[0].starts_with("h264,video,100"), "{said}");
        assert!(lines[1].starts_with(&format!("aac,audio,{sounds},")), "{said}");
        assert!(lines[1].ends_with(",fra"), "{said}");
        // A player finds nothing wrong with it.
        let status = Command::new("ffmpeg")
            .args(["-v", "error", "-xerror", "-i"])
            .arg(&output)
            .args(["-f", "null", "-"])
            .output()
            .unwrap();
        assert!(status.status.success() && status.stderr.is_empty(), "{status:?}");
    }

    #[test]
    fn a_file_without_the_track_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let audio = dir.path().join("a.mp4");
        ffmpeg(&["-i", "sine=r=48000:d=1", "-c:a", "aac"], &audio);
        let order = JoinOrder {
            video: audio.clone(),
            audio,
            output: dir.path().join("out.mp4"),
            language: None,
            limits: Limits::default(),
        };
        let failure = run(&order, &AtomicBool::new(false)).unwrap_err();
        assert_eq!(failure.kind, crate::spec::FailureKind::NotMedia);
    }
}
