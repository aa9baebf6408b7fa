-- inputs: every file that was read, with its accounting line.
--
-- lines = events + continuations + blanks + rejects, over all nights. A file
-- is named as it was configured when first seen.
--
-- Reads:   input
-- Params:  $source VARCHAR = ''  only this source; empty: all
-- Columns: source VARCHAR
--          file VARCHAR
--          format VARCHAR         as recognised or configured
--          bytes BIGINT           decompressed bytes read
--          lines BIGINT, events BIGINT, continuations BIGINT, blanks BIGINT, rejects BIGINT
--          is_balanced BOOLEAN    the accounting adds up
--          last_ts TIMESTAMP      latest stamp read (UTC)
--          source_id VARCHAR
-- Grain:   source_id
SELECT
    source, file, format, bytes, lines, events, continuations, blanks, rejects,
    lines = events + continuations + blanks + rejects AS is_balanced,
    last_ts, source_id
FROM input
WHERE $source = '' OR source = $source
ORDER BY source, file, source_id
