-- Lists of a large instance: hundreds of thousands of users, tens of thousands of waiting texts.
CREATE INDEX users_created ON users (created_at, id);
CREATE INDEX review_items_author_waiting ON review_items (author_id, waiting, held_at, id);
