-- signature_overflow: lines that are counted but not told apart, by service.
--
-- A service that prints data as prose has more forms of line than statements;
-- beyond a bound they share buckets. Counts are exact.
--
-- Reads:   lake_event_day, signature, signature_alias
-- Columns: service VARCHAR
--          count BIGINT    events
--          shapes BIGINT   different forms of line
-- Grain:   service
WITH _bucket AS (
    SELECT signature_id FROM signature WHERE starts_with(template, '<overflow>')
)
SELECT
    d.service,
    CAST(SUM(d.count) AS BIGINT) AS count,
    COUNT(DISTINCT d.shape_id) AS shapes
FROM lake_event_day AS d
LEFT JOIN signature_alias AS a ON a.shape_id = d.shape_id
WHERE COALESCE(a.signature_id, 'S-1f5330a078ed') IN (SELECT b.signature_id FROM _bucket AS b)
GROUP BY d.service
ORDER BY count DESC, d.service NULLS LAST
