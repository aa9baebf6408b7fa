-- incidents: every incident, for the pages, the oldest first.
--
-- Reads:   incident
-- Columns: event_date VARCHAR, incident_id VARCHAR, title VARCHAR, service VARCHAR
--          severity VARCHAR, severity_raw VARCHAR, started_ts TIMESTAMP
--          detected_ts TIMESTAMP, acknowledged_ts TIMESTAMP, mitigated_ts TIMESTAMP
--          resolved_ts TIMESTAMP, stated_duration_s BIGINT, stated_detect_s BIGINT
--          stated_recover_s BIGINT, root_cause VARCHAR, trigger VARCHAR, category VARCHAR
--          url VARCHAR, source VARCHAR, file VARCHAR, source_id VARCHAR, line BIGINT
--          body VARCHAR, warning VARCHAR, team VARCHAR
-- Grain:   incident_id
SELECT
    event_date, incident_id, title, service, severity, severity_raw, started_ts,
    detected_ts, acknowledged_ts, mitigated_ts, resolved_ts, stated_duration_s,
    stated_detect_s, stated_recover_s, root_cause, trigger, category, url, source, file,
    source_id, line, body, warning, team
FROM incident
ORDER BY started_ts NULLS LAST, incident_id
