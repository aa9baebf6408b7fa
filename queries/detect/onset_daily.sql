-- onset_daily: events per day, service and signature.
--
-- Days without a row had none, if the service was observed (onset_volume).
--
-- Reads:   event_day
-- Params:  $since TIMESTAMP  first instant (UTC), inclusive
--          $until TIMESTAMP  last instant (UTC), exclusive
-- Columns: event_date VARCHAR   UTC date
--          service VARCHAR, signature_id VARCHAR, level VARCHAR
--          count BIGINT         events
--          minutes BIGINT       minutes with at least one
--          first_ts TIMESTAMP, last_ts TIMESTAMP
-- Grain:   event_date, service, signature_id
SELECT
    event_date,
    service,
    signature_id,
    coalesce(max(level) FILTER (WHERE level IN ('warn', 'error', 'fatal')), max(level)) AS level,
    CAST(sum(count) AS BIGINT) AS count,
    CAST(sum(minutes) AS BIGINT) AS minutes,
    min(first_ts) AS first_ts,
    max(last_ts) AS last_ts
FROM event_day
WHERE
    last_ts >= $since AND first_ts < $until
    AND service IS NOT NULL AND signature_id IS NOT NULL
GROUP BY event_date, service, signature_id
ORDER BY service, signature_id, event_date
