-- service_volume: the load of a service per five minutes.
--
-- A slot without a row was not observed: it is not a zero.
--
-- Reads:   lake_service_volume
-- Columns: slot_ts TIMESTAMP     start of the slot, UTC
--          event_date VARCHAR, service VARCHAR
--          lines BIGINT          all lines of the service
--          requests BIGINT       lines of access logs
--          errors BIGINT         lines of level error and fatal
--          request_errors BIGINT lines of access logs of level error and fatal
-- Grain:   slot_ts, service
SELECT
    slot_ts, event_date, service,
    CAST(SUM(lines) AS BIGINT) AS lines,
    CAST(SUM(COALESCE(requests, 0)) AS BIGINT) AS requests,
    CAST(SUM(CASE WHEN level IN ('error', 'fatal') THEN lines ELSE 0 END) AS BIGINT) AS errors,
    CAST(SUM(CASE WHEN level IN ('error', 'fatal') THEN COALESCE(requests, 0) ELSE 0 END) AS BIGINT) AS request_errors
FROM lake_service_volume
GROUP BY slot_ts, event_date, service
