-- action: one follow-up of an incident.
--
-- An incident that two inputs tell of (a record and a postmortem) keeps the
-- follow-ups of both; those of the same text are one, which has what either
-- says of it.
--
-- Reads:   lake_action
-- Columns: event_date VARCHAR, incident_id VARCHAR, seq BIGINT, kind VARCHAR, text VARCHAR
--          owner VARCHAR, due_ts TIMESTAMP, status VARCHAR, success_condition VARCHAR
--          source_id VARCHAR
--          done_ts TIMESTAMP     when it was done, where that is stated (UTC)
-- Grain:   source_id, incident_id, seq
WITH _told AS (
    SELECT
        event_date, incident_id, seq, kind, text, source_id,
        MAX(owner) OVER same AS owner,
        MAX(due_ts) OVER same AS due_ts,
        MAX(status) OVER same AS status,
        MAX(success_condition) OVER same AS success_condition,
        MAX(done_ts) OVER same AS done_ts,
        ROW_NUMBER() OVER (
            PARTITION BY incident_id, LOWER(TRIM(text))
            ORDER BY
                CASE WHEN kind IS NULL THEN 1 ELSE 0 END
                + CASE WHEN owner IS NULL THEN 1 ELSE 0 END
                + CASE WHEN due_ts IS NULL THEN 1 ELSE 0 END
                + CASE WHEN status IS NULL THEN 1 ELSE 0 END,
                source_id, seq
        ) AS nth
    FROM lake_action
    WINDOW same AS (PARTITION BY incident_id, LOWER(TRIM(text)))
)
SELECT
    event_date, incident_id, seq, kind, text, owner, due_ts, status, success_condition,
    source_id, done_ts
FROM _told
WHERE nth = 1
