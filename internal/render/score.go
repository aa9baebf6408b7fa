package render

import (
	"fmt"
	"strings"

	"almanac/schemas"
)

// statusIgnored is the status of a finding that people asked not to be told.
const statusIgnored = "ignored"

// forecastScore says in a sentence or two what came of earlier forecasts; ""
// where no night has graded any.
func (f *facts) forecastScore() string {
	for _, s := range f.site.ForecastScores {
		if s.Bin != "all" || s.Graded == nil {
			continue
		}
		if *s.Graded == 0 || s.Brier == nil || s.BrierBase == nil || s.Hits == nil || s.Misses == nil {
			return "No forecast of an earlier night has come due in a time that was read: nothing is graded yet."
		}
		out := fmt.Sprintf("Of %s forecasts of earlier nights %s came true and %s did not; Brier score %.3f (0 is perfect; %.3f is always saying the overall share).",
			count(*s.Graded), count(*s.Hits), count(*s.Misses), *s.Brier, *s.BrierBase)
		if s.Skipped != nil && *s.Skipped > 0 {
			out += fmt.Sprintf(" %s more were not observed.", count(*s.Skipped))
		}
		return out
	}
	return ""
}

// ignored are the findings that people asked not to be told, with the reason.
func (f *facts) ignored() []headline {
	var out []headline
	for _, x := range f.findings {
		if x.Status == statusIgnored {
			h := f.headline(x)
			h.Evidence, _, _ = strings.Cut(x.Warnings, "\n")
			h.Warnings = nil
			out = append(out, h)
		}
	}
	return out
}

// scored says whether any night's score is there to show.
func (s *Site) scored() bool {
	return hasRow(s.ForecastScores, func(x schemas.ForecastScore) bool { return x.Graded != nil && *x.Graded > 0 })
}
