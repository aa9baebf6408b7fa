-- change: one deploy, configuration change, flag, restart … by id.
--
-- Where two inputs carry the same id, the fullest record speaks.
--
-- Reads:   lake_change
-- Columns: event_date VARCHAR, change_id VARCHAR, kind VARCHAR, service VARCHAR, env VARCHAR
--          started_ts TIMESTAMP, finished_ts TIMESTAMP
--          status VARCHAR        success, failed, cancelled, running or NULL
--          actor VARCHAR, version VARCHAR, commit VARCHAR, url VARCHAR, title VARCHAR
--          source VARCHAR, file VARCHAR, source_id VARCHAR, line BIGINT, warning VARCHAR
-- Grain:   change_id
WITH _ranked AS (
    SELECT
        event_date, change_id, kind, service, env, started_ts, finished_ts, status,
        actor, version, commit, url, title, source, file, source_id, line, warning,
        ROW_NUMBER() OVER (
            PARTITION BY change_id
            ORDER BY
                CASE WHEN started_ts IS NULL THEN 1 ELSE 0 END,
                CASE WHEN finished_ts IS NULL THEN 1 ELSE 0 END,
                finished_ts DESC NULLS LAST, source_id, line
        ) AS nth
    FROM lake_change
)
SELECT
    event_date, change_id, kind, service, env, started_ts, finished_ts, status,
    actor, version, commit, url, title, source, file, source_id, line, warning
FROM _ranked
WHERE nth = 1
