-- silence_minutes: active minutes of signatures that have paused for long.
--
-- A screen, not a verdict: only signatures with enough events whose longest
-- pause (the one until $until included) is $min_ratio times the mean pause.
--
-- Reads:   event_minute
-- Params:  $since TIMESTAMP   first instant (UTC), inclusive
--          $until TIMESTAMP   last instant (UTC), exclusive; the pause still open ends here
--          $min_events BIGINT active minutes needed, e.g. 6
--          $min_ratio DOUBLE  longest pause / mean pause, e.g. 2.5
-- Columns: service VARCHAR, signature_id VARCHAR, level VARCHAR
--          minute_ts TIMESTAMP
--          first_ts TIMESTAMP, last_ts TIMESTAMP   first and last event in the minute
--          count BIGINT
-- Grain:   service, signature_id, minute_ts
WITH _minute AS (
    SELECT
        service,
        signature_id,
        minute_ts,
        max(level) AS level,
        min(first_ts) AS first_ts,
        max(last_ts) AS last_ts,
        sum(count) AS n,
        min(minute_epoch_s) AS minute_epoch_s
    FROM (
        SELECT
            service,
            signature_id,
            minute_ts,
            level,
            first_ts,
            last_ts,
            count,
            CAST(epoch(minute_ts) AS BIGINT) AS minute_epoch_s
        FROM event_minute
        WHERE
            minute_ts >= $since AND minute_ts < $until
            AND service IS NOT NULL AND signature_id IS NOT NULL
    ) AS m
    GROUP BY service, signature_id, minute_ts
),
_gap AS (
    SELECT
        service,
        signature_id,
        lead(minute_epoch_s, 1, CAST(epoch(CAST($until AS TIMESTAMP)) AS BIGINT)) OVER (
            PARTITION BY service, signature_id ORDER BY minute_epoch_s
        ) - minute_epoch_s AS gap_s
    FROM _minute
),
_paused AS (
    SELECT
        service,
        signature_id
    FROM _gap
    GROUP BY service, signature_id
    HAVING count(*) >= $min_events AND max(gap_s) >= $min_ratio * avg(gap_s)
)
SELECT
    m.service,
    m.signature_id,
    m.level,
    m.minute_ts,
    m.first_ts,
    m.last_ts,
    CAST(m.n AS BIGINT) AS count
FROM _minute AS m
INNER JOIN _paused AS p ON p.service = m.service AND p.signature_id = m.signature_id
ORDER BY m.service, m.signature_id, m.minute_ts
