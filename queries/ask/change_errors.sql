-- change_errors: errors per service before and after one change.
--
-- The change's own service first, then by how much errors per thousand lines
-- grew. An hour without a line of a service was not observed: compare the
-- shares, not the counts, where the hours differ. That errors rose after a
-- change does not make it the cause: see ask causes.
--
-- Reads:   change, service_volume
-- Params:  $change VARCHAR = '' id of the change
--          $window_s BIGINT = 86400 seconds looked at on each side
-- Columns: service VARCHAR
--          is_own BOOLEAN         the service that was changed
--          errors_before BIGINT   lines of level error and above
--          errors_after BIGINT
--          lines_before BIGINT, lines_after BIGINT
--          hours_before BIGINT    hours in which the service was observed
--          hours_after BIGINT
--          per_1000_before DOUBLE errors per thousand lines
--          per_1000_after DOUBLE
-- Grain:   service
WITH _change AS (
    SELECT
        service,
        coalesce(started_ts, finished_ts) AS ts,
        CAST($window_s AS BIGINT) * INTERVAL '1' SECOND AS width
    FROM change
    WHERE change_id = $change
),
_side AS (
    SELECT
        v.service,
        max(CASE WHEN v.service = c.service THEN 1 ELSE 0 END) AS own,
        sum(CASE WHEN v.slot_ts < c.ts THEN coalesce(v.errors, 0) END) AS errors_before,
        sum(CASE WHEN v.slot_ts >= c.ts THEN coalesce(v.errors, 0) END) AS errors_after,
        sum(CASE WHEN v.slot_ts < c.ts THEN v.lines END) AS lines_before,
        sum(CASE WHEN v.slot_ts >= c.ts THEN v.lines END) AS lines_after,
        count(DISTINCT CASE WHEN v.slot_ts < c.ts THEN date_trunc('hour', v.slot_ts) END) AS hours_before,
        count(DISTINCT CASE WHEN v.slot_ts >= c.ts THEN date_trunc('hour', v.slot_ts) END) AS hours_after
    FROM _change AS c
    INNER JOIN service_volume AS v ON v.slot_ts >= c.ts - c.width AND v.slot_ts < c.ts + c.width
    WHERE v.service IS NOT NULL
    GROUP BY v.service
),
_rate AS (
    SELECT
        service, own, errors_before, errors_after, lines_before, lines_after, hours_before, hours_after,
        CASE WHEN lines_before > 0 THEN 1000.0 * CAST(errors_before AS DOUBLE) / lines_before END AS per_1000_before,
        CASE WHEN lines_after > 0 THEN 1000.0 * CAST(errors_after AS DOUBLE) / lines_after END AS per_1000_after
    FROM _side
),
_grown AS (
    SELECT
        service, own, errors_before, errors_after, lines_before, lines_after, hours_before, hours_after,
        per_1000_before, per_1000_after,
        coalesce(per_1000_after, 0) - coalesce(per_1000_before, 0) AS growth
    FROM _rate
)
SELECT
    service,
    own = 1 AS is_own,
    CAST(errors_before AS BIGINT) AS errors_before,
    CAST(errors_after AS BIGINT) AS errors_after,
    CAST(lines_before AS BIGINT) AS lines_before,
    CAST(lines_after AS BIGINT) AS lines_after,
    CAST(hours_before AS BIGINT) AS hours_before,
    CAST(hours_after AS BIGINT) AS hours_after,
    per_1000_before,
    per_1000_after
FROM _grown
ORDER BY own DESC, growth DESC, service
