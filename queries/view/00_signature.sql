-- signature: one log template ever seen.
--
-- Reads:   lake_signature
-- Columns: signature_id VARCHAR, template VARCHAR, level VARCHAR
--          first_ts TIMESTAMP    instant of the first event, UTC
--          first_service VARCHAR, example VARCHAR
--          shapes BIGINT         masked messages grouped under it
-- Grain:   signature_id
SELECT signature_id, template, level, first_ts, first_service, example, shapes
FROM lake_signature
