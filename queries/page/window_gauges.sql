-- window_gauges: the last lines that carry named numbers before an instant.
--
-- "pool active=50 max=50": what a service says of its own state. The last
-- line of each signature and service in the $before_s before $until; the
-- detector reads the numbers.
--
-- Reads:   event
-- Params:  $until TIMESTAMP   instant (UTC)
--          $before_s BIGINT   how far back, seconds
--          $max_rows BIGINT   lines, e.g. 200
-- Columns: service VARCHAR, signature_id VARCHAR
--          ts TIMESTAMP
--          message VARCHAR
-- Grain:   service, signature_id
WITH _line AS (
    SELECT
        service, signature_id, ts, message,
        row_number() OVER (PARTITION BY service, signature_id ORDER BY ts DESC, source_id, line) AS nth,
        count(*) OVER (PARTITION BY service, signature_id) AS n
    FROM event
    WHERE
        kind = 'log' AND trace_id IS NULL
        AND ts >= $until - CAST($before_s AS BIGINT) * INTERVAL '1' SECOND AND ts < $until
        AND event_date >= CAST(CAST($until - CAST($before_s AS BIGINT) * INTERVAL '1' SECOND AS DATE) AS VARCHAR)
        AND event_date <= CAST(CAST($until AS DATE) AS VARCHAR)
        AND message LIKE '%=%'
)
SELECT service, signature_id, ts, message
FROM _line
WHERE nth = 1
ORDER BY n DESC, service, signature_id
LIMIT $max_rows
