-- incident_service: the services an incident names.
--
-- Reads:   lake_incident_service
-- Columns: incident_id VARCHAR, service VARCHAR
-- Grain:   incident_id, service
SELECT DISTINCT incident_id, service
FROM lake_incident_service
