-- recurrence_hours: events of a recurrence's subject per local hour.
--
-- Usual is the mean over the days on which any service was observed in that
-- hour, the worst day left out. The subject is a signature, an error type
-- (on the recurrence's service where it names one), all errors of a service,
-- or the starts of incidents.
--
-- Reads:   recurrence, event_minute_local, service_volume_local, incident, zone_offset
-- Params:  $recurrence VARCHAR   id of the recurrence, R-…
--          $since TIMESTAMP = 1970-01-01 first instant (UTC), inclusive
--          $until TIMESTAMP = 2999-01-01 last instant (UTC), exclusive
-- Columns: hour INTEGER           local hour, 0-23
--          observed_days BIGINT
--          hit_days BIGINT        of these, days with an event in that hour
--          event_count BIGINT
--          worst_count BIGINT     of the worst day
--          usual_count DOUBLE     mean per observed day, the worst day left out
-- Grain:   hour
WITH _subject AS (
    SELECT subject_kind, subject_id, service
    FROM recurrence
    WHERE recurrence_id = $recurrence
      AND event_date = (SELECT max(event_date) FROM recurrence WHERE recurrence_id = $recurrence)
),
_event AS (
    SELECT m.local_date, m.minute_of_day, m.count AS n
    FROM _subject AS s
    INNER JOIN event_minute_local AS m ON
        (s.subject_kind = 'signature' AND m.signature_id = s.subject_id AND m.service = coalesce(s.service, m.service))
        OR (s.subject_kind = 'error_type' AND m.error_type = s.subject_id AND m.service = coalesce(s.service, m.service))
        OR (s.subject_kind = 'service' AND m.service = s.subject_id AND m.level IN ('error', 'fatal'))
    WHERE m.minute_ts >= $since AND m.minute_ts < $until
    UNION ALL
    SELECT
        strftime(i.started_ts + to_seconds(z.offset_s), '%Y-%m-%d'),
        CAST(hour(i.started_ts + to_seconds(z.offset_s)) * 60 AS INTEGER),
        1
    FROM _subject AS s
    INNER JOIN incident AS i ON s.subject_kind = 'incident'
        AND i.service = coalesce(s.service, i.service)
    INNER JOIN zone_offset AS z ON i.started_ts >= z.from_ts AND i.started_ts < z.until_ts
    WHERE i.started_ts >= $since AND i.started_ts < $until
),
_count AS (
    SELECT
        local_date,
        CAST((minute_of_day - minute_of_day % 60) / 60 AS INTEGER) AS hour,
        sum(n) AS n
    FROM _event
    GROUP BY local_date, CAST((minute_of_day - minute_of_day % 60) / 60 AS INTEGER)
),
_seen AS (
    SELECT DISTINCT
        local_date,
        CAST((minute_of_day - minute_of_day % 60) / 60 AS INTEGER) AS hour
    FROM service_volume_local
    WHERE slot_ts >= $since AND slot_ts < $until
),
_day AS (
    SELECT
        coalesce(s.hour, c.hour) AS hour,
        coalesce(c.n, 0) AS n
    FROM _seen AS s
    FULL OUTER JOIN _count AS c ON c.local_date = s.local_date AND c.hour = s.hour
)
SELECT
    hour,
    count(*) AS observed_days,
    count(*) FILTER (WHERE n > 0) AS hit_days,
    CAST(sum(n) AS BIGINT) AS event_count,
    CAST(max(n) AS BIGINT) AS worst_count,
    CASE
        WHEN count(*) > 1 THEN CAST(sum(n) - max(n) AS DOUBLE) / CAST(count(*) - 1 AS DOUBLE)
        ELSE CAST(sum(n) AS DOUBLE)
    END AS usual_count
FROM _day
GROUP BY hour
ORDER BY hour
