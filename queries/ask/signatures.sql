-- signatures: the lake's signatures (log templates), the loudest first.
--
-- Counts are of all levels.
--
-- Reads:   event_day, signature
-- Params:  $service VARCHAR = '' only this service; empty: all
--          $search VARCHAR = ''  only templates that contain this text
-- Columns: signature_id VARCHAR, template VARCHAR
--          service VARCHAR       where it was logged
--          level VARCHAR         level of its first event
--          count BIGINT          events
--          days BIGINT           UTC days with at least one
--          first_ts TIMESTAMP, last_ts TIMESTAMP
--          example VARCHAR       the first message, redacted
-- Grain:   signature_id, service
SELECT
    e.signature_id,
    MAX(s.template) AS template,
    e.service,
    MAX(s.level) AS level,
    CAST(SUM(e.count) AS BIGINT) AS count,
    COUNT(DISTINCT e.event_date) AS days,
    MIN(e.first_ts) AS first_ts,
    MAX(e.last_ts) AS last_ts,
    MAX(s.example) AS example
FROM event_day AS e
LEFT JOIN signature AS s ON s.signature_id = e.signature_id
WHERE ($service = '' OR e.service = $service)
  AND ($search = '' OR contains(lower(s.template), lower($search)))
GROUP BY e.signature_id, e.service
ORDER BY count DESC, e.signature_id, e.service NULLS LAST
