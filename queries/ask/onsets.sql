-- onsets: what began, changed level or fell silent, newest first.
--
-- As judged on the latest night.
--
-- Reads:   onset
-- Params:  $since TIMESTAMP = 1970-01-01 first instant (UTC), inclusive
--          $until TIMESTAMP = 2999-01-01 last instant (UTC), exclusive
-- Columns: id VARCHAR             O-…
--          kind VARCHAR           up, down, new, silent, reworded, gone, service_silent, input_missing
--          service VARCHAR, signature_id VARCHAR, template VARCHAR
--          ts TIMESTAMP           when it began (UTC); for a silence its last event
--          early_ts TIMESTAMP     the interval that holds ts, where the minute is not exact
--          late_ts TIMESTAMP
--          before_per_day DOUBLE  events a day before, at the load of an average day
--          after_per_day DOUBLE
--          p_value DOUBLE         of this signature, all splits counted
--          q_value DOUBLE         Benjamini-Hochberg over the signatures tested
--          incident_id VARCHAR    the incident that followed, if any
--          incident_lag_s DOUBLE
--          sentence VARCHAR, warnings VARCHAR
-- Grain:   id
SELECT
    onset_id AS id,
    kind,
    service,
    signature_id,
    template,
    ts,
    early_ts,
    late_ts,
    "before" AS before_per_day,
    "after" AS after_per_day,
    p_value,
    q_value,
    incident_id,
    incident_lag_s,
    sentence,
    warnings
FROM onset
WHERE
    event_date = (SELECT max(event_date) FROM onset)
    AND (ts IS NULL OR (ts >= $since AND ts < $until))
ORDER BY ts DESC NULLS LAST, id
