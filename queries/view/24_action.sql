-- action: one follow-up of an incident.
--
-- Reads:   lake_action
-- Columns: event_date VARCHAR, incident_id VARCHAR, seq BIGINT, kind VARCHAR, text VARCHAR
--          owner VARCHAR, due_ts TIMESTAMP, status VARCHAR, success_condition VARCHAR
--          source_id VARCHAR
-- Grain:   source_id, incident_id, seq
SELECT
    event_date, incident_id, seq, kind, text, owner, due_ts, status, success_condition,
    source_id
FROM lake_action
