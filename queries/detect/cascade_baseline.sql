-- cascade_baseline: how often each error came in the days before a window.
--
-- One row for every error seen in the $base_s before it, and one with no
-- signature for every service that wrote logs: a service without a row was not
-- observed. p99_per_min is the 99th percentile over all minutes of the
-- baseline, silent ones included. A slot that reaches into the window is not
-- of the baseline.
--
-- Reads:   event_minute, service_volume
-- Params:  $from TIMESTAMP   start of the window (UTC); the baseline ends here
--          $base_s BIGINT    length of the baseline, e.g. 604800
-- Columns: service VARCHAR
--          signature_id VARCHAR   NULL: the row of the service as a whole
--          count BIGINT           errors in the baseline
--          p99_per_min BIGINT     errors per minute, 99th percentile over all minutes
--          observed_s BIGINT      seconds in which the service wrote logs (5-minute slots)
-- Grain:   service, signature_id
WITH _observed AS (
    SELECT service, 300 * count(DISTINCT slot_ts) AS observed_s
    FROM service_volume
    WHERE
        slot_ts >= $from - CAST($base_s AS BIGINT) * INTERVAL '1' SECOND AND slot_ts <= $from - INTERVAL '5' MINUTE
        AND event_date >= CAST(CAST($from - CAST($base_s AS BIGINT) * INTERVAL '1' SECOND AS DATE) AS VARCHAR)
        AND service IS NOT NULL
    GROUP BY service
),
_minute AS (
    SELECT service, signature_id, minute_ts, sum(count) AS n
    FROM event_minute
    WHERE
        minute_ts >= $from - CAST($base_s AS BIGINT) * INTERVAL '1' SECOND AND minute_ts < $from
        AND event_date >= CAST(CAST($from - CAST($base_s AS BIGINT) * INTERVAL '1' SECOND AS DATE) AS VARCHAR)
        AND (level IN ('warn', 'error', 'fatal') OR error_type IS NOT NULL)
    GROUP BY service, signature_id, minute_ts
),
_ranked AS (
    SELECT
        service, signature_id, n,
        row_number() OVER (PARTITION BY service, signature_id ORDER BY n DESC, minute_ts) AS nth
    FROM _minute
),
_counted AS (
    SELECT
        service, signature_id, sum(n) AS n,
        max(n) FILTER (WHERE nth = 1 + ($base_s - $base_s % 6000) / 6000) AS p99_per_min
    FROM _ranked
    GROUP BY service, signature_id
)
SELECT
    c.service, c.signature_id,
    CAST(c.n AS BIGINT) AS count,
    CAST(coalesce(c.p99_per_min, 0) AS BIGINT) AS p99_per_min,
    CAST(coalesce(o.observed_s, 0) AS BIGINT) AS observed_s
FROM _counted AS c
LEFT JOIN _observed AS o ON o.service = c.service
UNION ALL
SELECT
    service, CAST(NULL AS VARCHAR) AS signature_id,
    CAST(0 AS BIGINT) AS count, CAST(0 AS BIGINT) AS p99_per_min,
    CAST(observed_s AS BIGINT) AS observed_s
FROM _observed
ORDER BY service, signature_id NULLS FIRST
