-- event: one log event, with today's signature.
--
-- A shape that has no row is beyond the bound on shapes: it counts as
-- <overflow>, signature S-1f5330a078ed.
--
-- Reads:   lake_event, signature_alias
-- Columns: ts TIMESTAMP          UTC
--          event_date VARCHAR    UTC date, the partition: filter on it
--          service VARCHAR, host VARCHAR, level VARCHAR
--          kind VARCHAR          log or request
--          signature_id VARCHAR, shape_id VARCHAR, message VARCHAR
--          error_type VARCHAR, trace_id VARCHAR, source_id VARCHAR
--          line BIGINT           line of the input, 1-based
-- Grain:   source_id, line
SELECT
    e.ts, e.event_date, e.service, e.host, e.level, e.kind,
    COALESCE(a.signature_id, 'S-1f5330a078ed') AS signature_id,
    e.shape_id, e.message, e.error_type, e.trace_id, e.source_id, e.line
FROM lake_event AS e
LEFT JOIN signature_alias AS a ON a.shape_id = e.shape_id
