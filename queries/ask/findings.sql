-- findings: what the last analysis concluded, in the order to read it.
--
-- Reads:   finding
-- Params:  $kind VARCHAR = ''    only this kind; empty: all
-- Columns: finding_id VARCHAR
--          kind VARCHAR          recurrence, change, onset, silence, cascade, similar, fix, data
--          rank BIGINT           1 = read first
--          subject_kind VARCHAR, subject_id VARCHAR, service VARCHAR
--          status VARCHAR
--          sentence VARCHAR      the conclusion in plain words
--          evidence VARCHAR      what it rests on
--          first_ts TIMESTAMP, last_ts TIMESTAMP
--          score DOUBLE, q_value DOUBLE
--          warnings VARCHAR      what weakens it, one per line
-- Grain:   finding_id
SELECT
    finding_id, kind, rank, subject_kind, subject_id, service, status, sentence,
    evidence, first_ts, last_ts, score, q_value, warnings
FROM finding
WHERE event_date = (SELECT MAX(event_date) FROM finding)
  AND ($kind = '' OR kind = $kind)
ORDER BY rank NULLS LAST, finding_id
