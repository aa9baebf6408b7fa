-- finding: one conclusion of one night, in words. History: every night.
--
-- Reads:   lake_finding
-- Columns: event_date VARCHAR, finding_id VARCHAR, kind VARCHAR, rank BIGINT
--          subject_kind VARCHAR, subject_id VARCHAR, service VARCHAR, sentence VARCHAR
--          evidence VARCHAR, status VARCHAR, first_ts TIMESTAMP, last_ts TIMESTAMP
--          score DOUBLE, q_value DOUBLE, warnings VARCHAR
-- Grain:   event_date, finding_id
SELECT
    event_date, finding_id, kind, rank, subject_kind, subject_id, service, sentence,
    evidence, status, first_ts, last_ts, score, q_value, warnings
FROM lake_finding
