-- cascade: one service in the order of failure of an incident.
--
-- Reads:   lake_cascade
-- Columns: event_date VARCHAR, incident_id VARCHAR, rank BIGINT, service VARCHAR
--          signature_id VARCHAR, template VARCHAR, onset_ts TIMESTAMP
--          earliest_ts TIMESTAMP, last_ts TIMESTAMP, count BIGINT, baseline_per_min DOUBLE
--          is_certain BOOLEAN, explained_by VARCHAR, evidence VARCHAR
-- Grain:   event_date, incident_id, rank
SELECT
    event_date, incident_id, rank, service, signature_id, template, onset_ts,
    earliest_ts, last_ts, count, baseline_per_min, is_certain, explained_by, evidence
FROM lake_cascade
