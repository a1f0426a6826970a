-- Moderation: watched words, what was judged and decided, who helps, trials of lists.

-- Where a judged text stands, so that it can be judged again.
ALTER TABLE revisions ADD COLUMN surface TEXT;
ALTER TABLE revisions ADD COLUMN format TEXT NOT NULL DEFAULT 'plain';
ALTER TABLE revisions ADD COLUMN language TEXT;
ALTER TABLE revisions ADD COLUMN channel_id BIGINT;
ALTER TABLE revisions ADD COLUMN owner_account_id BIGINT;
CREATE INDEX revisions_created ON revisions (created_at, id);
CREATE INDEX revisions_actor ON revisions (actor_id, id);

-- 1: waits for a human, nobody but its owner and moderators finds it.
ALTER TABLE videos ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
ALTER TABLE captions ADD COLUMN held BIGINT NOT NULL DEFAULT 0;

CREATE TABLE word_lists (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 'instance', 'channel' or 'account', and whose (0 for the instance).
  scope TEXT NOT NULL,
  scope_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  language TEXT,
  -- JSON: which evasions are seen through.
  options TEXT NOT NULL,
  -- 'tag', 'hold', 'reject', 'block-author' or 'time-out'.
  action TEXT NOT NULL,
  time_out_minutes BIGINT NOT NULL DEFAULT 0,
  -- JSON array of surfaces; empty: all.
  surfaces TEXT NOT NULL,
  enabled BIGINT NOT NULL DEFAULT 1,
  expires_at BIGINT,
  -- Goes up with every change of what it finds or does.
  version BIGINT NOT NULL DEFAULT 1,
  entry_count BIGINT NOT NULL DEFAULT 0,
  regex_count BIGINT NOT NULL DEFAULT 0,
  -- Served to everybody at an address of its own, signed.
  published BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX word_lists_name ON word_lists (scope, scope_id, name_folded);

CREATE TABLE word_entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  list_id BIGINT NOT NULL REFERENCES word_lists (id) ON DELETE CASCADE,
  mode TEXT NOT NULL,
  text TEXT NOT NULL,
  text_folded TEXT NOT NULL,
  -- Identity of mode and text within the list: texts are too long for an index.
  text_key TEXT NOT NULL,
  language TEXT,
  note TEXT,
  expires_at BIGINT,
  -- 'local', or 'subscription' for what came from an address.
  origin TEXT NOT NULL DEFAULT 'local',
  -- 1: came by subscription and was switched off here.
  switched_off BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX word_entries_key ON word_entries (list_id, text_key);
CREATE INDEX word_entries_page ON word_entries (list_id, id);

-- What a list must not find: "Scunthorpe".
CREATE TABLE word_exceptions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  list_id BIGINT NOT NULL REFERENCES word_lists (id) ON DELETE CASCADE,
  text TEXT NOT NULL,
  text_key TEXT NOT NULL,
  note TEXT,
  origin TEXT NOT NULL DEFAULT 'local',
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX word_exceptions_key ON word_exceptions (list_id, text_key);

-- PeerTube's policies: which automatic tags hold a text.
CREATE TABLE tag_policies (
  scope TEXT NOT NULL,
  scope_id BIGINT NOT NULL,
  -- 'comments' or 'videos'.
  target TEXT NOT NULL,
  tag TEXT NOT NULL,
  PRIMARY KEY (scope, scope_id, target, tag)
);

CREATE TABLE channel_moderators (
  channel_id BIGINT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  actor_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  added_by BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (channel_id, actor_id)
);
CREATE INDEX channel_moderators_actor ON channel_moderators (actor_id);

-- Authors whose texts are refused in a scope, for good or for some time.
CREATE TABLE author_blocks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  scope TEXT NOT NULL,
  scope_id BIGINT NOT NULL,
  actor_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
  until BIGINT,
  by_actor_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  -- What led to it.
  audit_id BIGINT,
  created_at BIGINT NOT NULL
);
CREATE INDEX author_blocks_actor ON author_blocks (actor_id);

-- What was judged, decided, contested and changed. Rows are added, never changed.
CREATE TABLE moderation_audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at BIGINT NOT NULL,
  -- 'judged', 'applied', 'released', 'rejected', 'undone', 'contested', 'list-changed' …
  deed TEXT NOT NULL,
  subject_kind TEXT,
  subject_id BIGINT,
  field TEXT,
  surface TEXT,
  revision_id BIGINT,
  verdict TEXT,
  -- JSON.
  reasons TEXT NOT NULL DEFAULT '[]',
  tags TEXT NOT NULL DEFAULT '[]',
  author_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  -- Who did it; NULL: the server by its rules.
  by_actor_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  channel_id BIGINT,
  list_id BIGINT,
  batch_id BIGINT,
  -- The judged row that a decision is about.
  of_id BIGINT,
  note TEXT,
  -- The text or change, in short, folded for search.
  excerpt TEXT NOT NULL DEFAULT '',
  excerpt_folded TEXT NOT NULL DEFAULT ''
);
CREATE INDEX moderation_audit_at ON moderation_audit (at, id);
CREATE INDEX moderation_audit_channel ON moderation_audit (channel_id, at);
CREATE INDEX moderation_audit_author ON moderation_audit (author_id, at);
CREATE INDEX moderation_audit_by ON moderation_audit (by_actor_id, at);
CREATE INDEX moderation_audit_revision ON moderation_audit (revision_id);
CREATE INDEX moderation_audit_of ON moderation_audit (of_id);

-- Texts that were held or refused, as people work on them. The id is that of the audit row.
CREATE TABLE review_items (
  id BIGINT PRIMARY KEY REFERENCES moderation_audit (id) ON DELETE CASCADE,
  -- 'open', 'released', 'rejected', or 'gone' when a later text took its place.
  state TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  field TEXT NOT NULL,
  surface TEXT NOT NULL,
  revision_id BIGINT NOT NULL,
  author_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  channel_id BIGINT,
  text_folded TEXT NOT NULL,
  -- 1: somebody has to look at it, because it is open or contested.
  waiting BIGINT NOT NULL,
  held_at BIGINT NOT NULL,
  assignee_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  assigned_at BIGINT,
  decided_by BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  decided_at BIGINT,
  -- For moderators.
  note TEXT,
  -- For the author.
  answer TEXT,
  contest_text TEXT,
  contested_at BIGINT,
  contest_answered_at BIGINT
);
CREATE INDEX review_items_waiting ON review_items (waiting, held_at, id);
CREATE INDEX review_items_channel ON review_items (channel_id, waiting, held_at, id);
CREATE INDEX review_items_subject ON review_items (subject_kind, subject_id, state);
CREATE INDEX review_items_revision ON review_items (revision_id);
CREATE INDEX review_items_author ON review_items (author_id, state);

-- Decisions made together, which are undone together.
CREATE TABLE moderation_batches (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 'decision' or 'apply'.
  kind TEXT NOT NULL,
  scope TEXT NOT NULL,
  scope_id BIGINT NOT NULL,
  -- 'running', 'done', 'failed', 'undoing' or 'undone'.
  state TEXT NOT NULL,
  by_actor_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  decision TEXT,
  list_id BIGINT,
  list_version BIGINT,
  since BIGINT,
  -- Revisions up to this id are done.
  cursor_id BIGINT NOT NULL DEFAULT 0,
  last_id BIGINT NOT NULL DEFAULT 0,
  examined BIGINT NOT NULL DEFAULT 0,
  total BIGINT NOT NULL DEFAULT 0,
  changed BIGINT NOT NULL DEFAULT 0,
  undone_by BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  error TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX moderation_batches_at ON moderation_batches (scope, scope_id, created_at);

-- How things were before each decision of a batch.
CREATE TABLE moderation_batch_items (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  batch_id BIGINT NOT NULL REFERENCES moderation_batches (id) ON DELETE CASCADE,
  item_id BIGINT NOT NULL,
  revision_id BIGINT NOT NULL,
  revision_state TEXT NOT NULL,
  item_state TEXT NOT NULL,
  -- The version that was public, if any.
  shown_revision_id BIGINT,
  block_id BIGINT,
  -- 1 once it was undone.
  undone BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX moderation_batch_items_revision ON moderation_batch_items (revision_id);
CREATE UNIQUE INDEX moderation_batch_items_item ON moderation_batch_items (batch_id, revision_id);

-- Trials of lists on stored text.
CREATE TABLE list_previews (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  by_actor_id BIGINT REFERENCES actors (id) ON DELETE CASCADE,
  scope TEXT NOT NULL,
  scope_id BIGINT NOT NULL,
  list_id BIGINT,
  -- JSON of the list as it is tried.
  draft TEXT NOT NULL,
  since BIGINT NOT NULL,
  -- 'running', 'done' or 'failed'.
  state TEXT NOT NULL,
  cursor_id BIGINT NOT NULL DEFAULT 0,
  last_id BIGINT NOT NULL DEFAULT 0,
  examined BIGINT NOT NULL DEFAULT 0,
  total BIGINT NOT NULL DEFAULT 0,
  hits BIGINT NOT NULL DEFAULT 0,
  -- JSON objects of counts.
  by_surface TEXT NOT NULL DEFAULT '{}',
  by_language TEXT NOT NULL DEFAULT '{}',
  error TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX list_previews_created ON list_previews (created_at);

CREATE TABLE list_preview_samples (
  preview_id BIGINT NOT NULL REFERENCES list_previews (id) ON DELETE CASCADE,
  revision_id BIGINT NOT NULL,
  surface TEXT NOT NULL,
  -- JSON: hits as bytes of the text.
  hits TEXT NOT NULL,
  fine BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (preview_id, revision_id)
);

-- Lists that follow an address.
CREATE TABLE list_subscriptions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  list_id BIGINT NOT NULL UNIQUE REFERENCES word_lists (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  -- Base64 of the Ed25519 key that signs it; NULL: pinned to what was approved.
  public_key TEXT,
  -- Updates that are signed take effect without approval.
  automatic BIGINT NOT NULL DEFAULT 0,
  etag TEXT,
  -- 1 waiting, 2 fetched, 3 failed, 4 waits for approval.
  state BIGINT NOT NULL DEFAULT 1,
  error TEXT,
  -- What was fetched and waits for approval (JSON), and its SHA-256.
  pending TEXT,
  pending_sha256 TEXT,
  -- SHA-256 of what is in force.
  current_sha256 TEXT,
  synced_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX list_subscriptions_synced ON list_subscriptions (synced_at);
