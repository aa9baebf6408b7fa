-- silence_sources: which source, and which of its files, carry the logs of which service.
--
-- Tells a silent service from an input that was not delivered. Files that were
-- read and held nothing are listed without a service and without times.
--
-- Reads:   event, input
-- Params:  $since TIMESTAMP  first instant (UTC), inclusive
--          $until TIMESTAMP  last instant (UTC), exclusive
-- Columns: service VARCHAR, source VARCHAR
--          file VARCHAR       input path as configured
--          first_ts TIMESTAMP, last_ts TIMESTAMP
-- Grain:   service, source, file
SELECT
    e.service,
    i.source,
    i.file,
    min(e.ts) AS first_ts,
    max(e.ts) AS last_ts
FROM event AS e
INNER JOIN input AS i ON i.source_id = e.source_id
WHERE
    e.ts >= $since AND e.ts < $until
    AND e.event_date >= CAST(CAST($since AS DATE) AS VARCHAR)
    AND e.event_date <= CAST(CAST($until AS DATE) AS VARCHAR)
    AND e.service IS NOT NULL
GROUP BY e.service, i.source, i.file
UNION ALL
SELECT NULL AS service, source, file, NULL AS first_ts, NULL AS last_ts
FROM input
WHERE events = 0 AND lines = 0
GROUP BY source, file
ORDER BY service NULLS LAST, source, file
