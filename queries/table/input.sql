-- input: every input the lake has read; filled from the manifest's ledger.
--
-- Columns: source_id VARCHAR, source VARCHAR, file VARCHAR, format VARCHAR
--          bytes BIGINT          decompressed bytes read
--          lines BIGINT, events BIGINT, continuations BIGINT, blanks BIGINT, rejects BIGINT
--          last_ts TIMESTAMP     latest stamp read, UTC
-- Grain:   source_id
CREATE TABLE input (
    source_id VARCHAR, source VARCHAR, file VARCHAR, format VARCHAR, bytes BIGINT,
    lines BIGINT, events BIGINT, continuations BIGINT, blanks BIGINT, rejects BIGINT,
    last_ts TIMESTAMP
)
