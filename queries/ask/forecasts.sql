-- forecasts: when recurrences were and are due, and what came of it.
--
-- A forecast is written before the fact and never changed; the first night
-- that forecast an occasion counts. Nights refine the window, so two due times
-- of a recurrence within six hours are one occasion. outcome is due while the
-- occasion lies ahead or has not been read yet, then hit, missed or not observed.
--
-- Reads:   forecast, recurrence, recurrence_day
-- Columns: recurrence_id VARCHAR
--          due_ts TIMESTAMP        start of the occasion (UTC)
--          due_end_ts TIMESTAMP    end of the occasion (UTC)
--          probability DOUBLE      stated chance of a hit
--          forecast_date VARCHAR   the night that made it
--          service VARCHAR
--          label VARCHAR           every Monday
--          zone VARCHAR
--          outcome VARCHAR         due, hit, missed or not observed
--          sentence VARCHAR        of the recurrence
-- Grain:   recurrence_id, due_ts
WITH _first AS (
    SELECT f.recurrence_id, f.due_ts, f.due_end_ts, f.probability, f.event_date AS forecast_date
    FROM forecast AS f
    WHERE NOT EXISTS (
        SELECT 1
        FROM forecast AS e
        WHERE e.recurrence_id = f.recurrence_id
          AND e.event_date < f.event_date
          AND e.due_ts >= f.due_ts - INTERVAL 6 HOUR
          AND e.due_ts <= f.due_ts + INTERVAL 6 HOUR
    )
),
_night AS (
    SELECT recurrence_id, max(event_date) AS event_date
    FROM recurrence
    GROUP BY recurrence_id
),
_day AS (
    SELECT d.recurrence_id, d.due_ts, d.is_observed, d.is_hit
    FROM recurrence_day AS d
    INNER JOIN _night AS n ON n.recurrence_id = d.recurrence_id AND n.event_date = d.event_date
),
_came AS (
    SELECT f.recurrence_id, f.due_ts,
           max(CASE WHEN d.is_observed THEN 1 ELSE 0 END) AS was_observed,
           max(CASE WHEN d.is_hit THEN 1 ELSE 0 END) AS was_hit
    FROM _first AS f
    INNER JOIN _day AS d
        ON d.recurrence_id = f.recurrence_id
       AND d.due_ts >= f.due_ts - INTERVAL 6 HOUR
       AND d.due_ts <= f.due_ts + INTERVAL 6 HOUR
    GROUP BY f.recurrence_id, f.due_ts
)
SELECT f.recurrence_id, f.due_ts, f.due_end_ts, f.probability, f.forecast_date,
       r.service, r.label, r.zone,
       CASE WHEN c.was_hit = 1 THEN 'hit'
            WHEN c.was_observed = 1 THEN 'missed'
            WHEN c.was_observed = 0 THEN 'not observed'
            ELSE 'due' END AS outcome,
       r.sentence
FROM _first AS f
LEFT JOIN _night AS n ON n.recurrence_id = f.recurrence_id
LEFT JOIN recurrence AS r ON r.recurrence_id = n.recurrence_id AND r.event_date = n.event_date
LEFT JOIN _came AS c ON c.recurrence_id = f.recurrence_id AND c.due_ts = f.due_ts
ORDER BY f.due_ts, f.recurrence_id
