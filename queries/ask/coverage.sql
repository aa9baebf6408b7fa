-- coverage: what was read of each source on each local day.
--
-- expected_hours is 24, or 23 and 25 on the days of a clock change. A day
-- without a row is "no data", never "no errors".
--
-- Reads:   coverage_local, zone_offset
-- Params:  $since TIMESTAMP = 1970-01-01 first instant (UTC), inclusive
--          $until TIMESTAMP = 2999-01-01 last instant (UTC), exclusive
-- Columns: source VARCHAR
--          local_date VARCHAR       YYYY-MM-DD of the site's wall clock
--          observed_hours BIGINT    hours with at least one line
--          expected_hours BIGINT
--          lines BIGINT, events BIGINT, rejects BIGINT
-- Grain:   source, local_date
WITH _shift AS (
    SELECT
        strftime(z.from_ts + to_seconds(o.offset_s), '%Y-%m-%d') AS local_date,
        CAST((z.offset_s - o.offset_s) / 3600 AS BIGINT) AS gained_hours
    FROM zone_offset AS z
    INNER JOIN zone_offset AS o ON o.until_ts = z.from_ts
)
SELECT
    c.source,
    c.local_date,
    count(DISTINCT c.hour_ts) FILTER (WHERE c.lines > 0) AS observed_hours,
    24 - coalesce(max(s.gained_hours), 0) AS expected_hours,
    CAST(sum(c.lines) AS BIGINT) AS lines,
    CAST(sum(c.events) AS BIGINT) AS events,
    CAST(sum(c.rejects) AS BIGINT) AS rejects
FROM coverage_local AS c
LEFT JOIN _shift AS s ON s.local_date = c.local_date
WHERE c.hour_ts >= $since AND c.hour_ts < $until
GROUP BY c.source, c.local_date
ORDER BY c.source, c.local_date
