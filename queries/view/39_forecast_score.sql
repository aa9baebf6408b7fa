-- forecast_score: how each night graded the forecasts of the nights before it.
--
-- Reads:   lake_forecast_score
-- Columns: event_date VARCHAR
--          bin VARCHAR          all, or a range of stated chances
--          chance_low DOUBLE, chance_high DOUBLE
--          graded BIGINT, hits BIGINT, misses BIGINT
--          skipped BIGINT       due, but not observed
--          stated DOUBLE        mean stated chance; NULL: none graded
--          hit_share DOUBLE, hit_low DOUBLE, hit_high DOUBLE
--          brier DOUBLE, brier_base DOUBLE
-- Grain:   event_date, bin
SELECT
    event_date, bin, chance_low, chance_high, graded, hits, misses, skipped,
    stated, hit_share, hit_low, hit_high, brier, brier_base
FROM lake_forecast_score
