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
--          what VARCHAR, source VARCHAR
--          state VARCHAR           untested, holding, held, partial, failed, already stopped, no evidence
--          not_fixed DOUBLE        probability that it still goes on (0-1)
--          hits_before BIGINT, occasions_before BIGINT
--          hits_after BIGINT, occasions_after BIGINT
--          needed BIGINT           further clean occasions until it counts as held
--          sentence VARCHAR, warnings VARCHAR
-- Grain:   id
SELECT
    fix_id AS id,
    recurrence_id,
    fixed_ts,
    what,
    source,
    state,
    not_fixed,
    hits_before,
    occasions_before,
    hits_after,
    occasions_after,
    needed,
    sentence,
    warnings
FROM fix
WHERE event_date = (SELECT max(event_date) FROM fix)
ORDER BY fixed_ts DESC NULLS LAST, id
