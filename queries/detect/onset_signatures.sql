-- onset_signatures: first and last sight of each signature in each service.
--
-- Reads:   event_day, signature
-- Params:  $since TIMESTAMP  first instant (UTC), inclusive
--          $until TIMESTAMP  last instant (UTC), exclusive
-- Columns: service VARCHAR, signature_id VARCHAR
--          template VARCHAR, level VARCHAR
--          first_ts TIMESTAMP   first in this service, in the span
--          last_ts TIMESTAMP    last in this service, in the span
--          ever_ts TIMESTAMP    first in any service, ever
--          count BIGINT         events in the span
--          days BIGINT          UTC days with at least one
-- Grain:   service, signature_id
SELECT
    m.service,
    m.signature_id,
    max(s.template) AS template,
    coalesce(max(m.level) FILTER (WHERE m.level IN ('warn', 'error', 'fatal')), max(m.level)) AS level,
    min(m.first_ts) AS first_ts,
    max(m.last_ts) AS last_ts,
    min(s.first_ts) AS ever_ts,
    CAST(sum(m.count) AS BIGINT) AS count,
    count(DISTINCT m.event_date) AS days
FROM event_day AS m
LEFT JOIN signature AS s ON s.signature_id = m.signature_id
WHERE
    m.last_ts >= $since AND m.first_ts < $until
    AND m.service IS NOT NULL AND m.signature_id IS NOT NULL
GROUP BY m.service, m.signature_id
ORDER BY m.service, m.signature_id
