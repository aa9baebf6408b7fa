-- change_list: every change record, oldest first.
--
-- All of them, whatever their time: the change-failure rate needs the whole
-- history, and a record in the future or without a time is judged and shown
-- by the detector, not dropped here.
--
-- Reads:   change
-- Columns: change_id VARCHAR
--          kind VARCHAR           deploy, config, flag, infra, restart, rollback, migration, job, release, commit
--          service VARCHAR, env VARCHAR
--          started_ts TIMESTAMP   UTC; NULL when the record has no time
--          finished_ts TIMESTAMP  UTC; NULL when it has no end
--          status VARCHAR, actor VARCHAR, version VARCHAR, commit VARCHAR
--          title VARCHAR, source VARCHAR
--          warning VARCHAR        what intake doubted in the record
--          team VARCHAR           of the record, else the configured owner of the service
-- Grain:   change_id
SELECT
    change_id,
    kind,
    service,
    env,
    started_ts,
    finished_ts,
    status,
    actor,
    version,
    commit,
    title,
    source,
    warning,
    team
FROM change
ORDER BY started_ts NULLS LAST, change_id
