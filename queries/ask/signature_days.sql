-- signature_days: how often one signature was logged by a service, day by day.
--
-- Local days on which the service was observed; a day on which it wrote
-- nothing at all has no row: it is not a day without. Counted by the minute,
-- so it holds warnings, errors and what is rare (jobs), not frequent lines.
--
-- Reads:   event_minute_local, service_volume_local
-- Params:  $service VARCHAR     the service
--          $signature VARCHAR   the signature, S-…
--          $since TIMESTAMP = 1970-01-01 first instant (UTC), inclusive
--          $until TIMESTAMP = 2999-01-01 last instant (UTC), exclusive
-- Columns: local_date VARCHAR   YYYY-MM-DD of the site
--          event_count BIGINT   events of the signature that day
--          first_ts TIMESTAMP, last_ts TIMESTAMP
--          lines BIGINT         all lines of the service that day
-- Grain:   local_date
WITH _day AS (
    SELECT local_date, sum(lines) AS lines
    FROM service_volume_local
    WHERE service = $service AND slot_ts >= $since AND slot_ts < $until
    GROUP BY local_date
),
_event AS (
    SELECT local_date, sum(count) AS n, min(first_ts) AS first_ts, max(last_ts) AS last_ts
    FROM event_minute_local
    WHERE service = $service AND signature_id = $signature AND minute_ts >= $since AND minute_ts < $until
    GROUP BY local_date
)
SELECT
    d.local_date,
    CAST(coalesce(e.n, 0) AS BIGINT) AS event_count,
    e.first_ts,
    e.last_ts,
    CAST(d.lines AS BIGINT) AS lines
FROM _day AS d
LEFT JOIN _event AS e ON e.local_date = d.local_date
ORDER BY d.local_date
