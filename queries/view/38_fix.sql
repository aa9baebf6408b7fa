-- fix: a claim that something was mended.
--
-- Reads:   lake_fix
-- Columns: event_date VARCHAR, fix_id VARCHAR, recurrence_id VARCHAR, fixed_ts TIMESTAMP
--          what VARCHAR, source VARCHAR
-- Grain:   fix_id
SELECT
    event_date, fix_id, recurrence_id, fixed_ts, what, source
FROM lake_fix
