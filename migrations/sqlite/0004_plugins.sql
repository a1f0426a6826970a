-- Plugins: what is installed, what each may do, keeps, says and gets wrong.

CREATE TABLE plugins (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  version TEXT NOT NULL,
  -- Of the package, hexadecimal.
  sha256 TEXT NOT NULL,
  -- In the database, so that every node has it.
  package BLOB NOT NULL,
  -- JSON, as in the package.
  manifest TEXT NOT NULL,
  -- JSON array of permissions that an administrator granted.
  grants TEXT NOT NULL,
  -- JSON object of settings that an administrator saved.
  settings TEXT NOT NULL,
  -- JSON array of the kinds of events it hears of; empty array: none.
  hears TEXT NOT NULL,
  -- Called in this order, lowest first.
  position BIGINT NOT NULL,
  enabled BIGINT NOT NULL DEFAULT 0,
  -- 1: in every channel but those in plugin_channels; 0: only in those.
  everywhere BIGINT NOT NULL DEFAULT 1,
  -- Why the server switched it off; NULL when it did not.
  disabled_reason TEXT,
  -- Failures before this do not count towards switching it off.
  enabled_at BIGINT,
  -- Goes up with every change, so that nodes know what to load anew.
  generation BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE plugin_channels (
  plugin_id BIGINT NOT NULL REFERENCES plugins (id) ON DELETE CASCADE,
  channel_id BIGINT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  PRIMARY KEY (plugin_id, channel_id)
);
CREATE INDEX plugin_channels_channel ON plugin_channels (channel_id);

CREATE TABLE plugin_values (
  plugin_id BIGINT NOT NULL REFERENCES plugins (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value BLOB NOT NULL,
  -- Of name and value.
  size_bytes BIGINT NOT NULL,
  PRIMARY KEY (plugin_id, name)
);

-- What plugins said (kind NULL), and how they failed (kind of failure).
CREATE TABLE plugin_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  plugin_id BIGINT NOT NULL REFERENCES plugins (id) ON DELETE CASCADE,
  level TEXT NOT NULL,
  kind TEXT,
  line TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX plugin_log_page ON plugin_log (plugin_id, id);
CREATE INDEX plugin_log_failures ON plugin_log (plugin_id, at) WHERE kind IS NOT NULL;
