-- window_demand: how much each service had to do in a window, and before it.
--
-- Counted in lines below warn: a service that serves three times as many
-- requests logs three times as many of its usual warnings. Observed time
-- counts 5-minute slots in which the service wrote anything.
--
-- Reads:   event, event_minute, service_volume
-- Params:  $from TIMESTAMP    start of the window (UTC)
--          $until TIMESTAMP   end of the window, exclusive
--          $base_s BIGINT     length of the time before it, e.g. 604800
-- Columns: service VARCHAR
--          lines BIGINT            below warn, in the window
--          base_lines BIGINT       below warn, before it
--          base_observed_s BIGINT  seconds before it in which the service wrote logs
-- Grain:   service
WITH _now AS (
    SELECT service, count(*) AS n
    FROM event
    WHERE
        ts >= $from AND ts < $until
        AND event_date >= CAST(CAST($from AS DATE) AS VARCHAR)
        AND event_date <= CAST(CAST($until AS DATE) AS VARCHAR)
        AND service IS NOT NULL AND coalesce(level, '') NOT IN ('warn', 'error', 'fatal')
    GROUP BY service
),
_volume AS (
    SELECT service, sum(lines) AS n, 300 * count(DISTINCT slot_ts) AS observed_s
    FROM service_volume
    WHERE
        slot_ts >= $from - CAST($base_s AS BIGINT) * INTERVAL '1' SECOND AND slot_ts <= $from - INTERVAL '5' MINUTE
        AND event_date >= CAST(CAST($from - CAST($base_s AS BIGINT) * INTERVAL '1' SECOND AS DATE) AS VARCHAR)
        AND service IS NOT NULL
    GROUP BY service
),
_error AS (
    SELECT service, sum(count) AS n
    FROM event_minute
    WHERE
        minute_ts >= $from - CAST($base_s AS BIGINT) * INTERVAL '1' SECOND AND minute_ts <= $from - INTERVAL '1' MINUTE
        AND event_date >= CAST(CAST($from - CAST($base_s AS BIGINT) * INTERVAL '1' SECOND AS DATE) AS VARCHAR)
        AND level IN ('warn', 'error', 'fatal')
    GROUP BY service
)
SELECT
    n.service,
    CAST(n.n AS BIGINT) AS lines,
    CAST(v.n - coalesce(e.n, 0) AS BIGINT) AS base_lines,
    CAST(v.observed_s AS BIGINT) AS base_observed_s
FROM _now AS n
INNER JOIN _volume AS v ON v.service = n.service
LEFT JOIN _error AS e ON e.service = n.service
ORDER BY n.service
