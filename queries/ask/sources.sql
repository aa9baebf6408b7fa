-- sources: how far each source reaches, its holes and what was refused.
--
-- An hour without a line between the first and the last is a hole: no data,
-- never "no errors".
--
-- Reads:   coverage
-- Columns: source VARCHAR
--          first_hour TIMESTAMP  UTC
--          last_hour TIMESTAMP   UTC; old: the source has gone silent
--          hours BIGINT          hours with data
--          missing_hours BIGINT  hours without, between the first and the last
--          lines BIGINT, events BIGINT, rejects BIGINT
--          reject_share DOUBLE   rejects of events and rejects, 0-1
-- Grain:   source
SELECT
    source,
    MIN(hour_ts) AS first_hour,
    MAX(hour_ts) AS last_hour,
    COUNT(DISTINCT hour_ts) AS hours,
    CAST((epoch(MAX(hour_ts)) - epoch(MIN(hour_ts))) / 3600 AS BIGINT) + 1 - COUNT(DISTINCT hour_ts) AS missing_hours,
    CAST(SUM(lines) AS BIGINT) AS lines,
    CAST(SUM(events) AS BIGINT) AS events,
    CAST(SUM(rejects) AS BIGINT) AS rejects,
    CASE WHEN SUM(events + rejects) > 0
        THEN CAST(SUM(rejects) AS DOUBLE) / CAST(SUM(events + rejects) AS DOUBLE) END AS reject_share
FROM coverage
GROUP BY source
ORDER BY source
