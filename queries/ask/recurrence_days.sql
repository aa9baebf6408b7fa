-- recurrence_days: the occasions of one recurrence: hit, missed or not seen.
--
-- An occasion that was not observed has is_observed false and no is_hit:
-- missing is not zero.
--
-- Reads:   recurrence_day
-- Params:  $recurrence VARCHAR  id of the recurrence, R-…
-- Columns: local_date VARCHAR     date of the window's start in the recurrence's zone
--          due_ts TIMESTAMP       start of the window (UTC)
--          is_observed BOOLEAN
--          is_hit BOOLEAN
--          onset_ts TIMESTAMP     first event of the occasion (UTC)
--          end_ts TIMESTAMP       last event
--          event_count BIGINT     events in the window
--          job_ts TIMESTAMP       start of the candidate job that day (UTC)
-- Grain:   local_date, due_ts
SELECT local_date, due_ts, is_observed, is_hit, onset_ts, end_ts, count AS event_count, job_ts
FROM recurrence_day
WHERE recurrence_id = $recurrence
  AND event_date = (SELECT max(event_date) FROM recurrence_day)
ORDER BY local_date, due_ts
