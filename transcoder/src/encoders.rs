//! Which encoders does the libav at hand have?

/// Whether libav knows an encoder by this name, such as `libx264`.
#[must_use]
pub fn has_encoder(name: &str) -> bool {
    ffmpeg_next::codec::encoder::find_by_name(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libav_has_what_renditions_need_and_no_imagined_ones() {
        assert!(has_encoder("libx264") && has_encoder("aac") && has_encoder("mjpeg"));
        assert!(!has_encoder("libnonsense"));
    }
}
