-- onset_minutes: the minutes in which one signature was logged by one service.
--
-- For the minute at which a level changed, when the day is known.
--
-- Reads:   event_minute
-- Params:  $service VARCHAR       the service
--          $signature_id VARCHAR  the signature
--          $since TIMESTAMP  first instant (UTC), inclusive
--          $until TIMESTAMP  last instant (UTC), exclusive
-- Columns: first_ts TIMESTAMP    first event of the minute
--          last_ts TIMESTAMP     last event of the minute
--          event_count BIGINT
-- Grain:   minute
SELECT
    min(first_ts) AS first_ts,
    max(last_ts) AS last_ts,
    CAST(sum(count) AS BIGINT) AS event_count
FROM event_minute
WHERE
    service = $service AND signature_id = $signature_id
    AND minute_ts >= $since AND minute_ts < $until
GROUP BY minute_ts
ORDER BY minute_ts
