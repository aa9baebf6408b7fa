-- recurrence_minute: the minutes in which each subject logged errors, one
-- subject after the other.
--
-- A subject is what may recur: a signature of level warn or above on a
-- service, an error type on a service, or all errors of a service. The answer
-- is sorted by subject, so that the detector holds one subject at a time.
--
-- Reads:   event_minute
-- Params:  $since TIMESTAMP    first instant (UTC), inclusive
--          $until TIMESTAMP    last instant (UTC), exclusive
--          $min_days BIGINT = 3  subjects seen on fewer UTC dates are left out (they are in recurrence_subject)
-- Columns: subject_kind VARCHAR  signature, error_type or service
--          subject_id VARCHAR    signature_id, error type or service name
--          service VARCHAR
--          minute_ts TIMESTAMP   UTC minute
--          event_count BIGINT    events in the minute
--          first_ts TIMESTAMP    first event of the minute
--          last_ts TIMESTAMP     last event of the minute
-- Grain:   subject_kind, subject_id, service, minute_ts
WITH _part AS (
    SELECT 'signature' AS subject_kind, signature_id AS subject_id, service,
           event_date, minute_ts, count AS events, first_ts, last_ts
    FROM event_minute
    WHERE minute_ts >= $since AND minute_ts < $until
      AND level IN ('warn', 'error', 'fatal')
    UNION ALL
    SELECT 'error_type' AS subject_kind, error_type AS subject_id, service,
           event_date, minute_ts, count AS events, first_ts, last_ts
    FROM event_minute
    WHERE minute_ts >= $since AND minute_ts < $until
      AND level IN ('error', 'fatal')
      AND error_type <> ''
    UNION ALL
    SELECT 'service' AS subject_kind, service AS subject_id, service,
           event_date, minute_ts, count AS events, first_ts, last_ts
    FROM event_minute
    WHERE minute_ts >= $since AND minute_ts < $until
      AND level IN ('error', 'fatal')
),
_kept AS (
    SELECT subject_kind, subject_id, service
    FROM _part
    GROUP BY subject_kind, subject_id, service
    HAVING count(DISTINCT event_date) >= $min_days
)
SELECT p.subject_kind, p.subject_id, p.service, p.minute_ts,
       CAST(sum(p.events) AS BIGINT) AS event_count,
       min(p.first_ts) AS first_ts,
       max(p.last_ts) AS last_ts
FROM _part AS p
JOIN _kept AS k
  ON k.subject_kind = p.subject_kind AND k.subject_id = p.subject_id AND k.service = p.service
GROUP BY p.subject_kind, p.subject_id, p.service, p.minute_ts
ORDER BY p.subject_kind, p.subject_id, p.service, p.minute_ts
