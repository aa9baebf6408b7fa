-- cause: one candidate change for a subject, or the statement that none stands out.
--
-- Reads:   lake_cause
-- Columns: event_date VARCHAR, subject_kind VARCHAR, subject_id VARCHAR, change_id VARCHAR
--          rank BIGINT, probability DOUBLE, label VARCHAR, lag_s DOUBLE, distance BIGINT
--          coincidence_share DOUBLE, reason VARCHAR, warnings VARCHAR
-- Grain:   event_date, subject_kind, subject_id, rank
SELECT
    event_date, subject_kind, subject_id, change_id, rank, probability, label, lag_s,
    distance, coincidence_share, reason, warnings
FROM lake_cause
