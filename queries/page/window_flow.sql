-- window_flow: the lines of requests in a window and of such before it.
--
-- What a service usually logs next, and how long it takes, shows what a fault
-- leaves out. Of each side $max_traces requests are taken, by trace id, which
-- tells nothing about their content; a request is of the side in which it
-- began. Requests of one line or of more than 400 show no order.
--
-- Reads:   event
-- Params:  $from TIMESTAMP     start of the window (UTC)
--          $until TIMESTAMP    end of the window, exclusive
--          $base_s BIGINT      length of the time before it, e.g. 86400
--          $max_traces BIGINT  requests per side, e.g. 400
-- Columns: is_base BOOLEAN     of the time before the window
--          trace_id VARCHAR
--          service VARCHAR, signature_id VARCHAR
--          ts TIMESTAMP
-- Grain:   event
WITH _line AS (
    SELECT trace_id, service, signature_id, ts, source_id, line
    FROM event
    WHERE
        trace_id IS NOT NULL AND service IS NOT NULL
        AND ts >= $from - CAST($base_s AS BIGINT) * INTERVAL '1' SECOND AND ts < $until
        AND event_date >= CAST(CAST($from - CAST($base_s AS BIGINT) * INTERVAL '1' SECOND AS DATE) AS VARCHAR)
        AND event_date <= CAST(CAST($until AS DATE) AS VARCHAR)
),
_trace AS (
    SELECT trace_id, min(ts) < $from AS is_base
    FROM _line
    GROUP BY trace_id
    HAVING count(*) BETWEEN 2 AND 400
),
_picked AS (
    SELECT trace_id, is_base, row_number() OVER (PARTITION BY is_base ORDER BY trace_id) AS nth
    FROM _trace
)
SELECT p.is_base, p.trace_id, l.service, l.signature_id, l.ts
FROM _picked AS p
INNER JOIN _line AS l ON l.trace_id = p.trace_id
WHERE p.nth <= $max_traces
ORDER BY p.is_base DESC, p.trace_id, l.ts, l.source_id, l.line
