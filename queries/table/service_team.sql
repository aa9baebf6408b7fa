-- service_team: which team owns a service; filled from the configuration.
--
-- Columns: service VARCHAR, team VARCHAR
-- Grain:   service
CREATE TABLE service_team (service VARCHAR, team VARCHAR)
