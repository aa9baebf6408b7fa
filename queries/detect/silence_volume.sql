-- silence_volume: log lines per service and 5-minute slot.
--
-- Volume time: a pause is measured in what the service wrote meanwhile.
--
-- Reads:   service_volume
-- Params:  $since TIMESTAMP  first instant (UTC), inclusive
--          $until TIMESTAMP  last instant (UTC), exclusive
-- Columns: service VARCHAR
--          slot_ts TIMESTAMP  start of the slot; a slot without a row was not observed
--          lines BIGINT
-- Grain:   service, slot_ts
SELECT
    service,
    slot_ts,
    CAST(sum(lines) AS BIGINT) AS lines
FROM service_volume
WHERE slot_ts >= $since AND slot_ts < $until AND service IS NOT NULL
GROUP BY service, slot_ts
ORDER BY service, slot_ts
