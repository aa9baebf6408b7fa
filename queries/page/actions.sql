-- actions: every follow-up, for the pages.
--
-- Reads:   action
-- Columns: event_date VARCHAR, incident_id VARCHAR, seq BIGINT, kind VARCHAR, text VARCHAR
--          owner VARCHAR, due_ts TIMESTAMP, status VARCHAR, success_condition VARCHAR
--          source_id VARCHAR, done_ts TIMESTAMP
-- Grain:   incident_id, source_id, seq
SELECT
    event_date, incident_id, seq, kind, text, owner, due_ts, status, success_condition,
    source_id, done_ts
FROM action
ORDER BY incident_id, source_id, seq
