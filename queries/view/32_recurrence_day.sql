-- recurrence_day: one occasion of a recurrence; not observed is not "no hit".
--
-- Reads:   lake_recurrence_day
-- Columns: event_date VARCHAR, recurrence_id VARCHAR, local_date VARCHAR
--          is_observed BOOLEAN, is_hit BOOLEAN, due_ts TIMESTAMP, onset_ts TIMESTAMP
--          end_ts TIMESTAMP, count BIGINT, job_ts TIMESTAMP
-- Grain:   event_date, recurrence_id, local_date
SELECT
    event_date, recurrence_id, local_date, is_observed, is_hit, due_ts, onset_ts, end_ts,
    count, job_ts
FROM lake_recurrence_day
