-- recurrences: what comes back by the clock or the calendar, as judged on the
-- latest night.
--
-- Also answers `almanac ask recurrences`. Leads come first: a recurrence with
-- is_lead false is the same story (family_id) seen from another signature,
-- error type or service. window_start and window_end are wall-clock times in
-- `zone`, exposures the observed occasions on which it was due.
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
--          frame_verdict VARCHAR   wall clock, UTC or not decidable yet
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
--          status VARCHAR          candidate, confirmed, retired or tentative
--          since_ts TIMESTAMP      NULL: as long as there is data
--          until_ts TIMESTAMP      NULL: still going
--          next_due_ts TIMESTAMP
--          verdict VARCHAR         job, load, both or undetermined
--          job_service VARCHAR     the job that precedes it
--          job_signature VARCHAR   its start line
--          job_lag_s DOUBLE        median seconds from the job's start to the first error
--          first_service VARCHAR   which service errs first in the window
--          family_id VARCHAR
--          is_lead BOOLEAN
--          seen_in VARCHAR         other services of the family
--          sentence VARCHAR
--          why VARCHAR
--          warnings VARCHAR
-- Grain:   id
SELECT recurrence_id AS id, subject_kind, subject_id, service, template, kind, label,
       window_start, window_end, zone, frame AS frame_verdict, cron,
       hits, exposures, hit_low, hit_high, expected_share, lift, p_value, q_value, tests,
       status, since_ts, until_ts, next_due_ts,
       verdict, job_service, job_signature, job_lag_s, first_service,
       family_id, is_lead, seen_in, sentence, why, warnings
FROM recurrence
WHERE event_date = (SELECT max(event_date) FROM recurrence)
ORDER BY CASE WHEN status = 'retired' THEN 1 ELSE 0 END,
         CASE WHEN is_lead THEN 0 ELSE 1 END,
         q_value NULLS LAST, lift DESC NULLS LAST, id
