-- What has the same content, wherever it came from and went to; and what one partner sent or got, newest first. The same for
-- SQLite and PostgreSQL.
CREATE INDEX transfer_sha256 ON transfer (sha256);
CREATE INDEX transfer_partner ON transfer (partner, began);
