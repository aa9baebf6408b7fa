-- forecasts: when recurrences were and are due, and what came of it.
--
-- A forecast is written before the fact and never changed; the first night
-- that forecast an occasion counts. outcome is due while the occasion lies
-- ahead or has not been read yet, then hit, missed or not observed.
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
    SELECT recurrence_id, due_ts, min(event_date) AS forecast_date
    FROM forecast
    GROUP BY recurrence_id, due_ts
),
_night AS (
    SELECT recurrence_id, max(event_date) AS event_date
    FROM recurrence
    GROUP BY recurrence_id
),
_day AS (
    SELECT d.recurrence_id, d.due_ts,
           max(CASE WHEN d.is_observed THEN 1 ELSE 0 END) AS was_observed,
           max(CASE WHEN d.is_hit THEN 1 ELSE 0 END) AS was_hit
    FROM recurrence_day AS d
    JOIN _night AS n ON n.recurrence_id = d.recurrence_id AND n.event_date = d.event_date
    GROUP BY d.recurrence_id, d.due_ts
)
SELECT f.recurrence_id, f.due_ts, f.due_end_ts, f.probability, o.forecast_date,
       r.service, r.label, r.zone,
       CASE WHEN d.was_hit = 1 THEN 'hit'
            WHEN d.was_observed = 1 THEN 'missed'
            WHEN d.was_observed = 0 THEN 'not observed'
            ELSE 'due' END AS outcome,
       r.sentence
FROM _first AS o
JOIN forecast AS f
  ON f.recurrence_id = o.recurrence_id AND f.due_ts = o.due_ts AND f.event_date = o.forecast_date
LEFT JOIN _night AS n ON n.recurrence_id = f.recurrence_id
LEFT JOIN recurrence AS r ON r.recurrence_id = n.recurrence_id AND r.event_date = n.event_date
LEFT JOIN _day AS d ON d.recurrence_id = f.recurrence_id AND d.due_ts = f.due_ts
ORDER BY f.due_ts, f.recurrence_id
