-- event_minute_local: event_minute with the site's wall-clock calendar.
--
-- The one place where SQL turns UTC into local time.
--
-- Reads:   event_minute, zone_offset
-- Columns: minute_ts TIMESTAMP   UTC
--          event_date VARCHAR, service VARCHAR, level VARCHAR
--          signature_id VARCHAR, error_type VARCHAR, count BIGINT
--          first_ts TIMESTAMP, last_ts TIMESTAMP
--          local_ts TIMESTAMP    wall clock of the site
--          local_date VARCHAR    YYYY-MM-DD of the wall clock
--          iso_dow INTEGER       1 = Monday … 7 = Sunday
--          minute_of_day INTEGER 0-1439, wall clock
-- Grain:   minute_ts, service, level, signature_id, error_type
WITH _local AS (
    SELECT
        m.minute_ts, m.event_date, m.service, m.level, m.signature_id, m.error_type, m.count,
        m.first_ts, m.last_ts, m.minute_ts + to_seconds(z.offset_s) AS local_ts
    FROM event_minute AS m
    JOIN zone_offset AS z ON m.minute_ts >= z.from_ts AND m.minute_ts < z.until_ts
)
SELECT
    minute_ts, event_date, service, level, signature_id, error_type, count,
    first_ts, last_ts, local_ts,
    strftime(local_ts, '%Y-%m-%d') AS local_date,
    CAST(isodow(local_ts) AS INTEGER) AS iso_dow,
    CAST(hour(local_ts) * 60 + minute(local_ts) AS INTEGER) AS minute_of_day
FROM _local
