-- similar_rows: incidents like one incident, as judged on the latest night.
--
-- Reads:   similar_incident
-- Params:  $incident VARCHAR   id of the incident
-- Columns: event_date VARCHAR, incident_id VARCHAR, other_id VARCHAR
--          rank BIGINT, score DOUBLE
--          shared VARCHAR, different VARCHAR, done VARCHAR, held VARCHAR
-- Grain:   incident_id, other_id
SELECT event_date, incident_id, other_id, rank, score, shared, different, done, held
FROM similar_incident
WHERE event_date = (SELECT max(event_date) FROM similar_incident) AND incident_id = $incident
ORDER BY incident_id, rank, other_id
