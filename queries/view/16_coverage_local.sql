-- coverage_local: coverage with the site's local date.
--
-- Reads:   coverage, zone_offset
-- Columns: source VARCHAR
--          hour_ts TIMESTAMP     start of the hour, UTC
--          event_date VARCHAR
--          lines BIGINT, events BIGINT, rejects BIGINT
--          local_date VARCHAR    YYYY-MM-DD of the wall clock
-- Grain:   source, hour_ts
SELECT
    c.source, c.hour_ts, c.event_date, c.lines, c.events, c.rejects,
    strftime(c.hour_ts + to_seconds(z.offset_s), '%Y-%m-%d') AS local_date
FROM coverage AS c
JOIN zone_offset AS z ON c.hour_ts >= z.from_ts AND c.hour_ts < z.until_ts
