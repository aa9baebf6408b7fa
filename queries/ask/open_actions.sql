-- open_actions: follow-ups of incidents that are not done, the latest due last.
--
-- Reads:   action, incident
-- Params:  $until TIMESTAMP = 2999-01-01 overdue means due before this instant (UTC)
-- Columns: incident_id VARCHAR, title VARCHAR
--          seq BIGINT
--          kind VARCHAR             immediate, workaround, prevention, detection
--          text VARCHAR, owner VARCHAR
--          due_ts TIMESTAMP
--          status VARCHAR           NULL: not stated
--          is_overdue BOOLEAN
--          success_condition VARCHAR
-- Grain:   incident_id, seq
SELECT
    a.incident_id, i.title, a.seq, a.kind, a.text, a.owner, a.due_ts, a.status,
    a.due_ts IS NOT NULL AND a.due_ts < $until AS is_overdue,
    a.success_condition
FROM action AS a
LEFT JOIN incident AS i ON i.incident_id = a.incident_id
WHERE coalesce(a.status, '') <> 'done'
ORDER BY a.due_ts NULLS LAST, a.incident_id, a.seq
