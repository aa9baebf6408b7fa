-- change_failure: how often an incident follows a change, with its placebo.
--
-- placebo_share is how often an incident follows the same weekday and time in
-- up to six weeks before and after, when nothing was changed and no incident
-- was being answered: the rate that a bare change-failure rate must be
-- compared with. excess_share is what is left for the change. Changes made while an incident of the service was open
-- or within $react_s after it began are left out: they answer it. Few changes
-- prove little: read the interval.
--
-- Reads:   change, incident, incident_service, zone_offset
-- Params:  $by VARCHAR = 'kind' kind, service, team, actor (person), weekday (of the site) or all
--          $lag_s BIGINT = 7200 an incident this many seconds after counts
--          $react_s BIGINT = 10800 seconds after an incident in which a change is a reaction
-- Columns: part VARCHAR           the kind, service, team, actor or weekday; NULL: not stated
--          changes BIGINT         changes counted, reactive ones left out
--          reactive BIGINT        reactive changes left out
--          followed BIGINT        changes followed by an incident of the service
--          raw_share DOUBLE       followed / changes
--          low_share DOUBLE       95 % Wilson interval of raw_share
--          high_share DOUBLE
--          placebo_moments BIGINT comparable moments without a change
--          placebo_share DOUBLE   of these, followed by an incident; NULL: none to compare
--          excess_share DOUBLE    (raw - placebo) / (1 - placebo)
-- Grain:   part
WITH _span AS (
    SELECT
        min(ts) AS since_ts,
        max(ts) AS until_ts
    FROM (
        SELECT started_ts AS ts FROM change WHERE started_ts IS NOT NULL
        UNION ALL
        SELECT started_ts AS ts FROM incident WHERE started_ts IS NOT NULL
    ) AS t
),
_incident AS (
    SELECT
        i.incident_id,
        coalesce(s.service, i.service) AS service,
        i.started_ts,
        CASE
            WHEN i.resolved_ts > i.started_ts + CAST($react_s AS BIGINT) * INTERVAL '1' SECOND THEN i.resolved_ts
            ELSE i.started_ts + CAST($react_s AS BIGINT) * INTERVAL '1' SECOND
        END AS reaction_until_ts
    FROM incident AS i
    LEFT JOIN incident_service AS s ON s.incident_id = i.incident_id
    WHERE i.started_ts IS NOT NULL
),
_change AS (
    SELECT
        c.change_id,
        c.service,
        c.started_ts,
        CASE
            WHEN $by = 'service' THEN c.service
            WHEN $by = 'team' THEN c.team
            WHEN $by = 'actor' THEN c.actor
            WHEN $by = 'kind' THEN c.kind
            WHEN $by = 'weekday' THEN strftime(c.started_ts + to_seconds(z.offset_s), '%u %A')
            ELSE 'all'
        END AS part,
        CASE
            WHEN EXISTS (
                SELECT 1
                FROM _incident AS i
                WHERE
                    (i.service = c.service OR i.service IS NULL OR c.service IS NULL)
                    AND c.started_ts >= i.started_ts AND c.started_ts < i.reaction_until_ts
            ) THEN 1
            ELSE 0
        END AS is_reactive
    FROM change AS c
    LEFT JOIN zone_offset AS z ON c.started_ts >= z.from_ts AND c.started_ts < z.until_ts
    WHERE c.started_ts IS NOT NULL
),
_week AS (
    SELECT -6 AS k UNION ALL SELECT -5 UNION ALL SELECT -4 UNION ALL SELECT -3 UNION ALL SELECT -2
    UNION ALL SELECT -1 UNION ALL SELECT 0 UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3
    UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6
),
_moment AS (
    SELECT
        c.change_id,
        c.part,
        c.service,
        w.k,
        c.started_ts + w.k * INTERVAL '7' DAY AS ts
    FROM _change AS c
    CROSS JOIN _week AS w
    CROSS JOIN _span AS s
    WHERE
        c.is_reactive = 0
        AND c.started_ts + w.k * INTERVAL '7' DAY >= s.since_ts
        AND c.started_ts + w.k * INTERVAL '7' DAY <= s.until_ts
),
_judged AS (
    SELECT
        m.change_id,
        m.part,
        m.k,
        CASE
            WHEN m.k <> 0 AND EXISTS (
                SELECT 1
                FROM _change AS o
                WHERE
                    (o.service = m.service OR o.service IS NULL OR m.service IS NULL)
                    AND o.started_ts > m.ts - CAST($lag_s AS BIGINT) * INTERVAL '1' SECOND
                    AND o.started_ts <= m.ts + CAST($lag_s AS BIGINT) * INTERVAL '1' SECOND
            ) THEN 1
            WHEN m.k <> 0 AND EXISTS (
                SELECT 1
                FROM _incident AS i
                WHERE
                    (i.service = m.service OR i.service IS NULL OR m.service IS NULL)
                    AND m.ts >= i.started_ts AND m.ts < i.reaction_until_ts
            ) THEN 1
            ELSE 0
        END AS is_exposed,
        CASE
            WHEN EXISTS (
                SELECT 1
                FROM _incident AS i
                WHERE
                    (i.service = m.service OR i.service IS NULL OR m.service IS NULL)
                    AND i.started_ts > m.ts
                    AND i.started_ts <= m.ts + CAST($lag_s AS BIGINT) * INTERVAL '1' SECOND
            ) THEN 1
            ELSE 0
        END AS is_followed
    FROM _moment AS m
),
_own AS (
    SELECT
        change_id,
        part,
        max(is_followed) FILTER (WHERE k = 0) AS is_followed,
        count(*) FILTER (WHERE k <> 0 AND is_exposed = 0) AS moments,
        avg(CAST(is_followed AS DOUBLE)) FILTER (WHERE k <> 0 AND is_exposed = 0) AS placebo
    FROM _judged
    GROUP BY change_id, part
),
_part AS (
    SELECT
        part,
        CAST(count(*) AS DOUBLE) AS n,
        CAST(sum(is_followed) AS DOUBLE) AS x,
        sum(moments) AS moments,
        avg(placebo) AS placebo
    FROM _own
    GROUP BY part
),
_reactive AS (
    SELECT
        part,
        sum(is_reactive) AS reactive
    FROM _change
    GROUP BY part
)
SELECT
    r.part,
    CAST(coalesce(p.n, 0) AS BIGINT) AS changes,
    CAST(r.reactive AS BIGINT) AS reactive,
    CAST(coalesce(p.x, 0) AS BIGINT) AS followed,
    p.x / p.n AS raw_share,
    CASE
        WHEN p.x > 0
            THEN (p.x + 1.920729 - 1.959964 * sqrt(p.x * (p.n - p.x) / p.n + 0.960365)) / (p.n + 3.841459)
        WHEN p.x = 0 THEN 0.0
    END AS low_share,
    CASE
        WHEN p.x < p.n
            THEN (p.x + 1.920729 + 1.959964 * sqrt(p.x * (p.n - p.x) / p.n + 0.960365)) / (p.n + 3.841459)
        WHEN p.x = p.n THEN 1.0
    END AS high_share,
    CAST(coalesce(p.moments, 0) AS BIGINT) AS placebo_moments,
    p.placebo AS placebo_share,
    CASE WHEN p.placebo < 1 THEN (p.x / p.n - p.placebo) / (1 - p.placebo) END AS excess_share
FROM _reactive AS r
LEFT JOIN _part AS p ON r.part = p.part OR (r.part IS NULL AND p.part IS NULL)
ORDER BY changes DESC, r.part NULLS LAST
