-- fix: a claim that something was mended.
--
-- Reads:   lake_fix
-- Columns: event_date VARCHAR, fix_id VARCHAR, recurrence_id VARCHAR, fixed_ts TIMESTAMP
--          what VARCHAR, source VARCHAR
--          state VARCHAR         NULL: a claim not judged yet
--          not_fixed DOUBLE, hits_before BIGINT, occasions_before BIGINT
--          hits_after BIGINT, occasions_after BIGINT, needed BIGINT
--          sentence VARCHAR, warnings VARCHAR
-- Grain:   event_date, fix_id
SELECT
    event_date, fix_id, recurrence_id, fixed_ts, what, source,
    state, not_fixed, hits_before, occasions_before, hits_after, occasions_after,
    needed, sentence, warnings
FROM lake_fix
