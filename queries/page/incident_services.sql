-- incident_services: every service an incident names, for the pages.
--
-- Reads:   incident_service
-- Columns: event_date VARCHAR, incident_id VARCHAR, service VARCHAR, source_id VARCHAR
-- Grain:   incident_id, service
SELECT
    CAST(NULL AS VARCHAR) AS event_date, incident_id, service, CAST(NULL AS VARCHAR) AS source_id
FROM incident_service
ORDER BY incident_id, service
