-- People who ask for an account, and what moderators answered.

CREATE TABLE registrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- PeerTube's: 1 pending, 2 rejected, 3 accepted.
  state BIGINT NOT NULL DEFAULT 1,
  reason TEXT NOT NULL,
  -- What the moderator wrote to them.
  response TEXT,
  username TEXT NOT NULL,
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL,
  -- argon2 (PHC string); empty once there is a user who has it.
  password_hash TEXT NOT NULL,
  display_name TEXT,
  channel_name TEXT,
  channel_display_name TEXT,
  -- Names, address and reason as a sort key: for searching.
  folded TEXT NOT NULL,
  -- JSON array: rules that a name or the reason meets, for moderators.
  remarks TEXT NOT NULL DEFAULT '[]',
  user_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
  decided_by BIGINT REFERENCES actors (id) ON DELETE SET NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX registrations_state ON registrations (state, created_at, id);
CREATE INDEX registrations_created ON registrations (created_at, id);
CREATE INDEX registrations_username ON registrations (username, id);
CREATE INDEX registrations_email ON registrations (email_folded, id);
-- One name and one address wait once.
CREATE UNIQUE INDEX registrations_waiting_username ON registrations (username) WHERE state = 1;
CREATE UNIQUE INDEX registrations_waiting_email ON registrations (email_folded) WHERE state = 1;
