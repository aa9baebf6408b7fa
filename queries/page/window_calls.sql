-- window_calls: requests that two services logged, to compare their clocks.
--
-- Of one trace id, the first and the last line of the caller enclose those of
-- the callee, if both clocks agree: the mean of the two differences is how
-- far the callee's clock is ahead, whatever the call took. Only half the slack
-- is known of where inside the caller's lines the callee's lie. A caller with
-- one line in a trace encloses nothing and is left out.
--
-- Reads:   event
-- Params:  $from TIMESTAMP    first instant (UTC), inclusive
--          $until TIMESTAMP   last instant (UTC), exclusive
--          $max_rows BIGINT   calls per pair, e.g. 500
-- Columns: caller VARCHAR, callee VARCHAR
--          offset_s DOUBLE    callee's clock ahead of the caller's, seconds
--          slack_s DOUBLE     by how much the caller's lines span longer; below zero nothing was enclosed
-- Grain:   caller, callee, call
WITH _span AS (
    SELECT
        trace_id, service, min(ts) AS first_ts, max(ts) AS last_ts, count(*) AS n
    FROM event
    WHERE
        trace_id IS NOT NULL AND service IS NOT NULL
        AND ts >= $from AND ts < $until
        AND event_date >= CAST(CAST($from AS DATE) AS VARCHAR)
        AND event_date <= CAST(CAST($until AS DATE) AS VARCHAR)
    GROUP BY trace_id, service
),
_pair AS (
    SELECT
        a.service AS caller, b.service AS callee, a.trace_id,
        CAST(epoch_us(b.first_ts) - epoch_us(a.first_ts) + epoch_us(b.last_ts) - epoch_us(a.last_ts) AS DOUBLE) / 2000000.0 AS offset_s,
        CAST(epoch_us(a.last_ts) - epoch_us(a.first_ts) - epoch_us(b.last_ts) + epoch_us(b.first_ts) AS DOUBLE) / 1000000.0 AS slack_s,
        row_number() OVER (PARTITION BY a.service, b.service ORDER BY a.first_ts, a.trace_id) AS nth
    FROM _span AS a
    INNER JOIN _span AS b ON b.trace_id = a.trace_id AND b.service <> a.service
    WHERE a.n >= 2
)
SELECT caller, callee, offset_s, slack_s
FROM _pair
WHERE nth <= $max_rows
ORDER BY caller, callee, trace_id
