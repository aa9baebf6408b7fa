-- span: first and last instant of everything the lake holds, by kind of record.
--
-- Says what "now" is for an archive, and how much history a verdict rests on.
--
-- Reads:   service_volume, change, incident
-- Columns: kind VARCHAR          log, change, incident
--          first_ts TIMESTAMP, last_ts TIMESTAMP
--          rows BIGINT           lines, changes, incidents
-- Grain:   kind
SELECT 'log' AS kind, MIN(slot_ts) AS first_ts, MAX(slot_ts) AS last_ts, CAST(COALESCE(SUM(lines), 0) AS BIGINT) AS rows
FROM service_volume
UNION ALL
SELECT 'change', MIN(started_ts), MAX(started_ts), COUNT(*)
FROM change
UNION ALL
SELECT
    'incident', MIN(COALESCE(started_ts, detected_ts)),
    MAX(COALESCE(resolved_ts, started_ts, detected_ts)), COUNT(*)
FROM incident
ORDER BY kind
