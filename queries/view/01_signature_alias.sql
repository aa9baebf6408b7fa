-- signature_alias: what every id ever used means today.
--
-- A shape's id never changes; the signature it belongs to may, when a later
-- night groups two. Former signature ids resolve here too.
--
-- Reads:   lake_shape
-- Columns: shape_id VARCHAR, signature_id VARCHAR
-- Grain:   shape_id
SELECT shape_id, signature_id
FROM lake_shape
