-- Every transfer, in and out. The same for SQLite and PostgreSQL. Times are RFC 3339 with milliseconds, in UTC, so that
-- they sort as text.
CREATE TABLE transfer (
    id        VARCHAR(36)   NOT NULL PRIMARY KEY, -- of the receipt that we give; for what we send, the Idempotency-Key
    node      VARCHAR(64)   NOT NULL,             -- whose data folder it concerns
    direction VARCHAR(3)    NOT NULL,             -- in, out
    partner   VARCHAR(255)  NOT NULL,
    key       TEXT,                               -- the sender's Idempotency-Key, where it sent one
    claim     TEXT,                               -- what this transfer keeps others from: its key, or its place in the outbox
    name      TEXT          NOT NULL,             -- as the sender calls it
    path      TEXT          NOT NULL,             -- in: its name on disk; out: its path below the outbox
    size      BIGINT        NOT NULL,             -- bytes
    modified  BIGINT        NOT NULL,             -- out: time of the file's last change, milliseconds
    sha256    VARCHAR(64),
    state     VARCHAR(16)   NOT NULL,             -- in: delivering, received, failed; out: waiting, sent, failed, withdrawn
    began     VARCHAR(24)   NOT NULL,
    changed   VARCHAR(24)   NOT NULL,
    attempts  INTEGER       NOT NULL,
    next      VARCHAR(24),                        -- when the next attempt is due
    reason    TEXT,                               -- why it failed, or has to wait
    receipt   TEXT,                               -- as JSON: ours for what came in, the partner's for what we sent
    filed     TEXT                                -- where its file is now, as far as that is known
);

CREATE UNIQUE INDEX transfer_claim ON transfer (direction, partner, claim);
CREATE INDEX transfer_state ON transfer (node, direction, state);
CREATE INDEX transfer_began ON transfer (began);

-- The data folders that transfers are of.
CREATE TABLE ledger_node (
    node  VARCHAR(64) NOT NULL PRIMARY KEY,
    built VARCHAR(24),                            -- since when all of its transfers are here; none: it is being built
    seen  VARCHAR(24)                             -- when its service last tried whether it can write
);
