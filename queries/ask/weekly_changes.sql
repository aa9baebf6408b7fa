-- weekly_changes: what is new, back, gone, fixed or overdue since last week.
--
-- new and returned are signatures that logged errors in the last week: new
-- ones were never seen before, returned ones not in the $quiet_s before the
-- week. gone had errors on $days_min days or more in that time and none in
-- the last week, although their service wrote lines. fixed are claimed fixes
-- with the state the latest night gave them. overdue are actions past their
-- due date that are not done.
--
-- Reads:   event_minute, service_volume, signature, fix, action
-- Params:  $week TIMESTAMP       first instant of the week (UTC)
--          $until TIMESTAMP      its end, exclusive
--          $quiet_s BIGINT = 2419200 seconds before the week to compare with (four weeks)
--          $days_min BIGINT = 3  days with errors before a signature can be gone
-- Columns: category VARCHAR      new, returned, gone, fixed or overdue
--          subject_kind VARCHAR  signature, recurrence or incident
--          subject_id VARCHAR
--          service VARCHAR
--          what VARCHAR          template, fix or action, in words
--          ts TIMESTAMP          first error of the week, last error, time of the fix, due date
--          event_count BIGINT    errors in the week; for gone, in the time before
-- Grain:   category, subject_id, service, what
WITH _errors AS (
    SELECT
        service,
        signature_id,
        min(first_ts) AS ever_ts,
        min(first_ts) FILTER (WHERE minute_ts >= $week) AS week_ts,
        max(last_ts) FILTER (WHERE minute_ts < $week) AS before_ts,
        sum(count) FILTER (WHERE minute_ts >= $week) AS week_count,
        sum(count) FILTER (
            WHERE minute_ts < $week AND minute_ts >= $week - CAST($quiet_s AS BIGINT) * INTERVAL '1' SECOND
        ) AS before_count,
        count(DISTINCT event_date) FILTER (
            WHERE minute_ts < $week AND minute_ts >= $week - CAST($quiet_s AS BIGINT) * INTERVAL '1' SECOND
        ) AS before_days
    FROM event_minute
    WHERE minute_ts < $until AND level IN ('error', 'fatal')
    GROUP BY service, signature_id
),
_before AS (
    SELECT min(slot_ts) AS first_ts
    FROM service_volume
),
_alive AS (
    SELECT DISTINCT service
    FROM service_volume
    WHERE slot_ts >= $week AND slot_ts < $until
),
_judged AS (
    SELECT
        CASE
            WHEN e.week_count > 0 AND e.ever_ts >= $week THEN 'new'
            WHEN e.week_count > 0 AND coalesce(e.before_count, 0) = 0 THEN 'returned'
            WHEN e.week_count IS NULL AND e.before_days >= $days_min AND a.service IS NOT NULL THEN 'gone'
        END AS category,
        e.service,
        e.signature_id,
        coalesce(e.week_ts, e.before_ts) AS ts,
        coalesce(e.week_count, e.before_count) AS n
    FROM _errors AS e
    CROSS JOIN _before AS b
    LEFT JOIN _alive AS a ON a.service = e.service
    WHERE b.first_ts < $week
),
_all AS (
    SELECT
        j.category,
        'signature' AS subject_kind,
        j.signature_id AS subject_id,
        j.service,
        coalesce(s.template, j.signature_id) AS what,
        j.ts,
        CAST(j.n AS BIGINT) AS event_count
    FROM _judged AS j
    LEFT JOIN signature AS s ON s.signature_id = j.signature_id
    WHERE j.category IS NOT NULL
    UNION ALL
    SELECT
        'fixed', 'recurrence', f.recurrence_id, NULL,
        coalesce(f.state, 'not judged yet') || ': ' || coalesce(f.what, f.fix_id),
        f.fixed_ts, NULL
    FROM fix AS f
    WHERE f.event_date = (SELECT max(event_date) FROM fix)
    UNION ALL
    SELECT 'overdue', 'incident', a.incident_id, a.owner, a.text, a.due_ts, NULL
    FROM action AS a
    WHERE a.due_ts < $until AND coalesce(a.status, '') <> 'done'
)
SELECT category, subject_kind, subject_id, service, what, ts, event_count
FROM _all
ORDER BY
    category, event_count DESC NULLS LAST, ts NULLS LAST,
    subject_id NULLS LAST, service NULLS LAST, what NULLS LAST
