-- Where payloads of a data folder are delivered to, so that after a crash these names are flushed. The same for SQLite and
-- PostgreSQL.
CREATE TABLE folder (
    node VARCHAR(64) NOT NULL,
    path TEXT        NOT NULL,
    PRIMARY KEY (node, path)
);
