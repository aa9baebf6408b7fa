-- bench_whole: a day of text logs as DuckDB would take it in, doing a night's work.
--
-- The full peer of make bench: as bench_day, but what else a night takes for a
-- value is masked too (URLs, paths, settings, quoted text), lines that begin no
-- event are left out as continuations, and the answer comes in the order of a
-- lake's files. Stack traces are not joined and secrets stay.
--
-- Params:  $files VARCHAR = '/dev/null'  glob of the day's files
-- Columns: ts TIMESTAMP, service VARCHAR, level VARCHAR
--          shape_id UBIGINT   hash of the masked message
--          message VARCHAR
-- Grain:   an event
WITH _line AS (
    SELECT line, regexp_extract(filename, 'svc[0-9]+-([a-z]+)', 0) AS service
    FROM read_csv($files, columns = {'line': 'VARCHAR'}, delim = E'\x01', quote = '', escape = '',
                  header = FALSE, auto_detect = FALSE, filename = TRUE, max_line_size = 1048576)
),
_cut AS (
    SELECT
        line, service,
        CASE split_part(service, '-', 2)
            WHEN 'web' THEN position('] "' IN line) + 3
            WHEN 'logfmt' THEN position('msg=' IN line) + 4
            WHEN 'syslog' THEN position(']: ' IN line) + 3
            WHEN 'java' THEN position(' - ' IN line) + 3
            ELSE position(': ' IN line) + 2
        END AS body
    FROM _line
),
_part AS (
    SELECT
        service,
        CASE split_part(service, '-', 2)
            WHEN 'web' THEN TRY_STRPTIME(split_part(split_part(line, '[', 2), ' ', 1), '%d/%b/%Y:%H:%M:%S')
            WHEN 'logfmt' THEN TRY_CAST(substr(line, 4, 23) AS TIMESTAMP)
            WHEN 'syslog' THEN TRY_STRPTIME('2026 ' || substr(line, 1, 15), '%Y %b %d %H:%M:%S')
            ELSE TRY_CAST(replace(substr(line, 1, 23), ',', '.') AS TIMESTAMP)
        END AS ts,
        regexp_extract(substr(line, 1, body), 'FATAL|ERROR|WARN|INFO|DEBUG') AS level,
        CASE split_part(service, '-', 2)
            WHEN 'web' THEN split_part(substr(line, body), ' HTTP/', 1) || ' ' || split_part(split_part(line, '" ', 2), ' ', 1)
            ELSE substr(line, body)
        END AS message
    FROM _cut
)
SELECT
    ts, service, level,
    hash(regexp_replace(regexp_replace(regexp_replace(message,
        '[a-z]+://[^ "'']+|(^|[ =])/[^ ,;"]*', '<*>', 'g'),
        '=[^ ,;"]+|''[^'']*''', '<*>', 'g'),
        '[^ =,;:()\[\]{}<>"|]*[0-9][^ =,;:()\[\]{}<>"|]*', '<*>', 'g')) AS shape_id,
    message
FROM _part
WHERE ts IS NOT NULL
ORDER BY service, shape_id, ts, message
