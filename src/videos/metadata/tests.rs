//! What is accepted and what is refused, field by field.

use serde_json::{Value, json};

use super::*;

fn read(object: Value) -> Result<VideoMetadata, InvalidFields> {
    let Value::Object(map) = object else { panic!("not an object") };
    VideoMetadata::read(&Fields::from_json(map))
}

fn edits(object: Value) -> Result<VideoEdits, InvalidFields> {
    let Value::Object(map) = object else { panic!("not an object") };
    VideoEdits::read(&Fields::from_json(map))
}

fn bad(object: Value) -> Vec<&'static str> {
    read(object).unwrap_err().0.into_iter().map(|field| field.path).collect()
}

#[test]
fn a_title_and_a_channel_are_enough() {
    let metadata = read(json!({ "name": "  A walk ", "channelId": 3 })).unwrap();
    assert_eq!((metadata.name.as_str(), metadata.channel_id), ("A walk", 3));
    assert_eq!(metadata.privacy, Privacy::Public);
    assert_eq!(metadata.comments_policy, None, "as the channel has it");
    assert!(metadata.download_enabled && !metadata.nsfw && !metadata.wait_transcoding);
    assert!(metadata.tags.is_empty() && metadata.passwords.is_empty());
}

#[test]
fn every_field_of_a_form_is_read() {
    let mut fields = Fields::default();
    for (key, text) in [
        ("name", "A walk"),
        ("channelId", "3"),
        ("privacy", "5"),
        ("category", "5"),
        ("licence", "7"),
        ("language", "fr"),
        ("description", "By the **sea**"),
        ("support", "null"),
        ("tags[0]", "sea"),
        ("tags[1]", "Sea"),
        ("tags[2]", "sand"),
        ("nsfw", "true"),
        ("nsfwFlags", "3"),
        ("nsfwSummary", "Bare feet"),
        ("waitTranscoding", "true"),
        ("generateTranscription", "true"),
        ("downloadEnabled", "false"),
        ("commentsPolicy", "3"),
        ("commentsSlowModeSeconds", "30"),
        ("originallyPublishedAt", "2020-01-02T03:04:05.000Z"),
        ("p2pPolicy", "ask"),
        ("scheduleUpdate[updateAt]", "2030-01-01T00:00:00.000Z"),
        ("scheduleUpdate[privacy]", "2"),
        ("videoPasswords[]", "sesame"),
        ("videoPasswords[]", "open up"),
    ] {
        fields.push(key, text.to_owned());
    }
    let metadata = VideoMetadata::read(&fields).unwrap();
    let expected = VideoMetadata {
        name: "A walk".to_owned(),
        channel_id: 3,
        privacy: Privacy::PasswordProtected,
        category: Some(5),
        licence: Some(7),
        language: Some("fr".to_owned()),
        description: Some("By the **sea**".to_owned()),
        support: None,
        tags: vec!["sea".to_owned(), "sand".to_owned()],
        nsfw: true,
        nsfw_flags: 3,
        nsfw_summary: Some("Bare feet".to_owned()),
        wait_transcoding: true,
        download_enabled: false,
        comments_policy: Some(CommentsPolicy::RequiresApproval),
        comments_pause_s: Some(30),
        originally_published_at: Some(Millis(1_577_934_245_000)),
        p2p: Some(P2pPolicy::Ask),
        schedule: Some(Schedule { at: Millis(1_893_456_000_000), privacy: Privacy::Unlisted }),
        passwords: vec!["sesame".to_owned(), "open up".to_owned()],
    };
    assert!(metadata == expected, "{metadata:?}");
}

#[test]
fn fields_out_of_range_are_all_named() {
    assert_eq!(
        bad(json!({
            "name": "ab", "channelId": 0, "privacy": 9, "category": 19, "licence": 8,
            "language": "far too long", "description": "ab", "support": "x", "tags": ["a"],
            "nsfw": "perhaps", "nsfwSummary": "no", "commentsPolicy": 4,
            "originallyPublishedAt": "then", "scheduleUpdate": {}, "videoPasswords": ["x"],
            "generateTranscription": 12,
        })),
        [
            "generateTranscription",
            "name",
            "channelId",
            "privacy",
            "category",
            "licence",
            "language",
            "description",
            "support",
            "tags",
            "nsfw",
            "nsfwSummary",
            "commentsPolicy",
            "originallyPublishedAt",
            "scheduleUpdate.updateAt",
            "videoPasswords",
        ]
    );
    assert_eq!(bad(json!({})), ["name", "channelId"]);
}

#[test]
fn six_tags_are_one_too_many() {
    let six = ["ab", "cd", "ef", "gh", "ij", "kl"];
    assert_eq!(bad(json!({ "name": "A walk", "channelId": 1, "tags": six })), ["tags"]);
}

#[test]
fn a_protected_video_needs_passwords_and_others_drop_them() {
    let base = |privacy: i64, passwords: Value| json!({ "name": "A walk", "channelId": 1, "privacy": privacy, "videoPasswords": passwords });
    assert_eq!(bad(base(5, json!([]))), ["videoPasswords"]);
    assert_eq!(bad(base(5, Value::Null)), ["videoPasswords"]);
    assert_eq!(bad(base(5, json!(["same", "same"]))), ["videoPasswords"]);
    assert!(read(base(1, json!(["unused"]))).unwrap().passwords.is_empty());
}

#[test]
fn a_schedule_must_not_lead_to_a_private_video() {
    let at = "2030-01-01T00:00:00Z";
    for privacy in [3, 5] {
        assert_eq!(
            bad(json!({ "name": "A walk", "channelId": 1,
                        "scheduleUpdate": { "updateAt": at, "privacy": privacy } })),
            ["scheduleUpdate.privacy"],
        );
    }
}

#[test]
fn nsfw_details_need_nsfw() {
    let metadata = json!({ "name": "A walk", "channelId": 1, "nsfwFlags": 1,
                           "nsfwSummary": "Bare feet" });
    assert_eq!(bad(metadata), ["nsfwFlags", "nsfwSummary"]);
}

#[test]
fn an_edit_tells_absent_from_empty() {
    let edits = edits(json!({
        "description": null, "category": null, "tags": null, "scheduleUpdate": null,
        "commentsEnabled": false,
    }))
    .unwrap();
    assert_eq!(edits.description, Some(None));
    assert_eq!(edits.category, Some(None));
    assert_eq!(edits.tags, Some(Vec::new()));
    assert_eq!(edits.schedule, Some(None));
    assert_eq!(edits.comments_policy, Some(CommentsPolicy::Disabled));
    assert_eq!((edits.name, edits.support, edits.privacy), (None, None, None));
}

#[test]
fn an_edit_cannot_empty_the_title() {
    assert!(edits(json!({ "name": null })).is_err());
    assert!(edits(json!({ "name": "  " })).is_err());
}

#[test]
fn stored_metadata_reads_back_and_its_debug_form_hides_passwords() {
    let metadata = read(json!({ "name": "A walk", "channelId": 1, "privacy": 5,
                                "videoPasswords": ["sesame"] }))
    .unwrap();
    let stored = serde_json::to_string(&metadata).unwrap();
    assert!(serde_json::from_str::<VideoMetadata>(&stored).unwrap() == metadata);
    assert!(!format!("{metadata:?}").contains("sesame"));
}
