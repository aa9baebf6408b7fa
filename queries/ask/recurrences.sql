-- recurrences: what comes back by the clock or the calendar, as judged on the
-- latest night.
--
-- Also answers `almanac ask recurrences`. Leads come first: a recurrence with
-- is_lead false is the same story (family_id) seen from another signature,
-- error type or service. window_start and window_end are wall-clock times in
-- `zone`, exposures the observed occasions on which it was due. What people
-- asked not to be told (almanac.ignore) is judged like the rest and carries
-- ignored_reason until that entry expires. Status tentative has too few
-- occasions for a claim; diffuse is when something happens more often without
-- ever being due (working hours): hits of exposures are then starts, and
-- expected_share what an even spread gives.
--
-- Reads:   recurrence
-- Columns: id VARCHAR              R-…, the same every night
--          subject_kind VARCHAR    signature, error_type, service or incident
--          subject_id VARCHAR
--          service VARCHAR
--          template VARCHAR        the words of the subject
--          kind VARCHAR            daily, weekdays, weekend, weekday, day_of_month, last_day, last_business_day, nth_weekday, hourly, period, interval
--          label VARCHAR           the kind in words: every Monday
--          window_start VARCHAR    HH:MM
--          window_end VARCHAR      HH:MM
--          zone VARCHAR            IANA zone of the window
--          frame_verdict VARCHAR   the clock it keeps: wall clock, UTC or not decidable yet
--          cron VARCHAR            NULL where no cron line says it
--          hits BIGINT             occasions on which it happened
--          exposures BIGINT        occasions observed
--          hit_low DOUBLE          95 % interval of hits/exposures (Wilson)
--          hit_high DOUBLE
--          expected_share DOUBLE   share of occasions hit by chance
--          lift DOUBLE             hits/exposures over expected_share
--          p_value DOUBLE          adjusted for all windows and calendars tried
--          q_value DOUBLE          Benjamini-Hochberg over `tests` subjects
--          tests BIGINT
--          status VARCHAR          candidate, confirmed, retired, tentative or diffuse
--          since TIMESTAMP         UTC; NULL: as long as there is data
--          since_low TIMESTAMP     95 % interval of since
--          since_high TIMESTAMP
--          until TIMESTAMP         UTC; NULL: still going
--          first_ts TIMESTAMP      first hit
--          last_ts TIMESTAMP       last hit
--          next_due_ts TIMESTAMP
--          verdict VARCHAR         job, load, both or undetermined
--          job_service VARCHAR     the job that precedes it
--          job_signature VARCHAR   its start line
--          job_template VARCHAR    its words
--          job_lag_s DOUBLE        median seconds from the job's start to the first error
--          job_runs BIGINT         observed occasions on which the job ran
--          job_run_hits BIGINT     of these with errors
--          job_skips BIGINT        observed occasions on which it did not run
--          job_skip_hits BIGINT    of these with errors
--          first_service VARCHAR   which service errs first in the window
--          family_id VARCHAR
--          is_lead BOOLEAN
--          seen_in VARCHAR         other services of the family
--          sentence VARCHAR
--          why VARCHAR
--          warnings VARCHAR
--          jitter_s DOUBLE         spread of the starts, seconds
--          duration_s DOUBLE       median length, seconds
--          first_night VARCHAR     the night that first named it
--          ignored_reason VARCHAR  NULL: not ignored
--          ignored_until VARCHAR   last local date of the entry
-- Grain:   id
SELECT recurrence_id AS id, subject_kind, subject_id, service, template, kind, label,
       window_start, window_end, zone, frame AS frame_verdict, cron,
       hits, exposures, hit_low, hit_high, expected_share, lift, p_value, q_value, tests,
       status, since_ts AS since, since_low_ts AS since_low, since_high_ts AS since_high,
       until_ts AS until, first_ts, last_ts, next_due_ts,
       verdict, job_service, job_signature, job_template, job_lag_s,
       job_runs, job_run_hits, job_skips, job_skip_hits, first_service,
       family_id, is_lead, seen_in, sentence, why, warnings,
       jitter_s, duration_s, first_night, ignored_reason, ignored_until
FROM recurrence
WHERE event_date = (SELECT max(event_date) FROM recurrence)
ORDER BY CASE WHEN status = 'retired' THEN 1 ELSE 0 END,
         CASE WHEN is_lead THEN 0 ELSE 1 END,
         q_value NULLS LAST, lift DESC NULLS LAST, id
