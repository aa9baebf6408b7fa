-- incident_action_list: the follow-ups of every incident, as written.
--
-- What was done then is the first thing wanted when a failure returns.
--
-- Reads:   action
-- Columns: incident_id VARCHAR
--          seq BIGINT              order in the record, from 1
--          kind VARCHAR            immediate, workaround, prevention, detection, or NULL
--          text VARCHAR, status VARCHAR
--          success_condition VARCHAR
--          due_ts TIMESTAMP        UTC; NULL when it has no due date
--          done_ts TIMESTAMP       UTC; NULL when it is not stated
-- Grain:   incident_id, seq
SELECT
    incident_id,
    seq,
    kind,
    text,
    status,
    success_condition,
    due_ts,
    done_ts
FROM action
WHERE incident_id IS NOT NULL
ORDER BY incident_id, seq, text
