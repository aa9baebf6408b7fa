-- cascade_baseline: how often each error came in the days before an incident.
--
-- One row for every error seen in the $base_s before the window, and one with
-- no signature for every service that wrote logs: a service without a row was
-- not observed. p99_per_min is the 99th percentile over all minutes of the
-- baseline, silent ones included.
--
-- Reads:   incident, event_minute, service_volume
-- Params:  $since TIMESTAMP   first start of an incident (UTC), inclusive
--          $until TIMESTAMP   last start of an incident (UTC), exclusive
--          $lead_s BIGINT     seconds before the recorded start, e.g. 1800
--          $base_s BIGINT     length of the baseline, e.g. 604800
-- Columns: incident_id VARCHAR, service VARCHAR
--          signature_id VARCHAR   NULL: the row of the service as a whole
--          count BIGINT           errors in the baseline
--          p99_per_min BIGINT     errors per minute, 99th percentile
--          observed_s BIGINT      seconds in which the service wrote logs (5-minute slots)
-- Grain:   incident_id, service, signature_id
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
        start_ts - CAST($lead_s + $base_s AS BIGINT) * INTERVAL '1' SECOND AS base_ts
    FROM _start
    WHERE start_ts >= $since AND start_ts < $until
),
_observed AS (
    SELECT
        w.incident_id,
        v.service,
        300 * count(DISTINCT v.slot_ts) AS observed_s
    FROM _window AS w
    INNER JOIN service_volume AS v ON v.slot_ts >= w.base_ts AND v.slot_ts < w.from_ts
    WHERE v.service IS NOT NULL
    GROUP BY w.incident_id, v.service
),
_minute AS (
    SELECT
        w.incident_id,
        m.service,
        m.signature_id,
        m.minute_ts,
        sum(m.count) AS n
    FROM _window AS w
    INNER JOIN event_minute AS m ON m.minute_ts >= w.base_ts AND m.minute_ts < w.from_ts
    WHERE m.level IN ('warn', 'error', 'fatal') OR m.error_type IS NOT NULL
    GROUP BY w.incident_id, m.service, m.signature_id, m.minute_ts
),
_ranked AS (
    SELECT
        incident_id,
        service,
        signature_id,
        n,
        row_number() OVER (
            PARTITION BY incident_id, service, signature_id
            ORDER BY n DESC, minute_ts
        ) AS nth
    FROM _minute
),
_counted AS (
    SELECT
        incident_id,
        service,
        signature_id,
        sum(n) AS n,
        max(n) FILTER (WHERE nth = 1 + ($base_s - $base_s % 6000) / 6000) AS p99_per_min
    FROM _ranked
    GROUP BY incident_id, service, signature_id
)
SELECT
    c.incident_id,
    c.service,
    c.signature_id,
    CAST(c.n AS BIGINT) AS count,
    CAST(coalesce(c.p99_per_min, 0) AS BIGINT) AS p99_per_min,
    CAST(coalesce(o.observed_s, 0) AS BIGINT) AS observed_s
FROM _counted AS c
LEFT JOIN _observed AS o ON o.incident_id = c.incident_id AND o.service = c.service
UNION ALL
SELECT
    incident_id,
    service,
    CAST(NULL AS VARCHAR) AS signature_id,
    CAST(0 AS BIGINT) AS count,
    CAST(0 AS BIGINT) AS p99_per_min,
    CAST(observed_s AS BIGINT) AS observed_s
FROM _observed
ORDER BY incident_id, service, signature_id NULLS FIRST
