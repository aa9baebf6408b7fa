-- rejects: refused records by source and reason, with the first of each.
--
-- Reads:   reject
-- Columns: source VARCHAR
--          reason VARCHAR
--          record_count BIGINT   refused for that reason
--          file_count BIGINT     files they are in
--          first_file VARCHAR    the first file by name
--          first_line BIGINT     its first such line; 0: the file as a whole
--          first_raw VARCHAR     that record, redacted, cut
-- Grain:   source, reason
WITH _ranked AS (
    SELECT
        source, reason, file, line, raw,
        row_number() OVER (
            PARTITION BY source, reason
            ORDER BY file, line NULLS FIRST, source_id
        ) AS nth
    FROM reject
),
_total AS (
    SELECT source, reason, count(*) AS record_count, count(DISTINCT file) AS file_count
    FROM reject
    GROUP BY source, reason
)
SELECT
    t.source, t.reason, t.record_count, t.file_count,
    r.file AS first_file, r.line AS first_line, r.raw AS first_raw
FROM _total AS t
INNER JOIN _ranked AS r
    ON r.nth = 1 AND r.reason = t.reason AND coalesce(r.source, '') = coalesce(t.source, '')
ORDER BY t.record_count DESC, t.source NULLS LAST, t.reason
