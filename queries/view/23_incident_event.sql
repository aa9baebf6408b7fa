-- incident_event: one entry of an incident's timeline, in the order written.
--
-- An incident that two inputs tell of (a record and a postmortem) keeps the
-- entries of both; the same text in the same minute is one entry.
--
-- Reads:   lake_incident_event
-- Columns: event_date VARCHAR, incident_id VARCHAR, seq BIGINT, ts TIMESTAMP
--          status VARCHAR, text VARCHAR, source_id VARCHAR
-- Grain:   source_id, incident_id, seq
WITH _told AS (
    SELECT
        event_date, incident_id, seq, ts, status, text, source_id,
        ROW_NUMBER() OVER (
            PARTITION BY incident_id, DATE_TRUNC('minute', ts), LOWER(TRIM(text))
            ORDER BY CASE WHEN status IS NULL THEN 1 ELSE 0 END, source_id, seq
        ) AS nth
    FROM lake_incident_event
)
SELECT
    event_date, incident_id, seq, ts, status, text, source_id
FROM _told
WHERE nth = 1
