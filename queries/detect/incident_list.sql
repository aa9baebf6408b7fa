-- incident_list: every incident record, oldest first.
--
-- Unlimited age: a failure mode of two years ago is still known.
--
-- Reads:   incident
-- Columns: incident_id VARCHAR, title VARCHAR, service VARCHAR
--          severity VARCHAR
--          started_ts TIMESTAMP   UTC; NULL when not stated
--          detected_ts TIMESTAMP, mitigated_ts TIMESTAMP, resolved_ts TIMESTAMP
--          root_cause VARCHAR, trigger VARCHAR, category VARCHAR
--          source VARCHAR, body VARCHAR, warning VARCHAR
-- Grain:   incident_id
SELECT
    incident_id,
    title,
    service,
    severity,
    started_ts,
    detected_ts,
    mitigated_ts,
    resolved_ts,
    root_cause,
    trigger,
    category,
    source,
    body,
    warning
FROM incident
ORDER BY started_ts NULLS LAST, incident_id
