-- forecast: an occasion on which a recurrence is due, written before the fact.
--
-- Reads:   lake_forecast
-- Columns: event_date VARCHAR, recurrence_id VARCHAR, due_ts TIMESTAMP
--          due_end_ts TIMESTAMP, probability DOUBLE
-- Grain:   event_date, recurrence_id, due_ts
SELECT
    event_date, recurrence_id, due_ts, due_end_ts, probability
FROM lake_forecast
