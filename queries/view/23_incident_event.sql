-- incident_event: one entry of an incident's timeline, in the order written.
--
-- Reads:   lake_incident_event
-- Columns: event_date VARCHAR, incident_id VARCHAR, seq BIGINT, ts TIMESTAMP
--          status VARCHAR, text VARCHAR, source_id VARCHAR
-- Grain:   source_id, incident_id, seq
SELECT
    event_date, incident_id, seq, ts, status, text, source_id
FROM lake_incident_event
