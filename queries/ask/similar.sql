-- similar: known failure modes: earlier incidents like this one.
--
-- As judged on the latest night, whatever the age of the other incident.
--
-- Reads:   similar_incident, incident
-- Params:  $incident VARCHAR = '' id of one incident; '' for all
-- Columns: incident_id VARCHAR
--          other_id VARCHAR
--          rank BIGINT            1 = most alike
--          score DOUBLE           0-1
--          other_title VARCHAR
--          other_ts TIMESTAMP     its start (UTC), NULL when not stated
--          shared VARCHAR, different VARCHAR
--          done VARCHAR           what was done then
--          held VARCHAR           whether that held, in words
-- Grain:   incident_id, other_id
SELECT
    s.incident_id,
    s.other_id,
    s.rank,
    s.score,
    i.title AS other_title,
    i.started_ts AS other_ts,
    s.shared,
    s.different,
    s.done,
    s.held
FROM similar_incident AS s
LEFT JOIN incident AS i ON i.incident_id = s.other_id
WHERE
    s.event_date = (SELECT max(event_date) FROM similar_incident)
    AND ($incident = '' OR s.incident_id = $incident)
ORDER BY s.incident_id, s.rank, s.other_id
