-- change_minutes: errors per quarter of an hour and service around a change.
--
-- A quarter in which the service wrote no line is absent: it was not observed.
-- Services without an error in the window are left out.
--
-- Reads:   change, service_volume
-- Params:  $change VARCHAR = '' id of the change
--          $window_s BIGINT = 86400 seconds looked at on each side
-- Columns: minute_ts TIMESTAMP   start of the quarter (UTC)
--          service VARCHAR
--          errors BIGINT         lines of level error and above
-- Grain:   minute_ts, service
WITH _change AS (
    SELECT
        coalesce(started_ts, finished_ts) AS ts,
        CAST($window_s AS BIGINT) * INTERVAL '1' SECOND AS width
    FROM change
    WHERE change_id = $change
),
_slot AS (
    SELECT
        v.service,
        date_trunc('hour', v.slot_ts)
            + CAST(floor(minute(v.slot_ts) / 15.0) AS BIGINT) * INTERVAL '15' MINUTE AS minute_ts,
        coalesce(v.errors, 0) AS errors
    FROM _change AS c
    INNER JOIN service_volume AS v ON v.slot_ts >= c.ts - c.width AND v.slot_ts < c.ts + c.width
    WHERE v.service IS NOT NULL
),
_failing AS (
    SELECT service FROM _slot GROUP BY service HAVING sum(errors) > 0
)
SELECT
    s.minute_ts,
    s.service,
    CAST(sum(s.errors) AS BIGINT) AS errors
FROM _slot AS s
INNER JOIN _failing AS f ON f.service = s.service
GROUP BY s.minute_ts, s.service
ORDER BY s.minute_ts, s.service
