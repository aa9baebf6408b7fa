-- recurrence_incident: when incidents began, per affected service.
--
-- Incidents are subjects like signatures: "payment failures every Monday at
-- 9". An incident counts once for each service it names; one that names none
-- has service ''.
--
-- Reads:   incident, incident_service
-- Params:  $since TIMESTAMP  first instant (UTC), inclusive
--          $until TIMESTAMP  last instant (UTC), exclusive
-- Columns: service VARCHAR
--          started_ts TIMESTAMP   start, or detection where no start is recorded
--          incident_id VARCHAR
--          title VARCHAR
-- Grain:   service, incident_id
WITH _named AS (
    SELECT incident_id, COALESCE(service, '') AS service
    FROM incident
    UNION
    SELECT incident_id, COALESCE(service, '') AS service
    FROM incident_service
),
_known AS (
    SELECT incident_id, service,
           max(CASE WHEN service <> '' THEN 1 ELSE 0 END) OVER (PARTITION BY incident_id) AS has_service
    FROM _named
)
SELECT k.service, COALESCE(i.started_ts, i.detected_ts) AS started_ts, i.incident_id,
       COALESCE(i.title, '') AS title
FROM incident AS i
JOIN _known AS k ON k.incident_id = i.incident_id
WHERE COALESCE(i.started_ts, i.detected_ts) >= $since
  AND COALESCE(i.started_ts, i.detected_ts) < $until
  AND (k.service <> '' OR k.has_service = 0)
ORDER BY k.service, started_ts, i.incident_id
