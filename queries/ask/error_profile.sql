-- error_profile: usual errors per weekday and hour of the local day.
--
-- Usual is the mean over the observed days of that weekday and hour with the
-- worst of them left out: one bad night with 40,000 lines is one day, not a
-- pattern. A day on which no service was observed in that hour counts
-- nowhere.
--
-- Reads:   service_volume_local
-- Params:  $since TIMESTAMP = 1970-01-01 first instant (UTC), inclusive
--          $until TIMESTAMP = 2999-01-01 last instant (UTC), exclusive
-- Columns: iso_dow INTEGER        1 = Monday … 7 = Sunday
--          hour INTEGER           local hour, 0-23
--          observed_days BIGINT   days with any line in that hour
--          hit_days BIGINT        of these, days with an error
--          errors BIGINT          lines of level error and above
--          worst_errors BIGINT    of the worst day
--          usual_errors DOUBLE    mean per observed day, the worst day left out
-- Grain:   iso_dow, hour
WITH _day AS (
    SELECT
        iso_dow,
        CAST((minute_of_day - minute_of_day % 60) / 60 AS INTEGER) AS hour,
        local_date,
        CAST(sum(errors) AS BIGINT) AS errors
    FROM service_volume_local
    WHERE slot_ts >= $since AND slot_ts < $until
    GROUP BY iso_dow, CAST((minute_of_day - minute_of_day % 60) / 60 AS INTEGER), local_date
)
SELECT
    iso_dow,
    hour,
    count(*) AS observed_days,
    count(*) FILTER (WHERE errors > 0) AS hit_days,
    CAST(sum(errors) AS BIGINT) AS errors,
    max(errors) AS worst_errors,
    CASE
        WHEN count(*) > 1
            THEN CAST(sum(errors) - max(errors) AS DOUBLE) / CAST(count(*) - 1 AS DOUBLE)
        ELSE CAST(sum(errors) AS DOUBLE)
    END AS usual_errors
FROM _day
GROUP BY iso_dow, hour
ORDER BY iso_dow, hour
