-- incidents: every incident with computed and stated durations, latest first.
--
-- Computed durations come from the stamps, stated ones from the record's
-- words; they stand side by side and neither corrects the other. NULL: a
-- stamp is missing.
--
-- Reads:   incident
-- Params:  $since TIMESTAMP = 1970-01-01 first start (UTC), inclusive; incidents without a start are always listed
--          $until TIMESTAMP = 2999-01-01 last start (UTC), exclusive
-- Columns: incident_id VARCHAR, title VARCHAR, service VARCHAR, severity VARCHAR
--          started_ts TIMESTAMP, detected_ts TIMESTAMP, acknowledged_ts TIMESTAMP
--          mitigated_ts TIMESTAMP, resolved_ts TIMESTAMP
--          detect_s DOUBLE        start to detection, seconds
--          acknowledge_s DOUBLE   detection to acknowledgement
--          mitigate_s DOUBLE      start to mitigation
--          resolve_s DOUBLE       start to resolution
--          stated_detect_s BIGINT, stated_recover_s BIGINT, stated_duration_s BIGINT
--          is_open BOOLEAN        no resolution, recorded or stated
--          category VARCHAR, source VARCHAR, file VARCHAR, line BIGINT
--          warning VARCHAR        contradictions in the record, one per line
--          team VARCHAR           of the record, else the configured owner of the service
-- Grain:   incident_id
SELECT
    incident_id, title, service, severity,
    started_ts, detected_ts, acknowledged_ts, mitigated_ts, resolved_ts,
    CAST(epoch_us(detected_ts) - epoch_us(started_ts) AS DOUBLE) / 1000000.0 AS detect_s,
    CAST(epoch_us(acknowledged_ts) - epoch_us(detected_ts) AS DOUBLE) / 1000000.0 AS acknowledge_s,
    CAST(epoch_us(mitigated_ts) - epoch_us(started_ts) AS DOUBLE) / 1000000.0 AS mitigate_s,
    CAST(epoch_us(resolved_ts) - epoch_us(started_ts) AS DOUBLE) / 1000000.0 AS resolve_s,
    stated_detect_s, stated_recover_s, stated_duration_s,
    resolved_ts IS NULL AND stated_duration_s IS NULL AS is_open,
    category, source, file, line, warning, team
FROM incident
WHERE started_ts IS NULL OR (started_ts >= $since AND started_ts < $until)
ORDER BY started_ts DESC NULLS LAST, incident_id
