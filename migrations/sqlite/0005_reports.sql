-- Reports of videos, comments and accounts, and what reporter and moderators write about them.

CREATE TABLE abuses (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 'video', 'comment' or 'account'.
  kind TEXT NOT NULL,
  reporter_actor_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  -- Who is behind what is reported.
  flagged_actor_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  -- Of a comment: the video it is under. NULL again when the video is gone.
  video_id BIGINT REFERENCES videos (id) ON DELETE SET NULL,
  -- No reference: comments go, the report stays.
  comment_id BIGINT,
  reason TEXT NOT NULL,
  -- JSON array of PeerTube's words.
  predefined TEXT NOT NULL DEFAULT '[]',
  start_at_s BIGINT,
  end_at_s BIGINT,
  -- What was reported, as it was then: evidence that outlives its removal.
  video_uuid TEXT,
  video_name TEXT,
  comment_text TEXT,
  comment_thread_id BIGINT,
  flagged_name TEXT NOT NULL,
  -- Reason, names and texts above as a sort key: for searching.
  folded TEXT NOT NULL,
  -- PeerTube's: 1 pending, 2 rejected, 3 accepted.
  state BIGINT NOT NULL DEFAULT 1,
  -- For moderators.
  moderation_comment TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX abuses_state ON abuses (state, created_at, id);
CREATE INDEX abuses_created ON abuses (created_at, id);
CREATE INDEX abuses_reporter ON abuses (reporter_actor_id, created_at, id);
CREATE INDEX abuses_flagged ON abuses (flagged_actor_id, created_at, id);
CREATE INDEX abuses_video ON abuses (video_id, id);

CREATE TABLE abuse_messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  abuse_id BIGINT NOT NULL REFERENCES abuses (id) ON DELETE CASCADE,
  actor_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  by_moderator BIGINT NOT NULL,
  message TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX abuse_messages_abuse ON abuse_messages (abuse_id, created_at, id);
