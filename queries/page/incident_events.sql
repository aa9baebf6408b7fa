-- incident_events: every timeline entry, for the pages.
--
-- Reads:   incident_event
-- Columns: event_date VARCHAR, incident_id VARCHAR, seq BIGINT, ts TIMESTAMP
--          status VARCHAR, text VARCHAR, source_id VARCHAR
-- Grain:   incident_id, source_id, seq
SELECT
    event_date, incident_id, seq, ts, status, text, source_id
FROM incident_event
ORDER BY incident_id, source_id, seq
