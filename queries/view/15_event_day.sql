-- event_day: events per day, service, level and signature, all of them.
--
-- A shape that has no row is beyond the bound on shapes: it counts as
-- <overflow>, signature S-1f5330a078ed.
--
-- Reads:   lake_event_day, signature_alias
-- Columns: event_date VARCHAR    UTC date
--          service VARCHAR, level VARCHAR, signature_id VARCHAR
--          count BIGINT
--          minutes BIGINT        minutes with at least one, summed over shapes
--          first_ts TIMESTAMP, last_ts TIMESTAMP
--          is_by_minute BOOLEAN  event_minute holds these events too
-- Grain:   event_date, service, level, signature_id
SELECT
    d.event_date, d.service, d.level,
    COALESCE(a.signature_id, 'S-1f5330a078ed') AS signature_id,
    CAST(SUM(d.count) AS BIGINT) AS count,
    CAST(SUM(d.minutes) AS BIGINT) AS minutes,
    MIN(d.first_ts) AS first_ts,
    MAX(d.last_ts) AS last_ts,
    BOOL_AND(d.is_by_minute) AS is_by_minute
FROM lake_event_day AS d
LEFT JOIN signature_alias AS a ON a.shape_id = d.shape_id
GROUP BY d.event_date, d.service, d.level, COALESCE(a.signature_id, 'S-1f5330a078ed')
