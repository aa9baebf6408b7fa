-- metric: one measured point (optional input).
--
-- Reads:   lake_metric
-- Columns: event_date VARCHAR, ts TIMESTAMP, service VARCHAR, name VARCHAR, value DOUBLE
-- Grain:   ts, service, name
SELECT
    event_date, ts, service, name, value
FROM lake_metric
