-- silence_coverage: hours in which a source delivered anything.
--
-- Reads:   coverage
-- Params:  $since TIMESTAMP  first instant (UTC), inclusive
--          $until TIMESTAMP  last instant (UTC), exclusive
-- Columns: source VARCHAR
--          hour_ts TIMESTAMP
--          lines BIGINT
-- Grain:   source, hour_ts
SELECT
    source,
    hour_ts,
    CAST(sum(lines) AS BIGINT) AS lines
FROM coverage
WHERE hour_ts >= $since AND hour_ts < $until AND source IS NOT NULL
GROUP BY source, hour_ts
ORDER BY source, hour_ts
