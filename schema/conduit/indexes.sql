-- The covering indexes of conduit, created after the rows: each list is in the order of one of them,
-- newest first and by number where two are of the same millisecond, and a page is found without a look at
-- an article. The query plan test in src/apps/conduit/plans.rs guards them.

CREATE INDEX article_by_time ON article (created_at DESC, id DESC);
-- Of one author: a list, and what feeds are merged from.
CREATE INDEX article_by_author ON article (author_id, created_at DESC, id DESC);
CREATE INDEX article_tag_by_tag ON article_tag (tag, article_created_at DESC, article_id DESC);
CREATE INDEX favorite_by_user ON favorite (user_id, article_created_at DESC, article_id DESC);
-- All tags, those of most articles first.
CREATE INDEX tag_by_articles ON tag (articles DESC, name);
-- The comments of an article, oldest first.
CREATE INDEX comment_by_article ON comment (article_id, id);

-- So that nobody goes by a walk through all rows.
CREATE INDEX comment_by_author ON comment (author_id);
CREATE INDEX follow_by_followed ON follow (followed_id, follower_id);
