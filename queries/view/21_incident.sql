-- incident: one incident or postmortem, by id.
--
-- An API record and a postmortem of the same id are one incident: stamps from
-- the record with most of them (at a tie from the one that is no report), cause,
-- trigger and category from the report where it states them, the rest from
-- whichever has it.
--
-- Reads:   lake_incident, service_team
-- Columns: event_date VARCHAR, incident_id VARCHAR, title VARCHAR, service VARCHAR
--          severity VARCHAR, severity_raw VARCHAR
--          started_ts TIMESTAMP, detected_ts TIMESTAMP, acknowledged_ts TIMESTAMP
--          mitigated_ts TIMESTAMP, resolved_ts TIMESTAMP
--          stated_duration_s BIGINT, stated_detect_s BIGINT, stated_recover_s BIGINT
--          root_cause VARCHAR, trigger VARCHAR, category VARCHAR, url VARCHAR
--          source VARCHAR, file VARCHAR, source_id VARCHAR, line BIGINT
--          body VARCHAR, warning VARCHAR
--          team VARCHAR          of the record, else the configured owner of the service
-- Grain:   incident_id
WITH _ranked AS (
    SELECT
        event_date, incident_id, title, service, severity, severity_raw, started_ts,
        detected_ts, acknowledged_ts, mitigated_ts, resolved_ts, stated_duration_s,
        stated_detect_s, stated_recover_s, root_cause, trigger, category, url, source,
        file, source_id, line, body, warning, team,
        ROW_NUMBER() OVER (
            PARTITION BY incident_id
            ORDER BY
                CASE WHEN started_ts IS NULL THEN 1 ELSE 0 END
                + CASE WHEN detected_ts IS NULL THEN 1 ELSE 0 END
                + CASE WHEN acknowledged_ts IS NULL THEN 1 ELSE 0 END
                + CASE WHEN mitigated_ts IS NULL THEN 1 ELSE 0 END
                + CASE WHEN resolved_ts IS NULL THEN 1 ELSE 0 END,
                CASE WHEN body IS NULL THEN 0 ELSE 1 END,
                source_id, line
        ) AS nth,
        ROW_NUMBER() OVER (
            PARTITION BY incident_id
            ORDER BY
                CASE WHEN body IS NULL THEN 1 ELSE 0 END,
                CASE WHEN root_cause IS NULL THEN 1 ELSE 0 END,
                source_id, line
        ) AS report_nth
    FROM lake_incident
),
_one AS (
    SELECT
        MAX(CASE WHEN nth = 1 THEN event_date END) AS event_date,
        incident_id,
        COALESCE(MAX(CASE WHEN nth = 1 THEN title END), MAX(title)) AS title,
        COALESCE(MAX(CASE WHEN nth = 1 THEN service END), MAX(service)) AS service,
        COALESCE(MAX(CASE WHEN nth = 1 THEN severity END), MAX(severity)) AS severity,
        COALESCE(MAX(CASE WHEN nth = 1 THEN severity_raw END), MAX(severity_raw)) AS severity_raw,
        COALESCE(MAX(CASE WHEN nth = 1 THEN started_ts END), MIN(started_ts)) AS started_ts,
        COALESCE(MAX(CASE WHEN nth = 1 THEN detected_ts END), MIN(detected_ts)) AS detected_ts,
        COALESCE(MAX(CASE WHEN nth = 1 THEN acknowledged_ts END), MIN(acknowledged_ts)) AS acknowledged_ts,
        COALESCE(MAX(CASE WHEN nth = 1 THEN mitigated_ts END), MIN(mitigated_ts)) AS mitigated_ts,
        COALESCE(MAX(CASE WHEN nth = 1 THEN resolved_ts END), MIN(resolved_ts)) AS resolved_ts,
        COALESCE(MAX(CASE WHEN nth = 1 THEN stated_duration_s END), MAX(stated_duration_s)) AS stated_duration_s,
        COALESCE(MAX(CASE WHEN nth = 1 THEN stated_detect_s END), MAX(stated_detect_s)) AS stated_detect_s,
        COALESCE(MAX(CASE WHEN nth = 1 THEN stated_recover_s END), MAX(stated_recover_s)) AS stated_recover_s,
        COALESCE(MAX(CASE WHEN report_nth = 1 THEN root_cause END), MAX(root_cause)) AS root_cause,
        COALESCE(MAX(CASE WHEN report_nth = 1 THEN trigger END), MAX(trigger)) AS trigger,
        COALESCE(MAX(CASE WHEN report_nth = 1 THEN category END), MAX(category)) AS category,
        COALESCE(MAX(CASE WHEN nth = 1 THEN url END), MAX(url)) AS url,
        MAX(CASE WHEN nth = 1 THEN source END) AS source,
        MAX(CASE WHEN nth = 1 THEN file END) AS file,
        MAX(CASE WHEN nth = 1 THEN source_id END) AS source_id,
        MAX(CASE WHEN nth = 1 THEN line END) AS line,
        MAX(body) AS body,
        COALESCE(MAX(CASE WHEN nth = 1 THEN warning END), MAX(warning)) AS warning,
        COALESCE(MAX(CASE WHEN nth = 1 THEN team END), MAX(team)) AS team
    FROM _ranked
    GROUP BY incident_id
)
SELECT
    o.event_date,
    o.incident_id,
    o.title,
    o.service,
    o.severity,
    o.severity_raw,
    o.started_ts,
    o.detected_ts,
    o.acknowledged_ts,
    o.mitigated_ts,
    o.resolved_ts,
    o.stated_duration_s,
    o.stated_detect_s,
    o.stated_recover_s,
    o.root_cause,
    o.trigger,
    o.category,
    o.url,
    o.source,
    o.file,
    o.source_id,
    o.line,
    o.body,
    o.warning,
    COALESCE(o.team, s.team) AS team
FROM _one AS o
LEFT JOIN service_team AS s ON s.service = o.service
