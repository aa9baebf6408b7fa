-- window_jobs: rare lines that say a scheduled run began shortly before an instant.
--
-- The last of each in the $before_s before $until, of signatures whose text
-- speaks of a start.
--
-- Reads:   event_minute, signature
-- Params:  $until TIMESTAMP   instant (UTC)
--          $before_s BIGINT   how far back, seconds
--          $max_rows BIGINT   lines, e.g. 50
-- Columns: service VARCHAR, template VARCHAR
--          ts TIMESTAMP
-- Grain:   service, template
SELECT m.service, s.template, max(m.last_ts) AS ts
FROM event_minute AS m
INNER JOIN signature AS s ON s.signature_id = m.signature_id
WHERE
    m.minute_ts >= $until - CAST($before_s AS BIGINT) * INTERVAL '1' SECOND AND m.minute_ts < $until
    AND m.event_date >= CAST(CAST($until - CAST($before_s AS BIGINT) * INTERVAL '1' SECOND AS DATE) AS VARCHAR)
    AND coalesce(m.level, '') NOT IN ('warn', 'error', 'fatal')
    AND (
        lower(s.template) LIKE '%start%' OR lower(s.template) LIKE '%begin%'
        OR lower(s.template) LIKE '%cron%' OR lower(s.template) LIKE '%cmd (%' OR lower(s.template) LIKE '%running job%'
    )
GROUP BY m.service, s.template
ORDER BY ts DESC, m.service NULLS LAST, s.template
LIMIT $max_rows
