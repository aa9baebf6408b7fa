-- event_minute: events per minute, service, level and signature.
--
-- Holds every event of level warn and above, and every event of signatures
-- that are rare on their service and day (jobs).
--
-- A shape that has no row is beyond the bound on shapes: it counts as
-- <overflow>, signature S-1f5330a078ed.
--
-- Reads:   lake_event_minute, signature_alias
-- Columns: minute_ts TIMESTAMP   UTC
--          event_date VARCHAR, service VARCHAR, level VARCHAR
--          signature_id VARCHAR, error_type VARCHAR
--          count BIGINT
--          first_ts TIMESTAMP, last_ts TIMESTAMP
-- Grain:   minute_ts, service, level, signature_id, error_type
SELECT
    m.minute_ts, m.event_date, m.service, m.level,
    COALESCE(a.signature_id, 'S-1f5330a078ed') AS signature_id,
    m.error_type,
    CAST(SUM(m.count) AS BIGINT) AS count,
    MIN(m.first_ts) AS first_ts,
    MAX(m.last_ts) AS last_ts
FROM lake_event_minute AS m
LEFT JOIN signature_alias AS a ON a.shape_id = m.shape_id
GROUP BY
    m.minute_ts, m.event_date, m.service, m.level,
    COALESCE(a.signature_id, 'S-1f5330a078ed'), m.error_type
