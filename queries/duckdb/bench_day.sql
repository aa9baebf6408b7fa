-- bench_day: a day of text logs as DuckDB alone would take it in.
--
-- The peer of make bench: lines are read, cut into stamp, level and message by
-- the kind of their file, and masked with one regular expression; the bench
-- copies the answer to Parquet. Stack traces are not joined, secrets stay and
-- nothing is sorted, so it does less than a night.
--
-- Params:  $files VARCHAR = '/dev/null'  glob of the day's files
-- Columns: ts TIMESTAMP, service VARCHAR, level VARCHAR
--          shape_id UBIGINT   hash of the masked message
--          message VARCHAR
-- Grain:   a line
WITH _line AS (
    SELECT line, regexp_extract(filename, 'svc[0-9]+-([a-z]+)', 0) AS service
    FROM read_csv($files, columns = {'line': 'VARCHAR'}, delim = E'\x01', quote = '', escape = '',
                  header = FALSE, auto_detect = FALSE, filename = TRUE, max_line_size = 1048576)
),
_cut AS (
    SELECT
        line, service,
        CASE split_part(service, '-', 2)
            WHEN 'web' THEN position('] "' IN line) + 2
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
        substr(line, body) AS message
    FROM _cut
)
SELECT
    ts, service, level,
    hash(regexp_replace(message, '[^ =,;:()\[\]{}<>"|]*[0-9][^ =,;:()\[\]{}<>"|]*', '<*>', 'g')) AS shape_id,
    message
FROM _part
