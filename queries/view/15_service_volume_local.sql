-- service_volume_local: service_volume with the site's wall-clock calendar.
--
-- Reads:   service_volume, zone_offset
-- Columns: slot_ts TIMESTAMP     start of the slot, UTC
--          event_date VARCHAR, service VARCHAR
--          lines BIGINT, requests BIGINT, errors BIGINT
--          local_date VARCHAR    YYYY-MM-DD of the wall clock
--          iso_dow INTEGER       1 = Monday … 7 = Sunday
--          minute_of_day INTEGER 0-1435, wall clock
-- Grain:   slot_ts, service
WITH _local AS (
    SELECT
        v.slot_ts, v.event_date, v.service, v.lines, v.requests, v.errors,
        v.slot_ts + to_seconds(z.offset_s) AS local_ts
    FROM service_volume AS v
    JOIN zone_offset AS z ON v.slot_ts >= z.from_ts AND v.slot_ts < z.until_ts
)
SELECT
    slot_ts, event_date, service, lines, requests, errors,
    strftime(local_ts, '%Y-%m-%d') AS local_date,
    CAST(isodow(local_ts) AS INTEGER) AS iso_dow,
    CAST(hour(local_ts) * 60 + minute(local_ts) AS INTEGER) AS minute_of_day
FROM _local
