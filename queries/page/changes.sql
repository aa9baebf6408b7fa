-- changes: every change, for the pages, the oldest first.
--
-- Reads:   change
-- Columns: event_date VARCHAR, change_id VARCHAR, kind VARCHAR, service VARCHAR
--          env VARCHAR, started_ts TIMESTAMP, finished_ts TIMESTAMP, status VARCHAR
--          actor VARCHAR, version VARCHAR, commit VARCHAR, url VARCHAR, title VARCHAR
--          source VARCHAR, file VARCHAR, source_id VARCHAR, line BIGINT, warning VARCHAR
--          team VARCHAR
-- Grain:   change_id
SELECT
    event_date, change_id, kind, service, env, started_ts, finished_ts, status, actor,
    version, commit, url, title, source, file, source_id, line, warning, team
FROM change
ORDER BY started_ts NULLS LAST, change_id
