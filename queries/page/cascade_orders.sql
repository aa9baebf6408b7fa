-- cascade_orders: the order of failure of every incident, as judged on the latest night.
--
-- Reads:   cascade
-- Columns: incident_id VARCHAR, rank BIGINT, service VARCHAR
-- Grain:   incident_id, rank
SELECT incident_id, rank, service
FROM cascade
WHERE event_date = (SELECT max(event_date) FROM cascade) AND incident_id IS NOT NULL AND service IS NOT NULL
ORDER BY incident_id, rank
