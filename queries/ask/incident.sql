-- incident: the record of one incident.
--
-- Reads:   incident
-- Params:  $incident VARCHAR id of the incident
-- Columns: incident_id VARCHAR, title VARCHAR, service VARCHAR
--          started_ts TIMESTAMP, detected_ts TIMESTAMP
--          mitigated_ts TIMESTAMP, resolved_ts TIMESTAMP, root_cause VARCHAR
-- Grain:   incident_id
SELECT
    incident_id, title, service, started_ts, detected_ts, mitigated_ts, resolved_ts,
    root_cause
FROM incident
WHERE incident_id = $incident
ORDER BY incident_id
