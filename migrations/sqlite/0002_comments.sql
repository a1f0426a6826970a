-- Comments, and notifications. The PostgreSQL twin differs in identity columns only.

-- 1 everybody, 2 nobody, 3 after approval: what new videos of the channel begin with.
ALTER TABLE channels ADD COLUMN comments_policy BIGINT NOT NULL DEFAULT 1;
-- Seconds between two comments of one person under one video; 0: none.
ALTER TABLE channels ADD COLUMN comments_pause_s BIGINT NOT NULL DEFAULT 0;
-- NULL: as the channel.
ALTER TABLE videos ADD COLUMN comments_pause_s BIGINT;

-- What people write under videos. Every version of a text is in revisions (kind 'comment', field
-- 'text'); here is only what the public sees. A row with replies is never removed: it becomes
-- 'deleted'.
CREATE TABLE comments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ap_url TEXT NOT NULL UNIQUE,
  video_id BIGINT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  actor_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  -- The comment a thread begins with; NULL: this one.
  thread_id BIGINT REFERENCES comments (id),
  -- What it answers.
  parent_id BIGINT REFERENCES comments (id),
  -- Markdown; '' while nobody but its author and moderators may see any of it.
  text TEXT NOT NULL,
  -- The latest text, public or not, as a sort key: for searching.
  folded TEXT NOT NULL,
  -- 'shown', 'held', 'rejected' or 'deleted'.
  state TEXT NOT NULL,
  pinned_at BIGINT,
  hearted_at BIGINT,
  edited_at BIGINT,
  deleted_at BIGINT,
  -- Of the first comment of a thread: its shown replies, and those by the video's owner.
  total_replies BIGINT NOT NULL DEFAULT 0,
  owner_replies BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX comments_threads ON comments (video_id, thread_id, created_at, id);
CREATE INDEX comments_replied ON comments (video_id, thread_id, total_replies, created_at, id);
CREATE INDEX comments_thread ON comments (thread_id, created_at, id);
CREATE INDEX comments_parent ON comments (parent_id);
CREATE INDEX comments_actor ON comments (actor_id, created_at, id);
CREATE INDEX comments_state ON comments (state, created_at, id);
-- At most one a video.
CREATE INDEX comments_pinned ON comments (video_id, pinned_at) WHERE pinned_at IS NOT NULL;
CREATE INDEX comments_created ON comments (created_at, id);

-- PeerTube's automatic tags of comments, as judging the latest text gave them.
CREATE TABLE comment_tags (
  comment_id BIGINT NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (comment_id, tag)
);
CREATE INDEX comment_tags_tag ON comment_tags (tag, comment_id);

-- What users are told.
CREATE TABLE notifications (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- PeerTube's number; Farandole's own begin at 100.
  kind BIGINT NOT NULL,
  -- The same thing is told once.
  dedupe TEXT NOT NULL,
  -- How new what it tells is: one that stands for many is only ever raised.
  mark BIGINT NOT NULL,
  read BIGINT NOT NULL DEFAULT 0,
  comment_id BIGINT REFERENCES comments (id) ON DELETE CASCADE,
  video_id BIGINT REFERENCES videos (id) ON DELETE CASCADE,
  -- Who did it.
  actor_id BIGINT REFERENCES actors (id) ON DELETE CASCADE,
  -- The row of the audit log it is about.
  audit_id BIGINT,
  -- Whatever else this kind tells (JSON).
  details TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX notifications_dedupe ON notifications (user_id, dedupe);
CREATE INDEX notifications_user ON notifications (user_id, created_at, id);
CREATE INDEX notifications_unread ON notifications (user_id, read, created_at, id);
CREATE INDEX notifications_age ON notifications (created_at);
CREATE INDEX notifications_comment ON notifications (comment_id);
CREATE INDEX notifications_video ON notifications (video_id);

-- Which notifications a user wants, as PeerTube's JSON; no row: the defaults.
CREATE TABLE notification_settings (
  user_id BIGINT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  settings TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);
