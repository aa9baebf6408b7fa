-- action: one follow-up of an incident.
--
-- An incident that two inputs tell of (a record and a postmortem) keeps the
-- follow-ups of both; those of the same text are one, which has what either
-- says of it. What somebody wrote into almanac's own draft is the latest word;
-- otherwise what one record calls done is done.
--
-- Reads:   lake_action, input
-- Columns: event_date VARCHAR, incident_id VARCHAR, seq BIGINT, kind VARCHAR, text VARCHAR
--          owner VARCHAR, due_ts TIMESTAMP, status VARCHAR, success_condition VARCHAR
--          source_id VARCHAR
--          done_ts TIMESTAMP     when it was done, where that is stated (UTC)
-- Grain:   source_id, incident_id, seq
WITH _said AS (
    SELECT
        a.event_date, a.incident_id, a.seq, a.kind, a.text, a.owner, a.due_ts, a.status,
        a.success_condition, a.source_id, a.done_ts,
        CASE WHEN i.format = 'draft' THEN 1 ELSE 0 END AS is_draft
    FROM lake_action AS a
    LEFT JOIN input AS i ON i.source_id = a.source_id
),
_told AS (
    SELECT
        event_date, incident_id, seq, kind, text, source_id,
        COALESCE(MAX(CASE WHEN is_draft = 1 THEN owner END) OVER same, MAX(owner) OVER same) AS owner,
        COALESCE(MAX(CASE WHEN is_draft = 1 THEN due_ts END) OVER same, MAX(due_ts) OVER same) AS due_ts,
        COALESCE(
            MAX(CASE WHEN is_draft = 1 THEN status END) OVER same,
            MAX(CASE WHEN status = 'done' THEN status END) OVER same,
            MAX(status) OVER same
        ) AS status,
        COALESCE(
            MAX(CASE WHEN is_draft = 1 THEN success_condition END) OVER same,
            MAX(success_condition) OVER same
        ) AS success_condition,
        COALESCE(MAX(CASE WHEN is_draft = 1 THEN done_ts END) OVER same, MAX(done_ts) OVER same) AS done_ts,
        ROW_NUMBER() OVER (
            PARTITION BY incident_id, LOWER(TRIM(text))
            ORDER BY
                is_draft,
                CASE WHEN kind IS NULL THEN 1 ELSE 0 END
                + CASE WHEN owner IS NULL THEN 1 ELSE 0 END
                + CASE WHEN due_ts IS NULL THEN 1 ELSE 0 END
                + CASE WHEN status IS NULL THEN 1 ELSE 0 END,
                source_id, seq
        ) AS nth
    FROM _said
    WINDOW same AS (PARTITION BY incident_id, LOWER(TRIM(text)))
)
SELECT
    event_date, incident_id, seq, kind, text, owner, due_ts, status, success_condition,
    source_id, done_ts
FROM _told
WHERE nth = 1
