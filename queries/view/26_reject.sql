-- reject: one refused record: bad input is a row.
--
-- Reads:   lake_reject
-- Columns: event_date VARCHAR, source VARCHAR, file VARCHAR, source_id VARCHAR, line BIGINT
--          reason VARCHAR, raw VARCHAR
-- Grain:   source_id, line, reason
SELECT
    event_date, source, file, source_id, line, reason, raw
FROM lake_reject
