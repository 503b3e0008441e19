-- Whether a file of an outbox is one that was withdrawn before is asked for each that is sent.
CREATE INDEX transfer_withdrawn ON transfer (node, partner, path) WHERE state = 'withdrawn';
