-- bench_whole: a day of text logs as DuckDB would take it in, doing a night's work.
--
-- The full peer of make bench: as bench_day, but what else a night takes for a
-- value is masked too (URLs, paths, settings, quoted text), secrets by their
-- plainest patterns are taken out first, types of errors and ids of traces are
-- read from the message, lines that begin no event are left out as
-- continuations, and the answer comes in the order of a lake's files. Stack
-- traces are not joined, and the patterns know a part of what a night knows.
--
-- Params:  $files VARCHAR = '/dev/null'  glob of the day's files
-- Columns: ts TIMESTAMP, service VARCHAR, level VARCHAR
--          shape_id UBIGINT   hash of the masked message
--          message VARCHAR
--          error_type VARCHAR, trace_id VARCHAR   '' where there is none
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
),
_clean AS (
    SELECT
        ts, service, level,
        regexp_replace(message,
            '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}|(?i:password|passwd|pwd|secret|token|api[_-]?key|authorization)["'']?[=:] ?[^ ,;&"'']+|(?i:bearer|basic) [A-Za-z0-9+/=._-]{8,}|(AKIA|ghp_|gho_|xox[abp]-|sk_live_|eyJ)[A-Za-z0-9_.-]{12,}|[a-z]+://[^/ :@]+:[^/ @]+@|\b[0-9]{4}([ -]?[0-9]{4}){3}\b|\b[A-Z]{2}[0-9]{2}[A-Z0-9]{12,30}\b|\+[0-9][0-9 ()-]{8,}',
            '<secret>', 'g') AS message
    FROM _part
    WHERE ts IS NOT NULL
)
SELECT
    ts, service, level,
    hash(regexp_replace(regexp_replace(regexp_replace(message,
        '[a-z]+://[^ "'']+|(^|[ =])/[^ ,;"]*', '<*>', 'g'),
        '=[^ ,;"]+|''[^'']*''', '<*>', 'g'),
        '[^ =,;:()\[\]{}<>"|]*[0-9][^ =,;:()\[\]{}<>"|]*', '<*>', 'g')) AS shape_id,
    message,
    CASE WHEN split_part(service, '-', 2) = 'web' AND message LIKE '% 5__' THEN 'HTTP ' || right(message, 3)
         ELSE regexp_extract(message, '[A-Za-z0-9_.$]*(Exception|Error)\b') END AS error_type,
    regexp_extract(message, '(?:trace|request)[_.-]?[iI]d["'']?[=: ]+([0-9A-Za-z-]{8,64})', 1) AS trace_id
FROM _clean
ORDER BY service, shape_id, ts, message
