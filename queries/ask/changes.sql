-- changes: deploys, configuration changes, flags, restarts … the latest first.
--
-- Reads:   change
-- Params:  $service VARCHAR = '' only this service; empty: all
--          $kind VARCHAR = ''    only this kind; empty: all
--          $since TIMESTAMP = 1970-01-01 first instant (UTC), inclusive
--          $until TIMESTAMP = 2999-01-01 last instant (UTC), exclusive
--          $change VARCHAR = ''  only this change_id; empty: all
-- Columns: change_id VARCHAR
--          kind VARCHAR          a commit is not a deploy
--          service VARCHAR
--          started_ts TIMESTAMP, finished_ts TIMESTAMP
--          status VARCHAR        success, failed, cancelled, running or NULL
--          actor VARCHAR, version VARCHAR, title VARCHAR, url VARCHAR, warning VARCHAR
--          team VARCHAR          of the record, else the configured owner of the service
-- Grain:   change_id
SELECT
    change_id, kind, service, started_ts, finished_ts, status, actor, version,
    title, url, warning, team
FROM change
WHERE ($service = '' OR service = $service)
  AND ($kind = '' OR kind = $kind)
  AND ($change = '' OR change_id = $change)
  AND (started_ts IS NULL OR (started_ts >= $since AND started_ts < $until))
ORDER BY started_ts DESC NULLS LAST, change_id
