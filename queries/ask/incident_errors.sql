-- incident_errors: which errors came in an incident, the first one first.
--
-- From $lead_s before the recorded start (which is often the time of the
-- alert) to the stated end, but not longer than $max_s; without an end for
-- $open_s. Excess is the count above what the service's own week before
-- would give in the observed time. Level warn and above.
--
-- Reads:   incident, event_minute, service_volume, signature
-- Params:  $incident VARCHAR  id of the incident
--          $lead_s BIGINT = 1800 seconds before the recorded start
--          $open_s BIGINT = 3600 length of an incident without an end
--          $max_s BIGINT = 21600 longest window looked at
--          $base_s BIGINT = 604800 length of the baseline
-- Columns: first_ts TIMESTAMP      first seen in the window (UTC)
--          last_ts TIMESTAMP
--          service VARCHAR, level VARCHAR
--          error_type VARCHAR
--          signature_id VARCHAR
--          template VARCHAR
--          event_count BIGINT      events in the window
--          services BIGINT         services that wrote this signature in the window
--          expected DOUBLE         events the week before gives for the observed time; NULL: service not observed then
--          excess DOUBLE           event_count - expected
-- Grain:   service, signature_id, level, error_type
WITH _start AS (
    SELECT
        resolved_ts,
        CASE
            WHEN started_ts IS NULL THEN detected_ts
            WHEN detected_ts IS NULL OR started_ts <= detected_ts THEN started_ts
            ELSE detected_ts
        END AS start_ts
    FROM incident
    WHERE incident_id = $incident
),
_window AS (
    SELECT
        start_ts - CAST($lead_s AS BIGINT) * INTERVAL '1' SECOND AS from_ts,
        start_ts - CAST($lead_s + $base_s AS BIGINT) * INTERVAL '1' SECOND AS base_ts,
        CASE
            WHEN resolved_ts IS NULL OR resolved_ts <= start_ts
                THEN start_ts + CAST($open_s AS BIGINT) * INTERVAL '1' SECOND
            WHEN resolved_ts > start_ts + CAST($max_s AS BIGINT) * INTERVAL '1' SECOND
                THEN start_ts + CAST($max_s AS BIGINT) * INTERVAL '1' SECOND
            ELSE resolved_ts
        END AS until_ts
    FROM _start
    WHERE start_ts IS NOT NULL
),
_observed AS (
    SELECT
        v.service,
        300 * count(DISTINCT v.slot_ts) FILTER (WHERE v.slot_ts >= w.from_ts) AS observed_s,
        300 * count(DISTINCT v.slot_ts) FILTER (WHERE v.slot_ts < w.from_ts) AS base_observed_s
    FROM _window AS w
    INNER JOIN service_volume AS v ON v.slot_ts >= w.base_ts AND v.slot_ts < w.until_ts
    GROUP BY v.service
),
_counted AS (
    SELECT
        m.service,
        m.signature_id,
        m.level,
        m.error_type,
        sum(m.count) FILTER (WHERE m.minute_ts >= w.from_ts) AS n,
        min(m.first_ts) FILTER (WHERE m.minute_ts >= w.from_ts) AS first_ts,
        max(m.last_ts) FILTER (WHERE m.minute_ts >= w.from_ts) AS last_ts,
        coalesce(sum(m.count) FILTER (WHERE m.minute_ts < w.from_ts), 0) AS base_n
    FROM _window AS w
    INNER JOIN event_minute AS m ON m.minute_ts >= w.base_ts AND m.minute_ts < w.until_ts
    WHERE m.level IN ('warn', 'error', 'fatal') OR m.error_type IS NOT NULL
    GROUP BY m.service, m.signature_id, m.level, m.error_type
),
_seen AS (
    SELECT
        c.service,
        c.signature_id,
        c.level,
        c.error_type,
        c.n,
        c.first_ts,
        c.last_ts,
        CASE
            WHEN o.base_observed_s > 0
                THEN CAST(c.base_n AS DOUBLE) * o.observed_s / o.base_observed_s
        END AS expected
    FROM _counted AS c
    LEFT JOIN _observed AS o ON o.service = c.service
    WHERE c.n > 0
),
_spread AS (
    SELECT
        signature_id,
        count(DISTINCT service) AS services
    FROM _seen
    GROUP BY signature_id
)
SELECT
    e.first_ts,
    e.last_ts,
    e.service,
    e.level,
    e.error_type,
    e.signature_id,
    s.template,
    CAST(e.n AS BIGINT) AS event_count,
    p.services,
    e.expected,
    CAST(e.n AS DOUBLE) - e.expected AS excess
FROM _seen AS e
INNER JOIN _spread AS p ON p.signature_id = e.signature_id
LEFT JOIN signature AS s ON s.signature_id = e.signature_id
ORDER BY
    e.first_ts, e.service NULLS LAST, e.signature_id,
    e.level NULLS LAST, e.error_type NULLS LAST
