-- similar_incident: a known failure mode met again.
--
-- Reads:   lake_similar
-- Columns: event_date VARCHAR, incident_id VARCHAR, other_id VARCHAR, rank BIGINT
--          score DOUBLE, shared VARCHAR, different VARCHAR, done VARCHAR, held VARCHAR
-- Grain:   event_date, incident_id, other_id
SELECT
    event_date, incident_id, other_id, rank, score, shared, different, done, held
FROM lake_similar
