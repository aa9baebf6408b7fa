package nightly

import (
	"almanac/internal/lake"
	"almanac/schemas"
)

// readForecasts gives what the nights from since to before night forecast.
func (n *night) readForecasts(night, since string) ([]schemas.Forecast, error) {
	var out []schemas.Forecast
	for _, date := range n.lake.Dates(lake.TableForecast) {
		if date < since || date >= night {
			continue
		}
		rows, err := lake.Read[schemas.Forecast](n.lake, lake.TableForecast, date)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}
