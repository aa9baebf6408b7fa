-- fixes: every claimed fix with what came after it.
--
-- As judged on the latest night, counted in occasions on which the recurrence
-- was due and the logs were there; a quiet week without occasions proves
-- nothing.
--
-- Reads:   fix
-- Columns: id VARCHAR              F-…
--          recurrence_id VARCHAR
--          fixed_ts TIMESTAMP      when it is said to have been fixed (UTC)
--          what VARCHAR
--          source VARCHAR          operator, an action of an incident, or restarts of a service
--          state VARCHAR           untested, holding, held, partial, moved, failed, already stopped before,
--                                  no evidence, withdrawn; of restarts: helps one occasion
--          detail VARCHAR          what belongs to the state: "0 of 3", "2 more clean occasions", "-20 %",
--                                  "18:00", the local time of the first failure since
--          not_fixed DOUBLE        probability that it still goes on (0-1)
--          hits_before BIGINT, occasions_before BIGINT
--          hits_after BIGINT, occasions_after BIGINT
--          needed BIGINT           further clean occasions until it counts as held
--          effect_share DOUBLE     change of the hits, or where it still hits every time of the
--                                  errors per hit: -0.2 is a fifth less
--          moved_to VARCHAR        local clock to which it moved
--          failed_ts TIMESTAMP     first hit since (UTC)
--          unobserved BIGINT       occasions since that show nothing: no logs, no job, hardly any load
--          withdrawn_ts TIMESTAMP, withdrawn_why VARCHAR
--          sentence VARCHAR, warnings VARCHAR
-- Grain:   id
SELECT
    fix_id AS id,
    recurrence_id,
    fixed_ts,
    what,
    source,
    state,
    detail,
    not_fixed,
    hits_before,
    occasions_before,
    hits_after,
    occasions_after,
    needed,
    effect_share,
    moved_to,
    failed_ts,
    unobserved,
    withdrawn_ts,
    withdrawn_why,
    sentence,
    warnings
FROM fix
WHERE event_date = (SELECT max(event_date) FROM fix)
ORDER BY fixed_ts DESC NULLS LAST, id
