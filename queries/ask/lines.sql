-- lines: the log lines of a window, as they were written (redacted).
--
-- Reads:   event
-- Params:  $since TIMESTAMP first instant (UTC), inclusive
--          $until TIMESTAMP last instant (UTC), exclusive
--          $service VARCHAR = '' only this service; empty: all
--          $signature VARCHAR = '' only this signature_id; empty: all
-- Columns: ts TIMESTAMP          UTC
--          service VARCHAR, host VARCHAR, level VARCHAR, message VARCHAR
-- Grain:   source_id, line
SELECT ts, service, host, level, message
FROM event
WHERE ts >= $since AND ts < $until
    AND event_date BETWEEN strftime($since, '%Y-%m-%d') AND strftime($until, '%Y-%m-%d')
    AND ($service = '' OR service = $service)
    AND ($signature = '' OR signature_id = $signature)
ORDER BY ts, source_id, line
