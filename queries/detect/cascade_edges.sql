-- cascade_edges: who calls whom, read from trace ids.
--
-- Two services that log under one trace id took part in one request. The one
-- that wrote first is counted as the caller; but a line of an access log is
-- written when the request ends, so of two services the one with an access
-- line is the caller, and of two with one the later. nested: the caller also
-- wrote last, which is stronger evidence. The detector decides how many
-- traces make an edge.
--
-- Reads:   event
-- Params:  $since TIMESTAMP  first instant (UTC), inclusive
--          $until TIMESTAMP  last instant (UTC), exclusive
-- Columns: caller VARCHAR, callee VARCHAR
--          traces BIGINT     traces that point from caller to callee
--          nested BIGINT     of these, those in which caller wrote last
-- Grain:   caller, callee
WITH _span AS (
    SELECT
        trace_id,
        service,
        min(ts) AS first_ts,
        max(ts) AS last_ts,
        max(CASE WHEN kind = 'request' THEN 1 ELSE 0 END) AS is_access
    FROM event
    WHERE
        trace_id IS NOT NULL AND service IS NOT NULL
        AND ts >= $since AND ts < $until
        AND event_date >= CAST(CAST($since AS DATE) AS VARCHAR)
        AND event_date <= CAST(CAST($until AS DATE) AS VARCHAR)
    GROUP BY trace_id, service
)
SELECT
    a.service AS caller,
    b.service AS callee,
    count(*) AS traces,
    count(*) FILTER (WHERE a.last_ts >= b.last_ts) AS nested
FROM _span AS a
INNER JOIN _span AS b ON b.trace_id = a.trace_id AND b.service <> a.service
WHERE
    a.is_access > b.is_access
    OR (a.is_access = 1 AND b.is_access = 1 AND a.last_ts > b.last_ts)
    OR (a.is_access = 0 AND b.is_access = 0 AND a.first_ts < b.first_ts)
GROUP BY a.service, b.service
ORDER BY caller, callee
