-- incident_minutes: errors per minute and service around an incident, with
-- the same minutes a week before.
--
-- From $before_s before the start to $after_s past the end, at most $max_s
-- long. A minute in which the service wrote no line at all within five
-- minutes has errors NULL: it was not observed. Services without an error in
-- the window are left out.
--
-- Reads:   incident, event_minute, service_volume
-- Params:  $incident VARCHAR        id of the incident
--          $before_s BIGINT = 1800  seconds before the start
--          $after_s BIGINT = 1800   seconds past the end
--          $open_s BIGINT = 7200    length of an incident without an end
--          $max_s BIGINT = 28800    longest window
--          $week_s BIGINT = 604800  how far back the baseline lies
-- Columns: minute_ts TIMESTAMP      UTC
--          service VARCHAR
--          errors BIGINT            lines of level error and above
--          week_before BIGINT       the same minute a week before; NULL: not observed
-- Grain:   minute_ts, service
WITH _start AS (
    SELECT
        resolved_ts,
        CASE
            WHEN started_ts IS NULL THEN detected_ts
            WHEN detected_ts IS NULL OR started_ts <= detected_ts THEN started_ts
            ELSE detected_ts
        END AS start_ts
    FROM incident
    WHERE incident_id = $incident
),
_end AS (
    SELECT
        date_trunc('minute', start_ts) - CAST($before_s AS BIGINT) * INTERVAL '1' SECOND AS from_ts,
        CASE
            WHEN resolved_ts IS NULL OR resolved_ts < start_ts
                THEN start_ts + CAST($open_s AS BIGINT) * INTERVAL '1' SECOND
            ELSE resolved_ts
        END + CAST($after_s AS BIGINT) * INTERVAL '1' SECOND AS end_ts
    FROM _start
    WHERE start_ts IS NOT NULL
),
_window AS (
    SELECT
        from_ts,
        CASE
            WHEN end_ts > from_ts + CAST($max_s AS BIGINT) * INTERVAL '1' SECOND
                THEN from_ts + CAST($max_s AS BIGINT) * INTERVAL '1' SECOND
            ELSE end_ts
        END AS until_ts,
        CAST($week_s AS BIGINT) * INTERVAL '1' SECOND AS week
    FROM _end
),
_minute AS (
    SELECT CAST(g.minute_ts AS TIMESTAMP) AS minute_ts, w.week
    FROM _window AS w
    CROSS JOIN generate_series(w.from_ts, w.until_ts - INTERVAL '1' SECOND, INTERVAL '1' MINUTE) AS g (minute_ts)
),
_count AS (
    SELECT m.minute_ts, m.service, CAST(sum(m.count) AS BIGINT) AS errors
    FROM _window AS w
    INNER JOIN event_minute AS m ON
        (m.minute_ts >= w.from_ts AND m.minute_ts < w.until_ts)
        OR (m.minute_ts >= w.from_ts - w.week AND m.minute_ts < w.until_ts - w.week)
    WHERE m.level IN ('error', 'fatal')
    GROUP BY m.minute_ts, m.service
),
_seen AS (
    SELECT DISTINCT v.slot_ts, v.service
    FROM _window AS w
    INNER JOIN service_volume AS v ON
        (v.slot_ts >= w.from_ts - INTERVAL '5' MINUTE AND v.slot_ts < w.until_ts)
        OR (v.slot_ts >= w.from_ts - w.week - INTERVAL '5' MINUTE AND v.slot_ts < w.until_ts - w.week)
),
_service AS (
    SELECT DISTINCT c.service
    FROM _window AS w
    INNER JOIN _count AS c ON c.minute_ts >= w.from_ts
),
_slot AS (
    SELECT
        s.service, m.minute_ts, m.minute_ts - m.week AS before_ts,
        date_trunc('minute', m.minute_ts)
            - CAST(minute(m.minute_ts) % 5 AS BIGINT) * INTERVAL '1' MINUTE AS slot_ts,
        date_trunc('minute', m.minute_ts - m.week)
            - CAST(minute(m.minute_ts - m.week) % 5 AS BIGINT) * INTERVAL '1' MINUTE AS before_slot_ts
    FROM _minute AS m
    CROSS JOIN _service AS s
)
SELECT
    s.minute_ts,
    s.service,
    CASE WHEN c.errors IS NOT NULL OR n.service IS NOT NULL THEN coalesce(c.errors, 0) END AS errors,
    CASE WHEN b.errors IS NOT NULL OR p.service IS NOT NULL THEN coalesce(b.errors, 0) END AS week_before
FROM _slot AS s
LEFT JOIN _count AS c ON c.service = s.service AND c.minute_ts = s.minute_ts
LEFT JOIN _count AS b ON b.service = s.service AND b.minute_ts = s.before_ts
LEFT JOIN _seen AS n ON n.service = s.service AND n.slot_ts = s.slot_ts
LEFT JOIN _seen AS p ON p.service = s.service AND p.slot_ts = s.before_slot_ts
ORDER BY s.minute_ts, s.service
