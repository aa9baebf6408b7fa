-- incident_timeline: everything known around an incident, in one list.
--
-- The record's stamps and entries, the order of failure as judged on the
-- latest night, and changes of any service from $lead_s before the start to
-- the end. Each entry says where it comes from.
--
-- Reads:   incident, incident_event, cascade, change
-- Params:  $incident VARCHAR     id of the incident
--          $lead_s BIGINT = 7200 seconds before the start in which changes are listed
--          $open_s BIGINT = 7200 length of an incident without an end
--          $max_s BIGINT = 86400 longest span in which changes are listed
-- Columns: ts TIMESTAMP          UTC; NULL: the record gives no time
--          kind VARCHAR          started, detected, acknowledged, mitigated, resolved, first error, change, or the entry's status
--          what VARCHAR
--          source VARCHAR        record, postmortem entry, logs, changes
--          seq BIGINT            order of entries of one instant
-- Grain:   ts, source, seq
WITH _one AS (
    SELECT
        title, started_ts, detected_ts, acknowledged_ts, mitigated_ts, resolved_ts,
        coalesce(started_ts, detected_ts) AS start_ts
    FROM incident
    WHERE incident_id = $incident
),
_span AS (
    SELECT
        start_ts - CAST($lead_s AS BIGINT) * INTERVAL '1' SECOND AS from_ts,
        CASE
            WHEN resolved_ts IS NULL OR resolved_ts < start_ts
                THEN start_ts + CAST($open_s AS BIGINT) * INTERVAL '1' SECOND
            WHEN resolved_ts > start_ts + CAST($max_s AS BIGINT) * INTERVAL '1' SECOND
                THEN start_ts + CAST($max_s AS BIGINT) * INTERVAL '1' SECOND
            ELSE resolved_ts
        END AS until_ts
    FROM _one
    WHERE start_ts IS NOT NULL
),
_all AS (
    SELECT started_ts AS ts, 'started' AS kind, 'the incident began, by the record' AS what, 'record' AS source, 1 AS seq
    FROM _one WHERE started_ts IS NOT NULL
    UNION ALL
    SELECT detected_ts, 'detected', 'the incident was detected, by the record', 'record', 2
    FROM _one WHERE detected_ts IS NOT NULL
    UNION ALL
    SELECT acknowledged_ts, 'acknowledged', 'somebody took it on', 'record', 3
    FROM _one WHERE acknowledged_ts IS NOT NULL
    UNION ALL
    SELECT mitigated_ts, 'mitigated', 'the impact ended, by the record', 'record', 4
    FROM _one WHERE mitigated_ts IS NOT NULL
    UNION ALL
    SELECT resolved_ts, 'resolved', 'the incident was resolved, by the record', 'record', 5
    FROM _one WHERE resolved_ts IS NOT NULL
    UNION ALL
    SELECT e.ts, coalesce(e.status, 'entry'), e.text, 'postmortem entry', e.seq
    FROM incident_event AS e
    WHERE e.incident_id = $incident
    UNION ALL
    SELECT c.onset_ts, 'first error', coalesce(c.service, '') || ': ' || coalesce(c.template, c.signature_id, ''), 'logs', c.rank
    FROM cascade AS c
    WHERE c.incident_id = $incident AND c.event_date = (SELECT max(event_date) FROM cascade)
    UNION ALL
    SELECT
        h.started_ts, 'change',
        coalesce(h.kind, 'change') || ' ' || coalesce(h.service, '') || ': ' || coalesce(h.title, h.version, h.change_id),
        'changes', row_number() OVER (ORDER BY h.started_ts, h.change_id)
    FROM _span AS s
    INNER JOIN change AS h ON h.started_ts >= s.from_ts AND h.started_ts < s.until_ts
)
SELECT ts, kind, what, source, CAST(seq AS BIGINT) AS seq
FROM _all
ORDER BY ts NULLS LAST, source, seq, kind, what
