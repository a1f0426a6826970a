//! What happens to a picture between decoder and encoders? The text of one libavfilter graph:
//! deinterlace, scale to the largest size, turn, bring to BT.709, then step down size by size.
//! Text only; builds and runs nothing.

use crate::av::VideoFormat;
use crate::plan::VideoEncode;
use crate::spec::{ImageSettings, VideoTrack};

/// A size pictures leave the chain in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// Width, pixels, even.
    pub width: u32,
    /// Height, pixels, even.
    pub height: u32,
}

/// How the source's brightness is coded, where that is not standard dynamic range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hdr {
    /// SMPTE ST 2084.
    Pq,
    /// ARIB STD-B67.
    Hlg,
}

/// What is to be done with every picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chain {
    /// Exits, largest first, never empty.
    pub sizes: Vec<Size>,
    /// Clockwise turn, degrees.
    pub rotation_degrees: u32,
    /// Fields are to be made frames.
    pub deinterlace: bool,
    /// Tone mapping is needed.
    pub hdr: Option<Hdr>,
}

/// ISO/IEC 23091-2 matrix numbers that swscale knows by another name than BT.709.
const BT709: u32 = 1;
const UNSPECIFIED: u32 = 2;

impl Chain {
    /// The chain of sizes: one for the pictures when the largest encode is too small for them, then
    /// one per encode.
    pub(crate) fn for_video(
        video: &VideoTrack,
        encodes: &[VideoEncode],
        images: Option<&ImageSettings>,
    ) -> Self {
        let mut sizes: Vec<Size> = encodes
            .iter()
            .map(|encode| Size { width: encode.settings.width, height: encode.settings.height })
            .collect();
        if let Some(images) = images {
            let longest = video.display_width.max(video.display_height);
            let wanted = images.preview_px.clamp(2, longest.max(2));
            let even = |side: u32| {
                let scaled = f64::from(side) * f64::from(wanted) / f64::from(longest.max(1));
                ((scaled / 2.0).floor() as u32 * 2).max(2)
            };
            let size =
                Size { width: even(video.display_width), height: even(video.display_height) };
            if sizes.first().is_none_or(|top| top.width < size.width || top.height < size.height) {
                sizes.insert(0, size);
            }
        }
        let hdr = match video.transfer.as_deref() {
            Some("smpte2084") => Some(Hdr::Pq),
            Some("arib-std-b67") => Some(Hdr::Hlg),
            _ => None,
        };
        Chain {
            sizes,
            rotation_degrees: video.rotation_degrees,
            deinterlace: video.interlaced,
            hdr,
        }
    }

    /// The graph for pictures that come in `format`.
    pub(crate) fn describe(&self, format: &VideoFormat) -> String {
        let mut filters = Vec::new();
        if self.deinterlace {
            filters.push("bwdif=mode=send_frame:deint=interlaced".to_owned());
        }
        let top = self.sizes.first().copied().unwrap_or(Size { width: 2, height: 2 });
        let inner = self.fit(format, top);
        let turned = self.rotation_degrees % 180 == 90;
        let (width, height) =
            if turned { (inner.height, inner.width) } else { (inner.width, inner.height) };
        filters.push(format!("scale={width}:{height}:flags=bicubic{}", self.conversion(format)));
        match self.hdr {
            Some(hdr) => filters.push(tone_map(hdr)),
            None => filters.push("format=yuv420p".to_owned()),
        }
        match self.rotation_degrees {
            90 => filters.push("transpose=clock".to_owned()),
            180 => filters.push("hflip,vflip".to_owned()),
            270 => filters.push("transpose=cclock".to_owned()),
            _ => {}
        }
        if inner != top {
            filters.push(format!("pad={}:{}:(ow-iw)/2:(oh-ih)/2", top.width, top.height));
        }
        filters.push("setsar=1".to_owned());
        format!("[in]{}{}", filters.join(","), self.steps())
    }

    /// The largest size within `top` that keeps the shape of what comes in: `top` itself but for
    /// rounding, unless the picture changed its shape in mid-file.
    fn fit(&self, format: &VideoFormat, top: Size) -> Size {
        let aspect = format.aspect.as_f64();
        let aspect = if (0.125..=8.0).contains(&aspect) { aspect } else { 1.0 };
        let (width, height) = (f64::from(format.width) * aspect, f64::from(format.height));
        let shape = if self.rotation_degrees % 180 == 90 { height / width } else { width / height };
        let wanted = f64::from(top.width) / f64::from(top.height);
        let even = |value: f64, most: u32| ((value / 2.0).round() as u32 * 2).clamp(2, most);
        if (shape / wanted - 1.0).abs() < 0.05 || !shape.is_finite() {
            top
        } else if shape > wanted {
            Size { height: even(f64::from(top.width) / shape, top.height), ..top }
        } else {
            Size { width: even(f64::from(top.height) * shape, top.width), ..top }
        }
    }

    /// What swscale must be told to arrive at BT.709 with TV range; nothing where that is what
    /// comes in, so that pictures of the right size pass untouched.
    fn conversion(&self, format: &VideoFormat) -> String {
        if self.hdr.is_some() {
            return String::new();
        }
        let name = crate::av::pixel_format_name(format.pixel_format);
        let rgb = ["rgb", "bgr", "gbr", "pal8", "argb", "abgr", "xyz"]
            .iter()
            .any(|start| name.starts_with(start));
        if rgb {
            return ":out_color_matrix=bt709:out_range=tv".to_owned();
        }
        let matrix = match format.matrix {
            // Untagged: what players assume, by size.
            UNSPECIFIED | 0 | 3 if format.height >= 720 => BT709,
            UNSPECIFIED | 0 | 3 => 6,
            tagged => tagged,
        };
        let from = match matrix {
            4 => "fcc",
            7 => "smpte240m",
            9 | 10 => "bt2020",
            5 | 6 => "bt601",
            _ => "bt709",
        };
        let range = if format.full_range { ":in_range=pc:out_range=tv" } else { "" };
        if from == "bt709" {
            range.to_owned()
        } else {
            format!(":in_color_matrix={from}:out_color_matrix=bt709{range}")
        }
    }

    /// Each exit takes its pictures and hands them on to be made smaller.
    fn steps(&self) -> String {
        let mut text = String::new();
        let last = self.sizes.len().saturating_sub(1);
        for (exit, _) in self.sizes.iter().enumerate() {
            if exit == last {
                text.push_str(&format!("[out{exit}]"));
            } else if let Some(next) = self.sizes.get(exit + 1) {
                text.push_str(&format!(
                    ",split=2[out{exit}][step{exit}];[step{exit}]scale={}:{}:flags=bicubic",
                    next.width, next.height
                ));
            }
        }
        text
    }
}

/// PQ or HLG to BT.709: linear light, smaller gamut, Hable's curve.
fn tone_map(hdr: Hdr) -> String {
    let transfer = match hdr {
        Hdr::Pq => "smpte2084",
        Hdr::Hlg => "arib-std-b67",
    };
    format!(
        "zscale=tin={transfer}:pin=bt2020:min=bt2020nc:rin=limited:t=linear:npl=100,\
         format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,\
         zscale=t=bt709:m=bt709:r=limited,format=yuv420p"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::av::Rational;

    fn chain(sizes: &[(u32, u32)]) -> Chain {
        let sizes = sizes.iter().map(|(width, height)| Size { width: *width, height: *height });
        Chain { sizes: sizes.collect(), rotation_degrees: 0, deinterlace: false, hdr: None }
    }

    fn hd() -> VideoFormat {
        VideoFormat {
            width: 1920,
            height: 1080,
            pixel_format: 0,
            aspect: Rational::new(1, 1),
            matrix: UNSPECIFIED,
            full_range: false,
        }
    }

    #[test]
    fn sizes_step_down_from_the_largest() {
        assert_eq!(
            chain(&[(1280, 720), (640, 360)]).describe(&hd()),
            "[in]scale=1280:720:flags=bicubic,format=yuv420p,setsar=1,split=2[out0][step0];\
             [step0]scale=640:360:flags=bicubic[out1]"
        );
    }

    #[test]
    fn a_turned_picture_is_scaled_before_it_is_turned() {
        let chain = Chain { rotation_degrees: 90, ..chain(&[(720, 1280)]) };
        let text = chain.describe(&hd());
        assert!(text.contains("scale=1280:720") && text.contains("transpose=clock"), "{text}");
    }

    #[test]
    fn another_shape_in_mid_file_gets_borders() {
        let square = VideoFormat { width: 800, height: 800, ..hd() };
        let text = chain(&[(1280, 720)]).describe(&square);
        assert!(text.contains("scale=720:720") && text.contains("pad=1280:720"), "{text}");
    }

    #[test]
    fn standard_definition_is_brought_to_the_matrix_of_the_tags() {
        let old = VideoFormat { width: 640, height: 480, ..hd() };
        assert!(chain(&[(640, 480)]).describe(&old).contains("in_color_matrix=bt601"));
        let tagged = VideoFormat { matrix: BT709, ..old };
        assert!(!chain(&[(640, 480)]).describe(&tagged).contains("matrix"));
    }
}
