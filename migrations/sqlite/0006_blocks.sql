-- Blocklists: whom people do not want to see, and whom the instance shows to nobody.

-- Accounts that somebody does not want to see, nor find under their videos.
CREATE TABLE account_mutes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Whose list.
  owner_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  actor_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX account_mutes_key ON account_mutes (owner_id, actor_id);
CREATE INDEX account_mutes_page ON account_mutes (owner_id, created_at, id);
CREATE INDEX account_mutes_actor ON account_mutes (actor_id);

-- Other servers of which somebody does not want to see anything.
CREATE TABLE server_mutes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  -- As in actors.host: lower case, with the port when there is one.
  host TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX server_mutes_key ON server_mutes (owner_id, host);
CREATE INDEX server_mutes_page ON server_mutes (owner_id, created_at, id);

-- Other servers of which nobody here sees anything.
CREATE TABLE server_blocks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  host TEXT NOT NULL UNIQUE,
  -- For moderators.
  reason TEXT,
  by_actor_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  -- What the log says of it.
  audit_id BIGINT,
  created_at BIGINT NOT NULL
);
CREATE INDEX server_blocks_page ON server_blocks (created_at, id);
CREATE INDEX actors_host ON actors (host, id);

-- 1: what the author has published is shown to nobody either. Such a block has no end.
ALTER TABLE author_blocks ADD COLUMN hides BIGINT NOT NULL DEFAULT 0;
-- Why, as the author was told.
ALTER TABLE author_blocks ADD COLUMN reason TEXT;
CREATE INDEX author_blocks_hides ON author_blocks (hides, actor_id);
CREATE INDEX author_blocks_page ON author_blocks (scope, scope_id, created_at, id);
