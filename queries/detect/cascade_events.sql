-- cascade_events: single errors around the start of each incident.
--
-- Full time resolution: 5 seconds decide who fell first. At most $max_rows
-- rows of a signature in a service: its first ones, which carry the onset;
-- count and last_ts tell of the rest. A line of level info or below that names
-- an error does not count: the baseline knows only the rare ones. Lines
-- without a level count when their
-- signature was never seen before the window: a strange line is a symptom.
--
-- Reads:   incident, event, signature
-- Params:  $since TIMESTAMP   first start of an incident (UTC), inclusive
--          $until TIMESTAMP   last start of an incident (UTC), exclusive
--          $lead_s BIGINT     seconds before the recorded start, e.g. 1800
--          $tail_s BIGINT     seconds after it, e.g. 900
--          $max_rows BIGINT   rows per incident, service and signature, e.g. 5000
-- Columns: incident_id VARCHAR
--          from_ts TIMESTAMP, until_ts TIMESTAMP   the window looked at
--          service VARCHAR, signature_id VARCHAR
--          ts TIMESTAMP       the error
--          trace_id VARCHAR
--          count BIGINT       errors of the signature in the service and window
--          last_ts TIMESTAMP  the last of them
-- Grain:   incident_id, event
WITH _start AS (
    SELECT
        incident_id,
        CASE
            WHEN started_ts IS NULL THEN detected_ts
            WHEN detected_ts IS NULL OR started_ts <= detected_ts THEN started_ts
            ELSE detected_ts
        END AS start_ts
    FROM incident
),
_window AS (
    SELECT
        incident_id,
        start_ts - CAST($lead_s AS BIGINT) * INTERVAL '1' SECOND AS from_ts,
        start_ts + CAST($tail_s AS BIGINT) * INTERVAL '1' SECOND AS until_ts
    FROM _start
    WHERE start_ts >= $since AND start_ts < $until
),
_error AS (
    SELECT
        w.incident_id,
        w.from_ts,
        w.until_ts,
        e.service,
        e.signature_id,
        e.ts,
        e.trace_id,
        count(*) OVER (PARTITION BY w.incident_id, e.service, e.signature_id) AS n,
        max(e.ts) OVER (PARTITION BY w.incident_id, e.service, e.signature_id) AS last_ts,
        row_number() OVER (
            PARTITION BY w.incident_id, e.service, e.signature_id
            ORDER BY e.ts, e.source_id, e.line
        ) AS nth
    FROM _window AS w
    INNER JOIN event AS e ON e.ts >= w.from_ts AND e.ts < w.until_ts
    LEFT JOIN signature AS s ON s.signature_id = e.signature_id
    WHERE
        (
            e.level IN ('warn', 'error', 'fatal')
            OR (e.error_type IS NOT NULL AND e.level IS NULL)
            OR (e.level IS NULL AND e.kind = 'log' AND s.first_ts >= w.from_ts)
        )
        AND e.event_date >= CAST(CAST($since - CAST($lead_s AS BIGINT) * INTERVAL '1' SECOND AS DATE) AS VARCHAR)
        AND e.event_date <= CAST(CAST($until + CAST($tail_s AS BIGINT) * INTERVAL '1' SECOND AS DATE) AS VARCHAR)
)
SELECT
    incident_id,
    from_ts,
    until_ts,
    service,
    signature_id,
    ts,
    trace_id,
    CAST(n AS BIGINT) AS count,
    last_ts
FROM _error
WHERE nth <= $max_rows
ORDER BY incident_id, service, signature_id, ts, nth
