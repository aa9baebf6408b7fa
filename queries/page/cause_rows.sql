-- cause_rows: candidate changes of one subject, as judged on the latest night.
--
-- Reads:   cause
-- Params:  $subject VARCHAR   id of an incident, recurrence or onset
-- Columns: event_date VARCHAR, subject_kind VARCHAR, subject_id VARCHAR, change_id VARCHAR
--          rank BIGINT, probability DOUBLE, label VARCHAR, lag_s DOUBLE, distance BIGINT
--          coincidence_share DOUBLE, reason VARCHAR, warnings VARCHAR
-- Grain:   subject_kind, subject_id, rank
SELECT
    event_date, subject_kind, subject_id, change_id, rank, probability, label, lag_s, distance,
    coincidence_share, reason, warnings
FROM cause
WHERE event_date = (SELECT max(event_date) FROM cause) AND subject_id = $subject
ORDER BY subject_kind, subject_id, rank
