-- cascades: who failed first in an incident, and who followed.
--
-- As judged on the latest night. Rank 1 is the root or the first seen;
-- is_certain false means that the order to the step before may be the other
-- way round.
--
-- Reads:   cascade
-- Params:  $incident VARCHAR = '' id of one incident; '' for all
-- Columns: incident_id VARCHAR
--          rank BIGINT
--          service VARCHAR
--          onset_ts TIMESTAMP      first error of the rise (UTC)
--          earliest_ts TIMESTAMP   the rise may have begun this early
--          last_ts TIMESTAMP       last error in the window looked at
--          event_count BIGINT      errors of the signature in that window
--          baseline_per_min DOUBLE usual errors per minute, week before
--          is_certain BOOLEAN
--          explained_by VARCHAR    service called that failed before
--          signature_id VARCHAR, template VARCHAR
--          evidence VARCHAR
-- Grain:   incident_id, rank
SELECT
    incident_id,
    rank,
    service,
    onset_ts,
    earliest_ts,
    last_ts,
    count AS event_count,
    baseline_per_min,
    is_certain,
    explained_by,
    signature_id,
    template,
    evidence
FROM cascade
WHERE
    event_date = (SELECT max(event_date) FROM cascade)
    AND ($incident = '' OR incident_id = $incident)
ORDER BY incident_id, rank
