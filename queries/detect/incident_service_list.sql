-- incident_service_list: the services each incident names.
--
-- Reads:   incident_service
-- Columns: incident_id VARCHAR, service VARCHAR
-- Grain:   incident_id, service
SELECT
    incident_id,
    service
FROM incident_service
WHERE incident_id IS NOT NULL AND service IS NOT NULL
GROUP BY incident_id, service
ORDER BY incident_id, service
