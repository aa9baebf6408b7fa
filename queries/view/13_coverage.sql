-- coverage: what was read of a source in an hour.
--
-- An hour without a row is "no data", never "no errors".
--
-- Reads:   lake_coverage
-- Columns: source VARCHAR
--          hour_ts TIMESTAMP     start of the hour, UTC
--          event_date VARCHAR
--          lines BIGINT, events BIGINT, rejects BIGINT
-- Grain:   source, hour_ts
SELECT
    source, hour_ts, event_date,
    CAST(SUM(COALESCE(lines, 0)) AS BIGINT) AS lines,
    CAST(SUM(COALESCE(events, 0)) AS BIGINT) AS events,
    CAST(SUM(COALESCE(rejects, 0)) AS BIGINT) AS rejects
FROM lake_coverage
GROUP BY source, hour_ts, event_date
