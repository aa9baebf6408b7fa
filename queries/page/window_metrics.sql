-- window_metrics: the last point of each metric before an instant.
--
-- Reads:   metric
-- Params:  $until TIMESTAMP   instant (UTC)
--          $before_s BIGINT   how far back, seconds
-- Columns: service VARCHAR, name VARCHAR
--          ts TIMESTAMP
--          value DOUBLE
-- Grain:   service, name
WITH _point AS (
    SELECT
        service, name, ts, value,
        row_number() OVER (PARTITION BY service, name ORDER BY ts DESC, value) AS nth
    FROM metric
    WHERE
        value IS NOT NULL
        AND ts >= $until - CAST($before_s AS BIGINT) * INTERVAL '1' SECOND AND ts < $until
)
SELECT service, name, ts, value
FROM _point
WHERE nth = 1
ORDER BY service NULLS FIRST, name
