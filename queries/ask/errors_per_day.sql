-- errors_per_day: errors per local day and service, with what was observed.
--
-- A day and service without a row was not observed: it is not a zero.
--
-- Reads:   service_volume_local
-- Params:  $since TIMESTAMP = 1970-01-01 first instant (UTC), inclusive
--          $until TIMESTAMP = 2999-01-01 last instant (UTC), exclusive
-- Columns: local_date VARCHAR      YYYY-MM-DD of the site's wall clock
--          service VARCHAR
--          errors BIGINT           lines of level error and above
--          lines BIGINT            all lines
--          observed_hours DOUBLE   hours with at least one line, in steps of five minutes
-- Grain:   local_date, service
SELECT
    local_date,
    service,
    CAST(sum(errors) AS BIGINT) AS errors,
    CAST(sum(lines) AS BIGINT) AS lines,
    CAST(count(DISTINCT slot_ts) AS DOUBLE) / 12.0 AS observed_hours
FROM service_volume_local
WHERE slot_ts >= $since AND slot_ts < $until
GROUP BY local_date, service
ORDER BY local_date, service NULLS LAST
