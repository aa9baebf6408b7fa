-- reject_trend: what was refused of each source lately, and before.
--
-- A share that jumps is a format that changed: look before the logs are
-- gone.
--
-- Reads:   coverage
-- Params:  $before TIMESTAMP = 1970-01-01 first instant of the time before (UTC), inclusive
--          $since TIMESTAMP = 2000-01-01 first instant of the recent time (UTC), inclusive
--          $until TIMESTAMP = 2999-01-01 last instant (UTC), exclusive
-- Columns: source VARCHAR
--          recent_lines BIGINT    lines from $since on
--          recent_rejects BIGINT  of them refused
--          recent_share DOUBLE    refused of events and rejects, 0-1
--          before_share DOUBLE    the same before $since
-- Grain:   source
WITH _part AS (
    SELECT
        source,
        CASE WHEN hour_ts >= $since THEN lines ELSE 0 END AS recent_lines,
        CASE WHEN hour_ts >= $since THEN events ELSE 0 END AS recent_events,
        CASE WHEN hour_ts >= $since THEN rejects ELSE 0 END AS recent_rejects,
        CASE WHEN hour_ts < $since THEN events ELSE 0 END AS before_events,
        CASE WHEN hour_ts < $since THEN rejects ELSE 0 END AS before_rejects
    FROM coverage
    WHERE hour_ts >= $before AND hour_ts < $until
)
SELECT
    source,
    CAST(SUM(recent_lines) AS BIGINT) AS recent_lines,
    CAST(SUM(recent_rejects) AS BIGINT) AS recent_rejects,
    CASE WHEN SUM(recent_events + recent_rejects) > 0
        THEN CAST(SUM(recent_rejects) AS DOUBLE) / CAST(SUM(recent_events + recent_rejects) AS DOUBLE) END AS recent_share,
    CASE WHEN SUM(before_events + before_rejects) > 0
        THEN CAST(SUM(before_rejects) AS DOUBLE) / CAST(SUM(before_events + before_rejects) AS DOUBLE) END AS before_share
FROM _part
GROUP BY source
ORDER BY source
