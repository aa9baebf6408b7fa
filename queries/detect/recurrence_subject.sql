-- recurrence_subject: everything that might recur, with its size and words.
--
-- Also lists the subjects that are too rare to test, so that the page can say
-- what was not tested and why.
--
-- Reads:   event_minute, signature
-- Params:  $since TIMESTAMP  first instant (UTC), inclusive
--          $until TIMESTAMP  last instant (UTC), exclusive
-- Columns: subject_kind VARCHAR  signature, error_type or service
--          subject_id VARCHAR    signature_id, error type or service name
--          service VARCHAR
--          template VARCHAR      the signature's template; the subject_id of other kinds
--          event_count BIGINT    events in the span
--          day_count BIGINT      UTC dates with at least one event
--          first_ts TIMESTAMP    first event of the span
--          last_ts TIMESTAMP     last event of the span
-- Grain:   subject_kind, subject_id, service
WITH _part AS (
    SELECT 'signature' AS subject_kind, signature_id AS subject_id, service,
           event_date, count AS events, first_ts, last_ts
    FROM event_minute
    WHERE minute_ts >= $since AND minute_ts < $until
      AND level IN ('warn', 'error', 'fatal')
    UNION ALL
    SELECT 'error_type' AS subject_kind, error_type AS subject_id, service,
           event_date, count AS events, first_ts, last_ts
    FROM event_minute
    WHERE minute_ts >= $since AND minute_ts < $until
      AND level IN ('error', 'fatal')
      AND error_type <> ''
    UNION ALL
    SELECT 'service' AS subject_kind, service AS subject_id, service,
           event_date, count AS events, first_ts, last_ts
    FROM event_minute
    WHERE minute_ts >= $since AND minute_ts < $until
      AND level IN ('error', 'fatal')
),
_sized AS (
    SELECT subject_kind, subject_id, service,
           CAST(sum(events) AS BIGINT) AS event_count,
           count(DISTINCT event_date) AS day_count,
           min(first_ts) AS first_ts,
           max(last_ts) AS last_ts
    FROM _part
    GROUP BY subject_kind, subject_id, service
)
SELECT z.subject_kind, z.subject_id, z.service,
       CASE WHEN z.subject_kind = 'signature' THEN COALESCE(s.template, '') ELSE z.subject_id END AS template,
       z.event_count, z.day_count, z.first_ts, z.last_ts
FROM _sized AS z
LEFT JOIN signature AS s ON z.subject_kind = 'signature' AND s.signature_id = z.subject_id
ORDER BY z.subject_kind, z.subject_id, z.service
