-- recurrence: a named recurrence as judged in one night. History: every night.
--
-- Reads:   lake_recurrence
-- Columns: event_date VARCHAR, recurrence_id VARCHAR, subject_kind VARCHAR
--          subject_id VARCHAR, service VARCHAR, template VARCHAR, kind VARCHAR
--          label VARCHAR, window_start VARCHAR, window_end VARCHAR, zone VARCHAR
--          frame VARCHAR, cron VARCHAR, hits BIGINT, exposures BIGINT, hit_low DOUBLE
--          hit_high DOUBLE, expected_share DOUBLE, lift DOUBLE, p_value DOUBLE
--          q_value DOUBLE, tests BIGINT, status VARCHAR, first_night VARCHAR
--          since_ts TIMESTAMP, since_low_ts TIMESTAMP, since_high_ts TIMESTAMP
--          until_ts TIMESTAMP, first_ts TIMESTAMP, last_ts TIMESTAMP, next_due_ts TIMESTAMP
--          jitter_s DOUBLE, duration_s DOUBLE, verdict VARCHAR, job_service VARCHAR
--          job_signature VARCHAR, job_template VARCHAR, job_lag_s DOUBLE
--          first_service VARCHAR, job_runs BIGINT, job_run_hits BIGINT, job_skips BIGINT
--          job_skip_hits BIGINT, family_id VARCHAR, is_lead BOOLEAN, seen_in VARCHAR
--          sentence VARCHAR, why VARCHAR, warnings VARCHAR
--          ignored_reason VARCHAR, ignored_until VARCHAR
-- Grain:   event_date, recurrence_id
SELECT
    event_date, recurrence_id, subject_kind, subject_id, service, template, kind, label,
    window_start, window_end, zone, frame, cron, hits, exposures, hit_low, hit_high,
    expected_share, lift, p_value, q_value, tests, status, first_night, since_ts,
    since_low_ts, since_high_ts, until_ts, first_ts, last_ts, next_due_ts, jitter_s,
    duration_s, verdict, job_service, job_signature, job_template, job_lag_s,
    first_service, job_runs, job_run_hits, job_skips, job_skip_hits, family_id, is_lead,
    seen_in, sentence, why, warnings, ignored_reason, ignored_until
FROM lake_recurrence
