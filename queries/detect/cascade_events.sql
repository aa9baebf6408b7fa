-- cascade_events: single errors of one window of time.
--
-- Full time resolution: 5 seconds decide who fell first. At most $max_rows
-- rows of a signature in a service: its first ones, which carry the onset;
-- count and last_ts tell of the rest. A line of level info or below that names
-- an error does not count: the baseline knows only the rare ones. Lines
-- without a level count when their
-- signature was never seen before the window: a strange line is a symptom.
-- One window at a time: a join of all windows with a season of events reads
-- every day of it.
--
-- Reads:   event, signature
-- Params:  $from TIMESTAMP    first instant (UTC), inclusive
--          $until TIMESTAMP   last instant (UTC), exclusive
--          $max_rows BIGINT   rows per service and signature, e.g. 5000
-- Columns: service VARCHAR, signature_id VARCHAR
--          ts TIMESTAMP       the error
--          trace_id VARCHAR
--          count BIGINT       errors of the signature in the service and window
--          last_ts TIMESTAMP  the last of them
-- Grain:   event
WITH _error AS (
    SELECT
        e.service, e.signature_id, e.ts, e.trace_id,
        count(*) OVER (PARTITION BY e.service, e.signature_id) AS n,
        max(e.ts) OVER (PARTITION BY e.service, e.signature_id) AS last_ts,
        row_number() OVER (PARTITION BY e.service, e.signature_id ORDER BY e.ts, e.source_id, e.line) AS nth
    FROM event AS e
    LEFT JOIN signature AS s ON s.signature_id = e.signature_id
    WHERE
        e.ts >= $from AND e.ts < $until
        AND e.event_date >= CAST(CAST($from AS DATE) AS VARCHAR)
        AND e.event_date <= CAST(CAST($until AS DATE) AS VARCHAR)
        AND (
            e.level IN ('warn', 'error', 'fatal')
            OR (e.error_type IS NOT NULL AND e.level IS NULL)
            OR (e.level IS NULL AND e.kind = 'log' AND s.first_ts >= $from)
        )
)
SELECT service, signature_id, ts, trace_id, CAST(n AS BIGINT) AS count, last_ts
FROM _error
WHERE nth <= $max_rows
ORDER BY service, signature_id, ts, nth
