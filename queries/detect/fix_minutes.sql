-- fix_minutes: the minutes in which one subject logged errors.
--
-- Where a recurrence went after a fix: into another hour, or nowhere.
--
-- Reads:   event_minute
-- Params:  $subject_kind VARCHAR  signature, error_type or service
--          $subject_id VARCHAR    its id
--          $service VARCHAR       the service it is logged in
--          $since TIMESTAMP  first instant (UTC), inclusive
--          $until TIMESTAMP  last instant (UTC), exclusive
-- Columns: minute_ts TIMESTAMP   UTC minute
--          event_count BIGINT    events in the minute
-- Grain:   minute_ts
SELECT
    minute_ts,
    CAST(sum(count) AS BIGINT) AS event_count
FROM event_minute
WHERE
    service = $service AND minute_ts >= $since AND minute_ts < $until
    AND (
        ($subject_kind = 'signature' AND signature_id = $subject_id AND level IN ('warn', 'error', 'fatal'))
        OR ($subject_kind = 'error_type' AND error_type = $subject_id AND level IN ('error', 'fatal'))
        OR ($subject_kind = 'service' AND level IN ('error', 'fatal'))
    )
GROUP BY minute_ts
ORDER BY minute_ts
