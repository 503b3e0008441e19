-- Receipts of transfers that changed since then may not be on disk yet; they are in the ledger.
ALTER TABLE ledger_node ADD COLUMN flushed VARCHAR(24);
ALTER TABLE ledger_node ADD COLUMN boot VARCHAR(64); -- the run of the operating system in which that was so
