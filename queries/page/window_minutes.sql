-- window_minutes: errors per minute and service in one window of time.
--
-- Only minutes with an error; window_slots says which others were observed.
--
-- Reads:   event_minute
-- Params:  $from TIMESTAMP    first instant (UTC), inclusive
--          $until TIMESTAMP   last instant (UTC), exclusive
-- Columns: minute_ts TIMESTAMP
--          service VARCHAR
--          count BIGINT       lines of level error and above
-- Grain:   minute_ts, service
SELECT minute_ts, service, CAST(sum(count) AS BIGINT) AS count
FROM event_minute
WHERE
    minute_ts >= $from AND minute_ts < $until
    AND event_date >= CAST(CAST($from AS DATE) AS VARCHAR)
    AND event_date <= CAST(CAST($until AS DATE) AS VARCHAR)
    AND level IN ('error', 'fatal')
GROUP BY minute_ts, service
ORDER BY minute_ts, service NULLS LAST
