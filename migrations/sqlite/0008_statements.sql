-- Statements of reasons, takedowns with their evidence, and what is counted in public.

-- Whom an act restricts, and why. Names and words are forgotten after a while, the rows stay to be
-- counted.
CREATE TABLE statements (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 'text-held', 'comment-removed', 'account-suspended' …
  act TEXT NOT NULL,
  subject_kind TEXT,
  subject_id BIGINT,
  -- What it is about, as whom it concerns knows it.
  label TEXT NOT NULL,
  -- Whom it concerns.
  actor_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  by_actor_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  -- 1: a rule found it, no human did.
  automated BIGINT NOT NULL,
  -- 'rules', 'law' or 'other'.
  ground TEXT NOT NULL,
  -- Who gave the reason of an automated act: 'watched-words', 'plugin' … Else empty.
  rule TEXT NOT NULL DEFAULT '',
  -- In words for whom it concerns.
  reason TEXT NOT NULL,
  audit_id BIGINT,
  -- The item of the queue that says how it stands.
  item_id BIGINT,
  -- The author's block.
  block_id BIGINT,
  -- Ends on its own then.
  until BIGINT,
  -- Was lifted then.
  ended_at BIGINT,
  created_at BIGINT NOT NULL
);
CREATE INDEX statements_actor ON statements (actor_id, created_at, id);
CREATE INDEX statements_created ON statements (created_at, id);
CREATE INDEX statements_subject ON statements (subject_kind, subject_id);
CREATE INDEX statements_item ON statements (item_id);
CREATE INDEX statements_block ON statements (block_id);

-- What was taken down, kept as evidence until a day.
CREATE TABLE takedowns (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- The item of the queue that withholds it.
  item_id BIGINT NOT NULL UNIQUE,
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  label TEXT NOT NULL,
  -- Label and reference as a sort key: for searching.
  label_folded TEXT NOT NULL,
  actor_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  by_actor_id BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  ground TEXT NOT NULL,
  reason TEXT NOT NULL,
  -- Number of an order or a letter, for moderators.
  reference TEXT,
  -- JSON of what it was. NULL: forgotten.
  evidence TEXT,
  keep_until BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX takedowns_created ON takedowns (created_at, id);
CREATE INDEX takedowns_keep ON takedowns (keep_until);

-- When a report was accepted or rejected.
ALTER TABLE abuses ADD COLUMN decided_at BIGINT;
CREATE INDEX abuses_decided ON abuses (decided_at);
CREATE INDEX review_items_decided ON review_items (decided_at);
CREATE INDEX review_items_contested ON review_items (contested_at);
