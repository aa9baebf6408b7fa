-- fix: a claim that something was mended.
--
-- Reads:   lake_fix
-- Columns: event_date VARCHAR, fix_id VARCHAR, recurrence_id VARCHAR, fixed_ts TIMESTAMP
--          what VARCHAR, source VARCHAR
--          state VARCHAR         NULL: a claim not judged yet
--          not_fixed DOUBLE, hits_before BIGINT, occasions_before BIGINT
--          hits_after BIGINT, occasions_after BIGINT, needed BIGINT
--          sentence VARCHAR, warnings VARCHAR
--          detail VARCHAR, effect_share DOUBLE, moved_to VARCHAR, failed_ts TIMESTAMP, unobserved BIGINT
--          withdrawn_ts TIMESTAMP, withdrawn_why VARCHAR
-- Grain:   event_date, fix_id
SELECT
    event_date, fix_id, recurrence_id, fixed_ts, what, source,
    state, not_fixed, hits_before, occasions_before, hits_after, occasions_after,
    needed, sentence, warnings,
    detail, effect_share, moved_to, failed_ts, unobserved, withdrawn_ts, withdrawn_why
FROM lake_fix
