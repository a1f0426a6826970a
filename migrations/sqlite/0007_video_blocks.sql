-- Videos that moderators keep from the public, or that wait for a moderator's first look.

CREATE TABLE video_blocks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  video_id BIGINT NOT NULL UNIQUE REFERENCES videos (id) ON DELETE CASCADE,
  -- PeerTube's: 1 by a moderator, 2 by the server until a moderator looked at it.
  kind BIGINT NOT NULL,
  -- For its owner.
  reason TEXT,
  -- For moderators.
  internal_note TEXT,
  -- Other servers are told that it is gone.
  unfederated BIGINT NOT NULL DEFAULT 0,
  by_actor_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX video_blocks_created ON video_blocks (created_at, id);
CREATE INDEX video_blocks_kind ON video_blocks (kind, created_at, id);

-- From here on videos.held is a sum: 1, a text of it waits or was refused; 2, it is in video_blocks.

-- A moderator let it pass: it does not wait again when its privacy changes.
ALTER TABLE videos ADD COLUMN reviewed BIGINT NOT NULL DEFAULT 0;
