package schemas

// ForecastScore is how one night grades the forecasts of the nights before
// it: grain event_date, bin. Bin "all" covers every forecast that came due in
// the span analysed; the others are the calibration table, by stated chance.
// A night's score is never changed by a later night.
type ForecastScore struct {
	EventDate  string   `parquet:"event_date,dict,optional"`
	Bin        string   `parquet:"bin,dict,optional"`    // all, 0.0-0.2 … 0.8-1.0
	ChanceLow  *float64 `parquet:"chance_low,optional"`  // stated chances of the bin, [low, high)
	ChanceHigh *float64 `parquet:"chance_high,optional"` // 1.0 belongs to the last bin
	Graded     *int64   `parquet:"graded,optional"`      // forecasts held against an observed occasion
	Hits       *int64   `parquet:"hits,optional"`        // came true
	Misses     *int64   `parquet:"misses,optional"`      // did not
	Skipped    *int64   `parquet:"skipped,optional"`     // due, but the occasion was not observed
	Stated     *float64 `parquet:"stated,optional"`      // mean stated chance of the graded; NULL: none graded
	HitShare   *float64 `parquet:"hit_share,optional"`   // hits/graded, beside Stated: calibration
	HitLow     *float64 `parquet:"hit_low,optional"`     // Wilson 95 % interval of hit_share
	HitHigh    *float64 `parquet:"hit_high,optional"`
	// Brier is the mean squared error of the stated chances, 0 the best;
	// BrierBase that of always stating the bin's hit_share.
	Brier     *float64 `parquet:"brier,optional"`
	BrierBase *float64 `parquet:"brier_base,optional"`
}
