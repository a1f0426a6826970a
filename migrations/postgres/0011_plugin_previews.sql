-- Plugins are tried on stored text as lists are.
ALTER TABLE list_previews ADD COLUMN plugin_id BIGINT REFERENCES plugins (id) ON DELETE CASCADE;
