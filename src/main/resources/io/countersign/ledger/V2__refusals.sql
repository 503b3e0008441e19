-- Who was turned away, and why.
CREATE TABLE refusal (
    id          VARCHAR(36)  NOT NULL PRIMARY KEY, -- the instance in the caller's problem document
    node        VARCHAR(64)  NOT NULL,             -- whose service turned the caller away
    at          VARCHAR(24)  NOT NULL,
    code        VARCHAR(64)  NOT NULL,
    partner     TEXT,                              -- this and the next two as far as they are known
    address     TEXT,
    certificate TEXT,                              -- SHA-256 fingerprint
    reason      TEXT         NOT NULL
);

CREATE INDEX refusal_at ON refusal (node, at);

-- What has had its time, without looking at all the rest.
CREATE INDEX transfer_changed ON transfer (node, changed);
CREATE INDEX transfer_claimed ON transfer (node, changed) WHERE claim IS NOT NULL;
