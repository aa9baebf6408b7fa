-- recurrence_job: when the things that look like scheduled jobs ran.
--
-- Candidates for "what starts at five?": signatures below level warn that are
-- active on several days but in few minutes of each. Which of them reads like
-- a start line, and which precedes the errors, is for the detector to judge.
--
-- Reads:   event_minute, signature
-- Params:  $since TIMESTAMP                  first instant (UTC), inclusive
--          $until TIMESTAMP                  last instant (UTC), exclusive
--          $min_days BIGINT = 3              candidates seen on fewer UTC dates are left out
--          $max_minutes_per_day BIGINT = 48  candidates active in more minutes of their days, on average, are left out
-- Columns: service VARCHAR
--          signature_id VARCHAR
--          template VARCHAR
--          minute_ts TIMESTAMP    UTC minute
--          first_ts TIMESTAMP     first line of the minute
--          event_count BIGINT     lines in the minute
-- Grain:   service, signature_id, minute_ts
WITH _line AS (
    SELECT service, signature_id, event_date, minute_ts,
           min(first_ts) AS first_ts,
           CAST(sum(count) AS BIGINT) AS event_count
    FROM event_minute
    WHERE minute_ts >= $since AND minute_ts < $until
      AND COALESCE(level, '') NOT IN ('warn', 'error', 'fatal')
    GROUP BY service, signature_id, event_date, minute_ts
),
_kept AS (
    SELECT service, signature_id
    FROM _line
    GROUP BY service, signature_id
    HAVING count(DISTINCT event_date) >= $min_days
       AND count(minute_ts) <= $max_minutes_per_day * count(DISTINCT event_date)
)
SELECT l.service, l.signature_id, COALESCE(s.template, '') AS template,
       l.minute_ts, l.first_ts, l.event_count
FROM _line AS l
JOIN _kept AS k ON k.service = l.service AND k.signature_id = l.signature_id
LEFT JOIN signature AS s ON s.signature_id = l.signature_id
ORDER BY l.service, l.signature_id, l.minute_ts
