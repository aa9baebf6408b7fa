-- recurrence_volume: the load of each service per 5 minutes.
--
-- What errors are normalised by. A slot without a row was not observed: it is
-- never a zero.
--
-- Reads:   service_volume
-- Params:  $since TIMESTAMP  first instant (UTC), inclusive
--          $until TIMESTAMP  last instant (UTC), exclusive
-- Columns: service VARCHAR
--          slot_ts TIMESTAMP      UTC start of the slot
--          line_count BIGINT      log lines
--          request_count BIGINT   served requests (access log lines)
--          error_count BIGINT     lines of level error and above
--          request_error_count BIGINT  of these, served requests
-- Grain:   service, slot_ts
SELECT service, slot_ts,
       CAST(sum(lines) AS BIGINT) AS line_count,
       CAST(COALESCE(sum(requests), 0) AS BIGINT) AS request_count,
       CAST(COALESCE(sum(errors), 0) AS BIGINT) AS error_count,
       CAST(COALESCE(sum(request_errors), 0) AS BIGINT) AS request_error_count
FROM service_volume
WHERE slot_ts >= $since AND slot_ts < $until
GROUP BY service, slot_ts
ORDER BY service, slot_ts
