-- window_errors: kinds of error in one window of time, with the days before as baseline.
--
-- Observed time counts 5-minute slots in which the service wrote anything.
--
-- Reads:   event_minute, service_volume, signature
-- Params:  $from TIMESTAMP    first instant (UTC), inclusive
--          $until TIMESTAMP   last instant (UTC), exclusive
--          $base_s BIGINT     length of the baseline before it, e.g. 604800
-- Columns: service VARCHAR, signature_id VARCHAR, template VARCHAR
--          level VARCHAR, error_type VARCHAR
--          count BIGINT           events in the window
--          first_ts TIMESTAMP, last_ts TIMESTAMP
--          observed_s BIGINT      seconds of the window in which the service wrote logs
--          base_count BIGINT      events in the baseline
--          base_observed_s BIGINT seconds of the baseline in which the service wrote logs
-- Grain:   service, signature_id, level, error_type
WITH _observed AS (
    SELECT
        service,
        300 * count(DISTINCT slot_ts) FILTER (WHERE slot_ts > $from - INTERVAL '5' MINUTE) AS observed_s,
        300 * count(DISTINCT slot_ts) FILTER (WHERE slot_ts <= $from - INTERVAL '5' MINUTE) AS base_observed_s
    FROM service_volume
    WHERE
        slot_ts >= $from - CAST($base_s AS BIGINT) * INTERVAL '1' SECOND AND slot_ts < $until
        AND event_date >= CAST(CAST($from - CAST($base_s AS BIGINT) * INTERVAL '1' SECOND AS DATE) AS VARCHAR)
    GROUP BY service
),
_counted AS (
    SELECT
        service, signature_id, level, error_type,
        sum(count) FILTER (WHERE minute_ts >= $from) AS n,
        min(first_ts) FILTER (WHERE minute_ts >= $from) AS first_ts,
        max(last_ts) FILTER (WHERE minute_ts >= $from) AS last_ts,
        sum(count) FILTER (WHERE minute_ts < $from) AS base_n
    FROM event_minute
    WHERE
        minute_ts >= $from - CAST($base_s AS BIGINT) * INTERVAL '1' SECOND AND minute_ts < $until
        AND event_date >= CAST(CAST($from - CAST($base_s AS BIGINT) * INTERVAL '1' SECOND AS DATE) AS VARCHAR)
        AND (level IN ('warn', 'error', 'fatal') OR error_type IS NOT NULL)
    GROUP BY service, signature_id, level, error_type
)
SELECT
    c.service, c.signature_id, s.template, c.level, c.error_type,
    CAST(c.n AS BIGINT) AS count, c.first_ts, c.last_ts,
    CAST(coalesce(o.observed_s, 0) AS BIGINT) AS observed_s,
    CAST(coalesce(c.base_n, 0) AS BIGINT) AS base_count,
    CAST(coalesce(o.base_observed_s, 0) AS BIGINT) AS base_observed_s
FROM _counted AS c
LEFT JOIN _observed AS o ON o.service = c.service
LEFT JOIN signature AS s ON s.signature_id = c.signature_id
WHERE c.n > 0
ORDER BY c.first_ts, c.service NULLS LAST, c.signature_id, c.level NULLS LAST, c.error_type NULLS LAST
