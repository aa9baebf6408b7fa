-- forecast_scores: how good the forecasts of earlier nights were.
--
-- Every night grades what was forecast before it, each occasion by its first
-- forecast, and keeps the grade. Row "all" covers every forecast that came due
-- in the span analysed; the other rows are the calibration table: where the
-- stated chance is right, hit_share equals stated. brier is the mean squared
-- error of the stated chances (0 the best), brier_base that of always saying
-- hit_share. Occasions that were not observed are skipped, not missed.
--
-- Reads:   forecast_score
-- Params:  $latest BOOLEAN = true only the latest night; false: every night
-- Columns: event_date VARCHAR    the night that graded
--          bin VARCHAR           all, 0.0-0.2 … 0.8-1.0
--          graded BIGINT         forecasts held against what happened
--          hits BIGINT           came true
--          misses BIGINT         did not
--          skipped BIGINT        not observed
--          stated DOUBLE         mean stated chance (0-1)
--          hit_share DOUBLE      hits of graded (0-1)
--          hit_low DOUBLE        95 % interval of hit_share (Wilson)
--          hit_high DOUBLE
--          brier DOUBLE
--          brier_base DOUBLE
-- Grain:   event_date, bin
SELECT
    event_date, bin, graded, hits, misses, skipped,
    stated, hit_share, hit_low, hit_high, brier, brier_base
FROM forecast_score
WHERE NOT $latest OR event_date = (SELECT max(event_date) FROM forecast_score)
ORDER BY event_date DESC, CASE WHEN bin = 'all' THEN 0 ELSE 1 END, chance_low, bin
