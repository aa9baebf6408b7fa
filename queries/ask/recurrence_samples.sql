-- recurrence_samples: lines of a recurrence's subject, the latest first.
--
-- One per UTC day and $per_day at most, from the $days_max latest days on
-- which it was hit, so that a loud day does not fill the list.
--
-- Reads:   recurrence, recurrence_day, event, input
-- Params:  $recurrence VARCHAR    id of the recurrence, R-…
--          $per_day BIGINT = 2    lines per day
--          $days_max BIGINT = 4   days looked at
-- Columns: ts TIMESTAMP           UTC
--          service VARCHAR, level VARCHAR
--          message VARCHAR        redacted, as stored
--          file VARCHAR           input, as configured when first read
--          line BIGINT            1-based
--          source VARCHAR
-- Grain:   file, line
WITH _subject AS (
    SELECT subject_kind, subject_id, service
    FROM recurrence
    WHERE recurrence_id = $recurrence
      AND event_date = (SELECT max(event_date) FROM recurrence WHERE recurrence_id = $recurrence)
),
_hit AS (
    SELECT onset_ts, end_ts, row_number() OVER (ORDER BY onset_ts DESC) AS nth
    FROM recurrence_day
    WHERE recurrence_id = $recurrence AND is_hit
      AND event_date = (SELECT max(event_date) FROM recurrence_day WHERE recurrence_id = $recurrence)
),
_line AS (
    SELECT
        e.ts, e.service, e.level, e.message, e.source_id, e.line,
        row_number() OVER (PARTITION BY h.nth ORDER BY e.ts, e.source_id, e.line) AS nth
    FROM _hit AS h
    CROSS JOIN _subject AS s
    INNER JOIN event AS e ON
        e.event_date >= strftime(h.onset_ts, '%Y-%m-%d')
        AND e.event_date <= strftime(coalesce(h.end_ts, h.onset_ts), '%Y-%m-%d')
        AND e.ts >= h.onset_ts AND e.ts <= coalesce(h.end_ts, h.onset_ts)
        AND (
            (s.subject_kind = 'signature' AND e.signature_id = s.subject_id AND e.service = coalesce(s.service, e.service))
            OR (s.subject_kind = 'error_type' AND e.error_type = s.subject_id AND e.service = coalesce(s.service, e.service))
            OR (s.subject_kind = 'service' AND e.service = s.subject_id AND e.level IN ('error', 'fatal'))
        )
    WHERE h.nth <= $days_max
)
SELECT l.ts, l.service, l.level, l.message, i.file, l.line, i.source
FROM _line AS l
LEFT JOIN input AS i ON i.source_id = l.source_id
WHERE l.nth <= $per_day
ORDER BY l.ts DESC, i.file NULLS LAST, l.line
