-- incident_errors: error table of each incident, with its own week as baseline.
--
-- The window opens $lead_s before the recorded start, because a recorded
-- start is often the time of the alert. It closes at the stated end; without
-- one after $open_s, and never later than $max_s. The baseline is the $base_s
-- before the window. Observed time counts 5-minute slots in which the service
-- wrote anything: time without logs is neither clean nor dirty.
--
-- Reads:   incident, event_minute, service_volume
-- Params:  $since TIMESTAMP   first start of an incident (UTC), inclusive
--          $until TIMESTAMP   last start of an incident (UTC), exclusive
--          $lead_s BIGINT     seconds before the recorded start, e.g. 1800
--          $open_s BIGINT     length of an incident without an end, e.g. 3600
--          $max_s BIGINT      longest window looked at, e.g. 21600
--          $base_s BIGINT     length of the baseline, e.g. 604800
-- Columns: incident_id VARCHAR, service VARCHAR, signature_id VARCHAR
--          level VARCHAR, error_type VARCHAR
--          count BIGINT           events in the window
--          first_ts TIMESTAMP, last_ts TIMESTAMP
--          observed_s BIGINT      seconds of the window in which the service wrote logs
--          base_count BIGINT      events in the baseline
--          base_observed_s BIGINT seconds of the baseline in which the service wrote logs
-- Grain:   incident_id, service, signature_id, level, error_type
WITH _start AS (
    SELECT
        incident_id,
        resolved_ts,
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
        start_ts - CAST($lead_s + $base_s AS BIGINT) * INTERVAL '1' SECOND AS base_ts,
        CASE
            WHEN resolved_ts IS NULL OR resolved_ts <= start_ts
                THEN start_ts + CAST($open_s AS BIGINT) * INTERVAL '1' SECOND
            WHEN resolved_ts > start_ts + CAST($max_s AS BIGINT) * INTERVAL '1' SECOND
                THEN start_ts + CAST($max_s AS BIGINT) * INTERVAL '1' SECOND
            ELSE resolved_ts
        END AS until_ts
    FROM _start
    WHERE start_ts >= $since AND start_ts < $until
),
_observed AS (
    SELECT
        w.incident_id,
        v.service,
        300 * count(DISTINCT v.slot_ts) FILTER (WHERE v.slot_ts >= w.from_ts) AS observed_s,
        300 * count(DISTINCT v.slot_ts) FILTER (WHERE v.slot_ts < w.from_ts) AS base_observed_s
    FROM _window AS w
    INNER JOIN service_volume AS v ON v.slot_ts >= w.base_ts AND v.slot_ts < w.until_ts
    GROUP BY w.incident_id, v.service
),
_counted AS (
    SELECT
        w.incident_id,
        m.service,
        m.signature_id,
        m.level,
        m.error_type,
        sum(m.count) FILTER (WHERE m.minute_ts >= w.from_ts) AS n,
        min(m.first_ts) FILTER (WHERE m.minute_ts >= w.from_ts) AS first_ts,
        max(m.last_ts) FILTER (WHERE m.minute_ts >= w.from_ts) AS last_ts,
        sum(m.count) FILTER (WHERE m.minute_ts < w.from_ts) AS base_n
    FROM _window AS w
    INNER JOIN event_minute AS m ON m.minute_ts >= w.base_ts AND m.minute_ts < w.until_ts
    WHERE m.level IN ('warn', 'error', 'fatal') OR m.error_type IS NOT NULL
    GROUP BY w.incident_id, m.service, m.signature_id, m.level, m.error_type
)
SELECT
    c.incident_id,
    c.service,
    c.signature_id,
    c.level,
    c.error_type,
    CAST(c.n AS BIGINT) AS count,
    c.first_ts,
    c.last_ts,
    CAST(coalesce(o.observed_s, 0) AS BIGINT) AS observed_s,
    CAST(coalesce(c.base_n, 0) AS BIGINT) AS base_count,
    CAST(coalesce(o.base_observed_s, 0) AS BIGINT) AS base_observed_s
FROM _counted AS c
LEFT JOIN _observed AS o ON o.incident_id = c.incident_id AND o.service = c.service
WHERE c.n > 0
ORDER BY
    c.incident_id, c.first_ts, c.service, c.signature_id,
    c.level NULLS LAST, c.error_type NULLS LAST
