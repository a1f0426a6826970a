-- What belongs to a version of a text beside the text: with it the version becomes public, or is
-- taken back.

-- The file of captions, public or not.
CREATE TABLE caption_versions (
  revision_id BIGINT PRIMARY KEY REFERENCES revisions (id) ON DELETE CASCADE,
  caption_id BIGINT NOT NULL REFERENCES captions (id) ON DELETE CASCADE,
  -- Name in addresses.
  file TEXT NOT NULL,
  storage_key TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX caption_versions_caption ON caption_versions (caption_id);
CREATE INDEX caption_versions_key ON caption_versions (storage_key);
INSERT INTO caption_versions (revision_id, caption_id, file, storage_key, created_at)
  SELECT MAX(r.id), c.id, c.file, c.storage_key, c.updated_at FROM captions c
  JOIN revisions r ON r.subject_kind = 'caption' AND r.subject_id = c.id AND r.field = 'text'
    AND r.state <> 'superseded'
  GROUP BY c.id, c.file, c.storage_key, c.updated_at;
CREATE INDEX moderation_batch_items_shown ON moderation_batch_items (shown_revision_id);

-- The chapters of a video: JSON, with their times.
CREATE TABLE chapter_versions (
  revision_id BIGINT PRIMARY KEY REFERENCES revisions (id) ON DELETE CASCADE,
  chapters TEXT NOT NULL
);
