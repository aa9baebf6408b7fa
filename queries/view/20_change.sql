-- change: one deploy, configuration change, flag, restart … by id.
--
-- Where two inputs carry the same id, the fullest record speaks. Where two
-- sources tell of one rollout (same service, same commit or else version, the
-- n-th of each source within half an hour, no two stages such as staging and
-- production), the earliest record speaks and its warning names the other.
--
-- Reads:   lake_change, service_team
-- Columns: event_date VARCHAR, change_id VARCHAR, kind VARCHAR, service VARCHAR, env VARCHAR
--          started_ts TIMESTAMP, finished_ts TIMESTAMP
--          status VARCHAR        success, failed, cancelled, running or NULL
--          actor VARCHAR, version VARCHAR, commit VARCHAR, url VARCHAR, title VARCHAR
--          source VARCHAR, file VARCHAR, source_id VARCHAR, line BIGINT, warning VARCHAR
--          team VARCHAR          of the record, else the configured owner of the service
-- Grain:   change_id
WITH _ranked AS (
    SELECT
        event_date, change_id, kind, service, env, started_ts, finished_ts, status,
        actor, version, commit, url, title, source, file, source_id, line, warning,
        MAX(team) OVER (PARTITION BY change_id) AS team,
        ROW_NUMBER() OVER (
            PARTITION BY change_id
            ORDER BY
                CASE WHEN started_ts IS NULL THEN 1 ELSE 0 END,
                CASE WHEN finished_ts IS NULL THEN 1 ELSE 0 END,
                finished_ts DESC NULLS LAST, source_id, line
        ) AS nth
    FROM lake_change
),
_one AS (
    SELECT
        event_date, change_id, kind, service, env, started_ts, finished_ts, status,
        actor, version, commit, url, title, source, file, source_id, line, warning, team,
        CASE
            WHEN service IS NULL OR source IS NULL OR started_ts IS NULL OR kind NOT IN ('deploy', 'release') THEN NULL
            WHEN length(commit) >= 7 THEN 'commit ' || substr(commit, 1, 7)
            WHEN length(version) > 0 THEN 'version ' || version
        END AS rollout,
        CASE
            WHEN lower(env) IN ('prod', 'production', 'prd', 'live') THEN 'production'
            WHEN lower(env) IN ('stage', 'staging', 'stg', 'preprod', 'pre-production', 'uat') THEN 'staging'
            WHEN lower(env) IN ('test', 'testing', 'qa', 'integration') THEN 'test'
            WHEN lower(env) IN ('dev', 'development') THEN 'development'
        END AS stage
    FROM _ranked
    WHERE nth = 1
),
_turn AS (
    SELECT
        change_id, service, stage, rollout, source, started_ts, team,
        ROW_NUMBER() OVER (PARTITION BY service, rollout, source ORDER BY started_ts, change_id) AS turn
    FROM _one
    WHERE rollout IS NOT NULL
),
_told AS (
    SELECT
        change_id, service, stage, rollout, source, started_ts, team, turn,
        ROW_NUMBER() OVER (PARTITION BY service, rollout, turn ORDER BY started_ts, source) AS nth
    FROM _turn
),
_again AS (
    SELECT
        b.change_id,
        a.change_id AS first_id,
        b.source,
        b.team
    FROM _told AS a
    JOIN _told AS b
        ON
            a.service = b.service AND a.rollout = b.rollout AND a.turn = b.turn
            AND (a.stage = b.stage OR a.stage IS NULL OR b.stage IS NULL)
    WHERE a.nth = 1 AND b.nth > 1 AND b.started_ts <= a.started_ts + INTERVAL '30' MINUTE
),
_other AS (
    SELECT
        first_id,
        'also recorded as ' || min(change_id || ' by ' || source)
        || CASE WHEN count(*) > 1 THEN ' and ' || max(change_id || ' by ' || source) ELSE '' END AS words,
        max(team) AS team
    FROM _again
    GROUP BY first_id
)
SELECT
    o.event_date, o.change_id, o.kind, o.service, o.env, o.started_ts, o.finished_ts, o.status,
    o.actor, o.version, o.commit, o.url, o.title, o.source, o.file, o.source_id, o.line,
    CASE
        WHEN t.words IS NULL THEN o.warning
        WHEN o.warning IS NULL OR o.warning = '' THEN t.words
        ELSE o.warning || '; ' || t.words
    END AS warning,
    coalesce(o.team, t.team, s.team) AS team
FROM _one AS o
LEFT JOIN service_team AS s ON s.service = o.service
LEFT JOIN _other AS t ON t.first_id = o.change_id
LEFT JOIN _again AS a ON a.change_id = o.change_id
WHERE a.change_id IS NULL
