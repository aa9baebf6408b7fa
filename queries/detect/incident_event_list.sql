-- incident_event_list: the timed entries of every incident's timeline.
--
-- Where a record states no start, its timeline often begins with the change
-- that led to the failure: the detector looks for the first entry that does not.
--
-- Reads:   incident_event
-- Columns: incident_id VARCHAR
--          seq BIGINT       order in the record, from 1
--          ts TIMESTAMP     UTC
--          text VARCHAR     at most 400 characters
-- Grain:   incident_id, seq
SELECT
    incident_id,
    seq,
    ts,
    substr(text, 1, 400) AS text
FROM incident_event
WHERE incident_id IS NOT NULL AND ts IS NOT NULL
ORDER BY incident_id, seq, ts, text
