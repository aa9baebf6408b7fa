-- errors: what errs, by service and signature: count, days, first and last seen.
--
-- Reads:   event_minute, signature
-- Params:  $since TIMESTAMP = 1970-01-01 first instant (UTC), inclusive
--          $until TIMESTAMP = 2999-01-01 last instant (UTC), exclusive
--          $most BIGINT = 100000 rows at most, the loudest ones
-- Columns: service VARCHAR, template VARCHAR
--          error_type VARCHAR
--          count BIGINT          events of level error and fatal
--          days BIGINT           UTC days with at least one
--          first_ts TIMESTAMP, last_ts TIMESTAMP
--          signature_id VARCHAR
-- Grain:   service, signature_id, error_type
SELECT
    m.service,
    MAX(s.template) AS template,
    m.error_type,
    CAST(SUM(m.count) AS BIGINT) AS count,
    COUNT(DISTINCT m.event_date) AS days,
    MIN(m.first_ts) AS first_ts,
    MAX(m.last_ts) AS last_ts,
    m.signature_id
FROM event_minute AS m
LEFT JOIN signature AS s ON s.signature_id = m.signature_id
WHERE m.level IN ('error', 'fatal')
  AND m.minute_ts >= $since AND m.minute_ts < $until
GROUP BY m.service, m.signature_id, m.error_type
ORDER BY count DESC, m.service NULLS LAST, m.signature_id, m.error_type NULLS LAST
LIMIT $most
