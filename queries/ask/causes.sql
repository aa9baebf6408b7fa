-- causes: which change may have begun each incident, recurrence or onset.
--
-- As judged on the latest night. Where no recorded change stands out there is
-- one row with change_id NULL and label none; weaker candidates may follow it,
-- of label none too, and changes that came after the errors had begun, of
-- label ruled out. coincidence_share is how often
-- a change lies this close before a comparable moment at this site: the base
-- rate that a "there was a deploy" has to beat.
--
-- Reads:   cause, change
-- Params:  $subject VARCHAR = '' id of one incident, recurrence or onset; '' for all
--          $change VARCHAR = '' id of one change: what it may have begun; '' for all
-- Columns: subject_kind VARCHAR   incident, recurrence, onset
--          subject_id VARCHAR
--          change_id VARCHAR      NULL: no recorded change stands out
--          rank BIGINT            1 = first candidate
--          probability DOUBLE     that this change began it (0-1)
--          label VARCHAR          likely (0.8), possible (0.4), none, ruled out
--          lag_s DOUBLE           seconds from the change to the onset
--          coincidence_share DOUBLE how often such a change lies this close before a comparable moment (0-1)
--          reason VARCHAR         why, in a sentence
--          distance BIGINT        hops in the service graph, 0 = same service
--          change_kind VARCHAR, change_service VARCHAR
--          change_ts TIMESTAMP    UTC
--          change_title VARCHAR
--          warnings VARCHAR
-- Grain:   subject_kind, subject_id, rank
SELECT
    c.subject_kind,
    c.subject_id,
    c.change_id,
    c.rank,
    c.probability,
    c.label,
    c.lag_s,
    c.coincidence_share,
    c.reason,
    c.distance,
    h.kind AS change_kind,
    h.service AS change_service,
    h.started_ts AS change_ts,
    h.title AS change_title,
    c.warnings
FROM cause AS c
LEFT JOIN change AS h ON h.change_id = c.change_id
WHERE
    c.event_date = (SELECT max(event_date) FROM cause)
    AND ($subject = '' OR c.subject_id = $subject)
    AND ($change = '' OR c.change_id = $change)
ORDER BY c.subject_kind, c.subject_id, c.rank
