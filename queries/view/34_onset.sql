-- onset: a moment at which something began, changed level or fell silent.
--
-- Reads:   lake_onset
-- Columns: event_date VARCHAR, onset_id VARCHAR, kind VARCHAR, service VARCHAR
--          signature_id VARCHAR, template VARCHAR, ts TIMESTAMP, before DOUBLE
--          after DOUBLE, cadence_s DOUBLE, p_value DOUBLE, q_value DOUBLE
--          incident_id VARCHAR, incident_lag_s DOUBLE, sentence VARCHAR, warnings VARCHAR
--          early_ts TIMESTAMP, late_ts TIMESTAMP
-- Grain:   event_date, onset_id
SELECT
    event_date, onset_id, kind, service, signature_id, template, ts, before, after,
    cadence_s, p_value, q_value, incident_id, incident_lag_s, sentence, warnings,
    early_ts, late_ts
FROM lake_onset
