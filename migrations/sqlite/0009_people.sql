-- The people who moderate: notes on accounts, answers kept ready, who works on a report, and
-- decisions on everything that somebody commented.

-- For moderators of the instance only.
CREATE TABLE account_notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  -- Who wrote it; NULL: somebody who is gone.
  author_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  text TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX account_notes_account ON account_notes (account_id, id);

-- What moderators write often, to choose from.
CREATE TABLE kept_answers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 'instance' or 'channel', and whose (0 for the instance).
  scope TEXT NOT NULL,
  scope_id BIGINT NOT NULL,
  title TEXT NOT NULL,
  title_sort TEXT NOT NULL,
  text TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX kept_answers_scope ON kept_answers (scope, scope_id, title_sort, id);

ALTER TABLE abuses ADD COLUMN assignee_id BIGINT REFERENCES actors (id) ON DELETE SET NULL;
ALTER TABLE abuses ADD COLUMN assigned_at BIGINT;

-- Of a decision on everything that somebody commented: whose, and what is said of it.
ALTER TABLE moderation_batches ADD COLUMN author_id BIGINT;
ALTER TABLE moderation_batches ADD COLUMN note TEXT;
ALTER TABLE moderation_batches ADD COLUMN answer TEXT;
CREATE INDEX moderation_batches_author ON moderation_batches (author_id, id);
