-- What is refused again and again is one row, with what the caller has shown and whose certificate it might have been.
ALTER TABLE refusal ADD COLUMN last_at VARCHAR(24);              -- when it happened last; "at" is when it did first
ALTER TABLE refusal ADD COLUMN times BIGINT NOT NULL DEFAULT 1;  -- how often
ALTER TABLE refusal ADD COLUMN tls VARCHAR(32);                  -- the version that was negotiated or offered
ALTER TABLE refusal ADD COLUMN server TEXT;                      -- the server's name that the caller wanted (SNI)
ALTER TABLE refusal ADD COLUMN chain TEXT;                       -- the certificates that it showed, a JSON array
ALTER TABLE refusal ADD COLUMN approval TEXT;                    -- the command that takes the certificate, where that is all
ALTER TABLE refusal ADD COLUMN nearest TEXT;                     -- the partner that it is most like
ALTER TABLE refusal ADD COLUMN difference TEXT;                  -- and how it differs

UPDATE refusal SET last_at = at;

DROP INDEX refusal_at;
CREATE INDEX refusal_last ON refusal (node, last_at);
