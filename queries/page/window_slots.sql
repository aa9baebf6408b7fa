-- window_slots: 5-minute slots in which each service wrote anything.
--
-- Reads:   service_volume
-- Params:  $from TIMESTAMP    first instant (UTC), inclusive
--          $until TIMESTAMP   last instant (UTC), exclusive
-- Columns: slot_ts TIMESTAMP
--          service VARCHAR
--          lines BIGINT
-- Grain:   slot_ts, service
SELECT slot_ts, service, CAST(sum(lines) AS BIGINT) AS lines
FROM service_volume
WHERE
    slot_ts >= $from AND slot_ts < $until
    AND event_date >= CAST(CAST($from AS DATE) AS VARCHAR)
    AND event_date <= CAST(CAST($until AS DATE) AS VARCHAR)
GROUP BY slot_ts, service
ORDER BY slot_ts, service NULLS LAST
