-- silence_minutes: active minutes of signatures that have paused for long.
--
-- A screen, not a verdict: signatures with enough active minutes and one
-- pause of $min_gap_s or more, the one still open at $until included. A job
-- that runs once a day always passes; the detector knows its cadence.
-- Signatures that were ever too frequent to be counted by the minute are left
-- out: their absence from event_minute is no silence.
--
-- Reads:   event_minute, event_day
-- Params:  $since TIMESTAMP    first instant (UTC), inclusive
--          $until TIMESTAMP    last instant (UTC), exclusive; an open pause ends here
--          $min_minutes BIGINT active minutes needed, e.g. 6
--          $min_gap_s BIGINT   seconds of pause needed, e.g. 7200
-- Columns: service VARCHAR, signature_id VARCHAR, level VARCHAR
--          minute_ts TIMESTAMP
--          first_ts TIMESTAMP, last_ts TIMESTAMP   first and last event in the minute
--          count BIGINT
-- Grain:   service, signature_id, minute_ts
WITH _partial AS (
    SELECT service, signature_id
    FROM event_day
    WHERE NOT is_by_minute AND last_ts >= $since AND first_ts < $until
    GROUP BY service, signature_id
),
_minute AS (
    SELECT
        service,
        signature_id,
        minute_ts,
        max(level) AS level,
        min(first_ts) AS first_ts,
        max(last_ts) AS last_ts,
        sum(count) AS n
    FROM event_minute
    WHERE
        minute_ts >= $since AND minute_ts < $until
        AND service IS NOT NULL AND signature_id IS NOT NULL
    GROUP BY service, signature_id, minute_ts
),
_gap AS (
    SELECT
        service,
        signature_id,
        minute_ts,
        lead(minute_ts) OVER (PARTITION BY service, signature_id ORDER BY minute_ts) AS next_ts
    FROM _minute
),
_paused AS (
    SELECT
        service,
        signature_id
    FROM _gap
    GROUP BY service, signature_id
    HAVING
        count(*) >= $min_minutes
        AND count(*) FILTER (
            WHERE coalesce(next_ts, $until) >= minute_ts + CAST($min_gap_s AS BIGINT) * INTERVAL '1' SECOND
        ) > 0
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
LEFT JOIN _partial AS x ON x.service = m.service AND x.signature_id = m.signature_id
WHERE x.signature_id IS NULL
ORDER BY m.service, m.signature_id, m.minute_ts
