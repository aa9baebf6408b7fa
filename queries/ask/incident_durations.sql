-- incident_durations: how long incidents take, as a distribution.
--
-- From the stamps; n, median and 90th percentile, never a mean: a mean of
-- durations says nothing about any of them. Open incidents are counted apart
-- and in no quantile, so the quantiles are a little too short while any is
-- open. Quantiles are nearest-rank, the median the mean of the middle two.
--
-- Reads:   incident
-- Params:  $by VARCHAR = 'quarter' quarter, severity or service
--          $measure VARCHAR = 'resolve' resolve (start to resolution), detect (start to detection), acknowledge (detection to acknowledgement) or mitigate (start to mitigation)
-- Columns: part VARCHAR          2026-Q3, a severity or a service; NULL: not stated
--          incidents BIGINT      all of the part
--          resolved BIGINT       with both stamps in order
--          open BIGINT           neither resolved nor of a stated duration
--          unusable BIGINT       closed, but a stamp is missing or out of order
--          shortest_s DOUBLE
--          median_s DOUBLE       seconds
--          p90_s DOUBLE          NULL below five
--          longest_s DOUBLE
-- Grain:   part
WITH _incident AS (
    SELECT
        CASE
            WHEN $by = 'severity' THEN severity
            WHEN $by = 'service' THEN service
            WHEN started_ts IS NOT NULL THEN
                strftime(started_ts, '%Y') || '-Q'
                || CAST(CAST((month(started_ts) + 2 - (month(started_ts) + 2) % 3) / 3 AS INTEGER) AS VARCHAR)
        END AS part,
        resolved_ts IS NULL AND stated_duration_s IS NULL AS is_open,
        CASE
            WHEN $measure = 'detect' THEN epoch_us(detected_ts) - epoch_us(started_ts)
            WHEN $measure = 'acknowledge' THEN epoch_us(acknowledged_ts) - epoch_us(detected_ts)
            WHEN $measure = 'mitigate' THEN epoch_us(mitigated_ts) - epoch_us(started_ts)
            ELSE epoch_us(resolved_ts) - epoch_us(started_ts)
        END AS length_us
    FROM incident
),
_usable AS (
    SELECT
        part,
        CAST(length_us AS DOUBLE) / 1000000.0 AS length_s,
        row_number() OVER (PARTITION BY part ORDER BY length_us) AS nth,
        count(*) OVER (PARTITION BY part) AS n
    FROM _incident
    WHERE length_us >= 0
),
_quantile AS (
    SELECT
        part,
        max(n) AS resolved,
        min(length_s) AS shortest_s,
        avg(length_s) FILTER (WHERE 2 * nth BETWEEN n AND n + 2) AS median_s,
        min(length_s) FILTER (WHERE 10 * nth >= 9 * n AND n >= 5) AS p90_s,
        max(length_s) AS longest_s
    FROM _usable
    GROUP BY part
),
_count AS (
    SELECT
        part,
        count(*) AS incidents,
        count(*) FILTER (WHERE is_open) AS open,
        count(*) FILTER (WHERE NOT is_open AND (length_us IS NULL OR length_us < 0)) AS unusable
    FROM _incident
    GROUP BY part
)
SELECT
    c.part, c.incidents, coalesce(q.resolved, 0) AS resolved, c.open, c.unusable,
    q.shortest_s, q.median_s, q.p90_s, q.longest_s
FROM _count AS c
LEFT JOIN _quantile AS q ON q.part = c.part OR (q.part IS NULL AND c.part IS NULL)
ORDER BY c.part DESC NULLS LAST
