-- cascade_edges: who calls whom, read from trace ids.
--
-- Two services that log under one trace id took part in one request. The one
-- that wrote first is counted as the caller; where its first and last line
-- enclose those of the other, the call is nested, which is stronger evidence.
-- The detector decides how many traces make an edge.
--
-- Reads:   event
-- Params:  $since TIMESTAMP  first instant (UTC), inclusive
--          $until TIMESTAMP  last instant (UTC), exclusive
-- Columns: caller VARCHAR, callee VARCHAR
--          traces BIGINT     traces in which caller wrote before callee
--          nested BIGINT     of these, those in which caller also wrote last
-- Grain:   caller, callee
WITH _span AS (
    SELECT
        trace_id,
        service,
        min(ts) AS first_ts,
        max(ts) AS last_ts
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
INNER JOIN _span AS b ON b.trace_id = a.trace_id AND b.service <> a.service AND a.first_ts < b.first_ts
GROUP BY a.service, b.service
ORDER BY caller, callee
