//! `ServerConfig`, `ServerConfigAbout`: what this instance is and can do. What does not exist here
//! yet is said to be off.

use serde_json::{Value, json};

use crate::accounts::pictures::MAX_FILE_BYTES;
use crate::config::{Config, SharingLimit, Signup};
use crate::domain::comment::MAX_CHARS;

const IMAGES: [&str; 5] = [".png", ".jpg", ".jpeg", ".webp", ".gif"];
const THUMBNAILS: [&str; 4] = [".png", ".jpg", ".jpeg", ".webp"];
const VIDEOS: [&str; 12] = [
    ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ogv", ".mpg", ".ts", ".flv", ".mp3", ".ogg",
];
const CAPTIONS: [&str; 2] = [".vtt", ".srt"];
const CAPTION_BYTES: u64 = 20 << 20;
/// How often players report what they shared, milliseconds.
const REPORT_EVERY_MS: u64 = 15_000;

/// PeerTube's `ServerConfig`. `room`: there is some for one more user.
#[must_use]
pub fn server_config(config: &Config, room: bool) -> Value {
    // What is asked first is not enabled by default.
    let on = config.shares_unasked();
    let off = || json!({ "enabled": false });
    let images = |extensions: &[&str]| json!({ "extensions": extensions, "size": { "max": MAX_FILE_BYTES } });
    json!({
        "instance": instance(config),
        "comments": { "maxLength": MAX_CHARS },
        "search": { "remoteUri": { "users": false, "anonymous": false } },
        "plugin": { "registered": [] },
        "theme": { "registered": [] },
        "email": off(),
        "contactForm": off(),
        "serverVersion": env!("CARGO_PKG_VERSION"),
        "serverCommit": null,
        "signup": signup(config, room),
        "transcoding": {
            "hls": { "enabled": true },
            "web_videos": off(),
            "enabledResolutions": config.transcoding.resolutions,
        },
        "import": {
            "videos": { "http": off(), "torrent": off() },
            "videoChannelSynchronization": off(),
            "users": off(),
        },
        "export": {
            "users": { "enabled": false, "exportExpiration": 0, "maxUserVideoQuota": 0 },
        },
        "autoBlacklist": {
            "videos": { "ofUsers": { "enabled": config.moderation.hold_new_videos } },
        },
        "blocklist": { "publicLog": off() },
        "avatar": {
            "file": { "size": { "max": MAX_FILE_BYTES }, "extensions": IMAGES },
            "extensions": IMAGES,
        },
        "video": { "image": images(&THUMBNAILS), "file": { "extensions": VIDEOS } },
        "videoCaption": { "file": { "size": { "max": CAPTION_BYTES }, "extensions": CAPTIONS } },
        "user": {
            "videoQuota": config.accounts.video_quota_bytes,
            "videoQuotaDaily": config.accounts.video_quota_daily_bytes,
        },
        "videoChannels": { "maxPerUser": config.accounts.max_channels },
        "trending": { "videos": { "intervalDays": 7 } },
        "tracker": { "enabled": config.p2p.policy != SharingLimit::Off },
        "followings": { "instance": { "autoFollowIndex": { "indexUrl": "" } } },
        "federation": off(),
        "defaults": { "p2p": { "webapp": { "enabled": on }, "embed": { "enabled": on } } },
        "p2p": { "policy": config.p2p.policy, "minViewers": config.p2p.min_viewers },
        "homepage": off(),
        "openTelemetry": {
            "metrics": { "enabled": true, "playbackStatsInterval": REPORT_EVERY_MS },
        },
        "views": { "views": { "watchingInterval": { "anonymous": 5000, "users": 5000 } } },
    })
}

/// `room`: there is some for one more user.
fn signup(config: &Config, room: bool) -> Value {
    let accounts = &config.accounts;
    let allowed = room && accounts.signup != Signup::Off;
    json!({
        "allowed": allowed,
        "allowedForCurrentIP": allowed,
        "minimumAge": accounts.signup_minimum_age,
        "requiresApproval": accounts.signup == Signup::Approval,
        "requiresEmailVerification": false,
    })
}

fn instance(config: &Config) -> Value {
    json!({
        "name": config.instance.name,
        "shortDescription": config.instance.short_description,
        "defaultClientRoute": "/",
        "isNSFW": false,
        "defaultNSFWPolicy": config.instance.default_nsfw_policy,
        "serverCountry": "",
        "defaultLanguage": "en",
        "support": { "text": "" },
        "social": { "externalLink": "", "mastodonLink": "", "blueskyLink": "", "xLink": "" },
        "customizations": { "javascript": "", "css": "" },
        "avatars": [],
        "banners": [],
    })
}

/// PeerTube's `ServerConfigAbout`.
#[must_use]
pub fn about(config: &Config) -> Value {
    json!({
        "instance": {
            "name": config.instance.name,
            "shortDescription": config.instance.short_description,
            "description": config.instance.short_description,
            "terms": "",
            "codeOfConduct": "",
            "hardwareInformation": "",
            "creationReason": "",
            "moderationInformation": "",
            "administrator": "",
            "maintenanceLifetime": "",
            "businessModel": "",
            "languages": [],
            "categories": [],
            "avatars": [],
            "banners": [],
        },
    })
}
