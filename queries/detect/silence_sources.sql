-- silence_sources: which source carries the logs of which service.
--
-- Tells a silent service from an input that was not delivered.
--
-- Reads:   event, input
-- Params:  $since TIMESTAMP  first instant (UTC), inclusive
--          $until TIMESTAMP  last instant (UTC), exclusive
-- Columns: service VARCHAR, source VARCHAR
--          first_ts TIMESTAMP, last_ts TIMESTAMP
-- Grain:   service, source
SELECT
    e.service,
    i.source,
    min(e.ts) AS first_ts,
    max(e.ts) AS last_ts
FROM event AS e
INNER JOIN input AS i ON i.source_id = e.source_id
WHERE
    e.ts >= $since AND e.ts < $until
    AND e.event_date >= CAST(CAST($since AS DATE) AS VARCHAR)
    AND e.event_date <= CAST(CAST($until AS DATE) AS VARCHAR)
    AND e.service IS NOT NULL
GROUP BY e.service, i.source
ORDER BY e.service, i.source
