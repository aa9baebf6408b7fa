-- silences: jobs, signatures and services that fell silent.
--
-- As judged on the latest night, with the change before and the incident
-- after. reworded means that another template took over; input_missing that
-- the log itself is absent, which says nothing about the job.
--
-- Reads:   onset, cause
-- Columns: id VARCHAR             O-…
--          kind VARCHAR           silent, gone, reworded, service_silent, input_missing
--          service VARCHAR, signature_id VARCHAR, template VARCHAR
--          last_ts TIMESTAMP      last event before the silence (UTC)
--          cadence_s DOUBLE       usual pause between two events, seconds
--          p_value DOUBLE
--          change_id VARCHAR      change before the silence that stands out, if any
--          change_lag_s DOUBLE    seconds from that change to the last event; negative: after it
--          incident_id VARCHAR    incident that came while it was silent, if any
--          incident_lag_s DOUBLE  seconds from the last event to the incident
--          sentence VARCHAR, warnings VARCHAR
-- Grain:   id
SELECT
    o.onset_id AS id,
    o.kind,
    o.service,
    o.signature_id,
    o.template,
    o.ts AS last_ts,
    o.cadence_s,
    o.p_value,
    c.change_id,
    c.lag_s AS change_lag_s,
    o.incident_id,
    o.incident_lag_s,
    o.sentence,
    o.warnings
FROM onset AS o
LEFT JOIN cause AS c
    ON
        c.subject_kind = 'onset' AND c.subject_id = o.onset_id
        AND c.event_date = o.event_date AND c.rank = 1 AND c.label IN ('likely', 'possible')
WHERE
    o.event_date = (SELECT max(event_date) FROM onset)
    AND o.kind IN ('silent', 'gone', 'reworded', 'service_silent', 'input_missing')
ORDER BY o.ts DESC NULLS LAST, o.onset_id
