-- recurrence_job_days: the candidate job of a recurrence against its errors.
--
-- Two rows, occasions on which the job ran and on which it did not; both only
-- where logs were read. No row: no job was named.
--
-- Reads:   recurrence
-- Params:  $recurrence VARCHAR  id of the recurrence, R-…
-- Columns: job VARCHAR             ran or did not run
--          occasions BIGINT
--          with_errors BIGINT
--          job_service VARCHAR, job_signature VARCHAR
--          job_template VARCHAR    its start line
--          job_lag_s DOUBLE        median seconds from its start to the first error
--          verdict VARCHAR         job, load, both or undetermined
-- Grain:   job
WITH _last AS (
    SELECT job_runs, job_run_hits, job_skips, job_skip_hits, job_service, job_signature,
           job_template, job_lag_s, verdict
    FROM recurrence
    WHERE recurrence_id = $recurrence
      AND event_date = (SELECT max(event_date) FROM recurrence WHERE recurrence_id = $recurrence)
      AND job_service IS NOT NULL
)
SELECT 'ran' AS job, job_runs AS occasions, job_run_hits AS with_errors,
       job_service, job_signature, job_template, job_lag_s, verdict
FROM _last
UNION ALL
SELECT 'did not run' AS job, job_skips AS occasions, job_skip_hits AS with_errors,
       job_service, job_signature, job_template, job_lag_s, verdict
FROM _last
ORDER BY job DESC
