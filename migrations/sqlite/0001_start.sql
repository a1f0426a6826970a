-- The first schema. The PostgreSQL twin differs in identity columns and bytes only:
-- times are epoch milliseconds, booleans 0/1 BIGINT, UUIDs TEXT, so that one SQL text reads both.

-- Values of the instance itself: sealing secret, OAuth client, boot counters.
CREATE TABLE instance_values (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE nodes (
  name TEXT PRIMARY KEY,
  boot_id TEXT NOT NULL,
  address TEXT,
  seen_at BIGINT NOT NULL
);

-- Other servers. Local things have no host row.
CREATE TABLE hosts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  policy TEXT NOT NULL DEFAULT 'allow',
  failures BIGINT NOT NULL DEFAULT 0,
  retry_at BIGINT,
  created_at BIGINT NOT NULL
);

-- Accounts, channels and the instance, local (host = '') and remote.
CREATE TABLE actors (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  host TEXT NOT NULL DEFAULT '',
  ap_url TEXT NOT NULL UNIQUE,
  inbox_url TEXT,
  shared_inbox_url TEXT,
  outbox_url TEXT,
  followers_url TEXT,
  following_url TEXT,
  rsa_public_pem TEXT,
  rsa_private_sealed BLOB,
  ed25519_public BLOB,
  ed25519_private_sealed BLOB,
  followers_count BIGINT NOT NULL DEFAULT 0,
  following_count BIGINT NOT NULL DEFAULT 0,
  remote_created_at BIGINT,
  fetched_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT
);
-- One name space for accounts and channels, whatever the case.
CREATE UNIQUE INDEX actors_name ON actors (name_folded, host);

CREATE TABLE actor_images (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  actor_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  file TEXT NOT NULL UNIQUE,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX actor_images_actor ON actor_images (actor_id, kind, width);

CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  username TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL UNIQUE,
  email_verified BIGINT NOT NULL DEFAULT 0,
  password_hash TEXT NOT NULL,
  role BIGINT NOT NULL,
  admin_flags BIGINT NOT NULL DEFAULT 0,
  blocked BIGINT NOT NULL DEFAULT 0,
  blocked_reason TEXT,
  video_quota BIGINT NOT NULL,
  video_quota_daily BIGINT NOT NULL,
  preferences TEXT NOT NULL DEFAULT '{}',
  last_login_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE accounts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  actor_id BIGINT NOT NULL UNIQUE REFERENCES actors (id) ON DELETE CASCADE,
  user_id BIGINT UNIQUE REFERENCES users (id) ON DELETE CASCADE,
  display_name TEXT NOT NULL,
  display_sort TEXT NOT NULL,
  description TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE channels (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  actor_id BIGINT NOT NULL UNIQUE REFERENCES actors (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  display_name TEXT NOT NULL,
  display_sort TEXT NOT NULL,
  description TEXT,
  support TEXT,
  public_email TEXT,
  -- 'off', 'ask' or 'on': sharing between viewers, at most; NULL: as the instance.
  p2p_policy TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX channels_account ON channels (account_id);

-- Access and refresh tokens are kept as SHA-256 of what the client holds.
CREATE TABLE oauth_tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  access_hash TEXT NOT NULL UNIQUE,
  refresh_hash TEXT NOT NULL UNIQUE,
  access_expires_at BIGINT NOT NULL,
  refresh_expires_at BIGINT NOT NULL,
  login_device TEXT,
  login_address TEXT,
  login_at BIGINT NOT NULL,
  last_used_device TEXT,
  last_used_address TEXT,
  last_used_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX oauth_tokens_user ON oauth_tokens (user_id);
CREATE INDEX oauth_tokens_expiry ON oauth_tokens (refresh_expires_at);

CREATE TABLE videos (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  ap_url TEXT NOT NULL UNIQUE,
  remote BIGINT NOT NULL DEFAULT 0,
  channel_id BIGINT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  name_sort TEXT NOT NULL,
  description TEXT,
  support TEXT,
  category BIGINT,
  licence BIGINT,
  language TEXT,
  privacy BIGINT NOT NULL,
  -- PeerTube's VideoState.
  state BIGINT NOT NULL,
  -- 1 once it can be listed and played: published, or growing and not waiting for transcoding.
  available BIGINT NOT NULL DEFAULT 0,
  failure TEXT,
  nsfw BIGINT NOT NULL DEFAULT 0,
  nsfw_flags BIGINT NOT NULL DEFAULT 0,
  nsfw_summary TEXT,
  wait_transcoding BIGINT NOT NULL DEFAULT 0,
  download_enabled BIGINT NOT NULL DEFAULT 1,
  comments_policy BIGINT NOT NULL DEFAULT 1,
  -- 'off', 'ask' or 'on': sharing between viewers, at most; NULL: what its kind has.
  p2p_policy TEXT,
  duration_ms BIGINT NOT NULL DEFAULT 0,
  -- Width over height in millionths (16:9 is 1777778); NULL before the probe.
  aspect_ratio_millionths BIGINT,
  views BIGINT NOT NULL DEFAULT 0,
  likes BIGINT NOT NULL DEFAULT 0,
  dislikes BIGINT NOT NULL DEFAULT 0,
  comments BIGINT NOT NULL DEFAULT 0,
  schedule_at BIGINT,
  schedule_privacy BIGINT,
  originally_published_at BIGINT,
  input_file_updated_at BIGINT,
  published_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX videos_listing ON videos (privacy, available, published_at, id);
CREATE INDEX videos_channel ON videos (channel_id, published_at);
CREATE INDEX videos_schedule ON videos (schedule_at);

CREATE TABLE video_tags (
  video_id BIGINT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  tag TEXT NOT NULL,
  tag_folded TEXT NOT NULL,
  PRIMARY KEY (video_id, position)
);
CREATE INDEX video_tags_tag ON video_tags (tag_folded, video_id);

-- Shown to the owner (PeerTube's API lists them), so not hashed; sealed by the instance secret.
CREATE TABLE video_passwords (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  video_id BIGINT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  password_sealed BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX video_passwords_video ON video_passwords (video_id);

-- What of a deleted or remote public object remains, so that its URL answers 410 and is not reused.
CREATE TABLE tombstones (
  ap_url TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  uuid TEXT,
  deleted_at BIGINT NOT NULL
);

-- One uploaded file of a video. The current one has the highest id.
CREATE TABLE originals (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  video_id BIGINT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  generation TEXT NOT NULL UNIQUE,
  filename TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  -- 'scratch' (node, path of an upload), 'stored' (storage_key), or 'dropped'.
  location TEXT NOT NULL,
  node TEXT,
  scratch_path TEXT,
  storage_key TEXT,
  probe TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX originals_video ON originals (video_id);

-- One making of a video's renditions. Every privacy change or replaced file makes a new one.
CREATE TABLE media_sets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  video_id BIGINT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  generation TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  -- 'waiting', 'growing', 'complete', 'failed', 'retired'.
  state TEXT NOT NULL,
  -- Node whose scratch holds the files while it grows; NULL once they are in storage.
  node TEXT,
  attempt BIGINT NOT NULL DEFAULT 0,
  target_duration_s BIGINT,
  original_id BIGINT REFERENCES originals (id) ON DELETE SET NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX media_sets_video ON media_sets (video_id, state);

CREATE TABLE renditions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  media_set_id BIGINT NOT NULL REFERENCES media_sets (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  -- The worker's plan (JSON, farandole-transcoder RenditionPlan).
  plan TEXT NOT NULL,
  resolution BIGINT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  fps_millis BIGINT NOT NULL,
  file TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  storage_key TEXT NOT NULL UNIQUE,
  -- Compact segment index (farandole-transcoder SegmentIndex).
  segments BLOB NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX renditions_set ON renditions (media_set_id, position);

-- Swarms in which viewers of a media set may meet, whatever the policy is just now.
CREATE TABLE swarms (
  media_set_id BIGINT NOT NULL REFERENCES media_sets (id) ON DELETE CASCADE,
  -- 20 bytes in hex, as trackers name swarms.
  info_hash TEXT NOT NULL,
  -- 'own', or 'peertube' for the names that PeerTube's players give to the same files.
  kind TEXT NOT NULL,
  PRIMARY KEY (media_set_id, info_hash)
);

CREATE TABLE video_images (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  video_id BIGINT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  -- 'thumbnail', 'preview' or 'storyboard'.
  kind TEXT NOT NULL,
  -- 1 when a person chose it: a new transcode then leaves it alone.
  chosen BIGINT NOT NULL DEFAULT 0,
  file TEXT NOT NULL UNIQUE,
  storage_key TEXT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  tile_width BIGINT,
  tile_height BIGINT,
  tile_seconds BIGINT,
  tile_count BIGINT,
  created_at BIGINT NOT NULL
);
CREATE INDEX video_images_video ON video_images (video_id, kind);

CREATE TABLE captions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  video_id BIGINT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  language TEXT NOT NULL,
  file TEXT NOT NULL UNIQUE,
  storage_key TEXT NOT NULL,
  automatic BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX captions_language ON captions (video_id, language);

CREATE TABLE chapters (
  video_id BIGINT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  timecode_s BIGINT NOT NULL,
  title TEXT NOT NULL,
  PRIMARY KEY (video_id, timecode_s)
);

-- Where people stopped watching: one row for a person and a video.
CREATE TABLE history (
  actor_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  video_id BIGINT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  position_s BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (actor_id, video_id)
);
CREATE INDEX history_actor ON history (actor_id, updated_at);
CREATE INDEX history_video ON history (video_id);

-- Bytes of renditions by video and day; nothing about who got them.
CREATE TABLE video_traffic (
  video_id BIGINT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  -- Days since 1970-01-01 UTC; 0: everything before the days that are kept one by one.
  day BIGINT NOT NULL,
  -- Sent by this server for playing.
  http_bytes BIGINT NOT NULL,
  -- Got from, and given to, other viewers, as players say.
  p2p_bytes BIGINT NOT NULL,
  upload_bytes BIGINT NOT NULL,
  PRIMARY KEY (video_id, day)
);
CREATE INDEX video_traffic_day ON video_traffic (day);

-- Resumable uploads in flight; the bytes are in the node's scratch.
CREATE TABLE uploads (
  id TEXT PRIMARY KEY,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- 'upload' or 'replace'.
  kind TEXT NOT NULL,
  video_id BIGINT REFERENCES videos (id) ON DELETE CASCADE,
  node TEXT NOT NULL,
  filename TEXT NOT NULL,
  mime_type TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  metadata TEXT NOT NULL,
  -- Identity of the same file sent again by the same user, so that init answers 200.
  fingerprint TEXT NOT NULL,
  -- 'receiving', 'finishing' or 'done'.
  state TEXT NOT NULL,
  -- JSON answer of a finished upload, given again to a client that missed it.
  result TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX uploads_user ON uploads (user_id, fingerprint);
CREATE INDEX uploads_expiry ON uploads (expires_at);

-- Judged text: what people wrote, field by field, and what moderation said of it.
CREATE TABLE revisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  field TEXT NOT NULL,
  text TEXT NOT NULL,
  actor_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  verdict TEXT NOT NULL DEFAULT 'show',
  -- 'shown', 'held', 'rejected' or 'superseded'.
  state TEXT NOT NULL DEFAULT 'shown',
  created_at BIGINT NOT NULL
);
CREATE INDEX revisions_subject ON revisions (subject_kind, subject_id, field, id);

CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  -- 'queued', 'running', 'done' or 'failed'.
  state TEXT NOT NULL DEFAULT 'queued',
  priority BIGINT NOT NULL DEFAULT 0,
  run_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  max_attempts BIGINT NOT NULL,
  -- Only this node may claim it (its scratch holds the bytes).
  only_node TEXT,
  node TEXT,
  boot_id TEXT,
  lease_until BIGINT,
  progress BIGINT NOT NULL DEFAULT 0,
  error TEXT,
  -- At most one unfinished job per key.
  dedupe TEXT,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT
);
CREATE INDEX jobs_claim ON jobs (state, run_at, priority, id);
CREATE UNIQUE INDEX jobs_dedupe ON jobs (dedupe) WHERE state = 'queued' OR state = 'running';

-- The change feed: written in the Tx that causes it, read by caches and indexes.
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  id BIGINT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX changes_at ON changes (at);
