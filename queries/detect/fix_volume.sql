-- fix_volume: the load of one service per 5 minutes, its errors left out.
--
-- An occasion without load is no test of a fix. Errors are left out, as a
-- failure's own lines would make quiet days look like days without load.
--
-- Reads:   service_volume
-- Params:  $service VARCHAR  the service
--          $since TIMESTAMP  first instant (UTC), inclusive
--          $until TIMESTAMP  last instant (UTC), exclusive
-- Columns: service VARCHAR
--          slot_ts TIMESTAMP  UTC start of the slot
--          lines BIGINT       log lines below level error
-- Grain:   service, slot_ts
SELECT
    service,
    slot_ts,
    CAST(sum(lines) - coalesce(sum(errors), 0) AS BIGINT) AS lines
FROM service_volume
WHERE service = $service AND slot_ts >= $since AND slot_ts < $until
GROUP BY service, slot_ts
ORDER BY service, slot_ts
