-- onset_volume: load and observed time per day and service.
--
-- Reads:   service_volume
-- Params:  $since TIMESTAMP  first instant (UTC), inclusive
--          $until TIMESTAMP  last instant (UTC), exclusive
-- Columns: event_date VARCHAR   UTC date
--          service VARCHAR
--          lines BIGINT         log lines, all levels
--          requests BIGINT      served requests, 0 when no access log is read
--          slots BIGINT         5-minute slots with any line, of 288
-- Grain:   event_date, service
SELECT
    event_date,
    service,
    CAST(sum(lines) AS BIGINT) AS lines,
    CAST(coalesce(sum(requests), 0) AS BIGINT) AS requests,
    count(DISTINCT slot_ts) AS slots
FROM service_volume
WHERE slot_ts >= $since AND slot_ts < $until AND service IS NOT NULL
GROUP BY event_date, service
ORDER BY service, event_date
