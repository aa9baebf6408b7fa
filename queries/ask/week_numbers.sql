-- week_numbers: the week in a handful of numbers, beside the week before.
--
-- NULL where nothing was observed or nothing can be computed. Incidents count
-- in the week in which they started; open_incidents have a start and no
-- resolution, stated or recorded, and are not so old that the record rather
-- lacks its end than the incident. confirmed_recurrences counts one per story
-- on the latest night, and on the latest night of the week before.
--
-- Reads:   service_volume, incident, change, action, recurrence
-- Params:  $week TIMESTAMP       first instant of the week (UTC)
--          $until TIMESTAMP      its end, exclusive
--          $open_s BIGINT = 2419200 seconds after which an incident without an end is no open one
-- Columns: name VARCHAR          errors, lines, incidents, open_incidents, median_resolve_s, changes, confirmed_recurrences, overdue_actions
--          value DOUBLE          this week
--          week_before DOUBLE    the seven days before $week
-- Grain:   name
WITH _edge AS (
    SELECT CAST($week AS TIMESTAMP) AS week_ts, CAST($until AS TIMESTAMP) AS until_ts,
           CAST($week AS TIMESTAMP) - INTERVAL '7' DAY AS before_ts
),
_volume AS (
    SELECT
        sum(v.errors) FILTER (WHERE v.slot_ts >= e.week_ts) AS errors,
        sum(v.errors) FILTER (WHERE v.slot_ts < e.week_ts) AS errors_before,
        sum(v.lines) FILTER (WHERE v.slot_ts >= e.week_ts) AS lines,
        sum(v.lines) FILTER (WHERE v.slot_ts < e.week_ts) AS lines_before
    FROM _edge AS e
    INNER JOIN service_volume AS v ON v.slot_ts >= e.before_ts AND v.slot_ts < e.until_ts
),
_incident AS (
    SELECT
        count(*) FILTER (WHERE i.started_ts >= e.week_ts AND i.started_ts < e.until_ts) AS began,
        count(*) FILTER (WHERE i.started_ts >= e.before_ts AND i.started_ts < e.week_ts) AS began_before,
        count(*) FILTER (
            WHERE i.started_ts < e.until_ts AND i.resolved_ts IS NULL AND i.stated_duration_s IS NULL
                AND epoch_us(e.until_ts) - epoch_us(i.started_ts) <= CAST($open_s AS BIGINT) * 1000000
        ) AS still_open
    FROM _edge AS e
    CROSS JOIN incident AS i
),
_length AS (
    SELECT
        CASE WHEN i.started_ts >= e.week_ts THEN 1 ELSE 0 END AS is_week,
        epoch_us(i.resolved_ts) - epoch_us(i.started_ts) AS length_us
    FROM _edge AS e
    INNER JOIN incident AS i ON i.started_ts >= e.before_ts AND i.started_ts < e.until_ts
    WHERE i.resolved_ts > i.started_ts
),
_ranked AS (
    SELECT
        is_week,
        CAST(length_us AS DOUBLE) / 1000000.0 AS length_s,
        row_number() OVER (PARTITION BY is_week ORDER BY length_us) AS nth,
        count(*) OVER (PARTITION BY is_week) AS n
    FROM _length
),
_median AS (
    SELECT
        avg(length_s) FILTER (WHERE is_week = 1) AS now_s,
        avg(length_s) FILTER (WHERE is_week = 0) AS before_s
    FROM _ranked
    WHERE 2 * nth BETWEEN n AND n + 2
),
_change AS (
    SELECT
        count(*) FILTER (WHERE c.started_ts >= e.week_ts) AS made,
        count(*) FILTER (WHERE c.started_ts < e.week_ts) AS made_before
    FROM _edge AS e
    INNER JOIN change AS c ON c.started_ts >= e.before_ts AND c.started_ts < e.until_ts
),
_night AS (
    SELECT
        max(r.event_date) AS night,
        max(r.event_date) FILTER (WHERE r.event_date < strftime(e.week_ts, '%Y-%m-%d')) AS night_before
    FROM _edge AS e
    CROSS JOIN recurrence AS r
),
_recurrence AS (
    SELECT
        count(*) FILTER (WHERE r.event_date = n.night) AS confirmed,
        CASE
            WHEN max(n.night_before) IS NOT NULL
                THEN count(*) FILTER (WHERE r.event_date = n.night_before)
        END AS confirmed_before
    FROM _night AS n
    INNER JOIN recurrence AS r ON r.event_date IN (n.night, n.night_before)
    WHERE r.status = 'confirmed' AND coalesce(r.is_lead, TRUE)
),
_action AS (
    SELECT
        count(*) FILTER (WHERE a.due_ts < e.until_ts) AS overdue
    FROM _edge AS e
    CROSS JOIN action AS a
    WHERE coalesce(a.status, '') <> 'done'
),
_all AS (
    SELECT 'errors' AS name, CAST(errors AS DOUBLE) AS value, CAST(errors_before AS DOUBLE) AS week_before FROM _volume
    UNION ALL
    SELECT 'lines', CAST(lines AS DOUBLE), CAST(lines_before AS DOUBLE) FROM _volume
    UNION ALL
    SELECT 'incidents', CAST(began AS DOUBLE), CAST(began_before AS DOUBLE) FROM _incident
    UNION ALL
    SELECT 'open_incidents', CAST(still_open AS DOUBLE), NULL FROM _incident
    UNION ALL
    SELECT 'median_resolve_s', now_s, before_s FROM _median
    UNION ALL
    SELECT 'changes', CAST(made AS DOUBLE), CAST(made_before AS DOUBLE) FROM _change
    UNION ALL
    SELECT 'confirmed_recurrences', CAST(confirmed AS DOUBLE), CAST(confirmed_before AS DOUBLE) FROM _recurrence
    UNION ALL
    SELECT 'overdue_actions', CAST(overdue AS DOUBLE), NULL FROM _action
)
SELECT name, value, week_before
FROM _all
ORDER BY name
