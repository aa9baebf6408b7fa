package finding

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"almanac/schemas"
)

const sharedData = "../../../shared/data"

func readTSV(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not beside the repository", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, v := range row {
			if i < len(rows[0]) {
				m[rows[0][i]] = v
			}
		}
		out = append(out, m)
	}
	return out
}

// TestMyBinderScore holds the judge to fifteen real incidents of one site, with
// the commits as change records: the cause first where one is recorded, no
// confident cause where many changes lie before and none is to blame.
func TestMyBinderScore(t *testing.T) {
	dir := filepath.Join(sharedData, "mybinder")
	in := ChangeInput{Now: at("2018-12-31 00:00:00")}
	pr := map[string]string{}
	number := regexp.MustCompile(`#(\d+)`)
	for _, c := range readTSV(t, filepath.Join(dir, "changes.tsv")) {
		ts, err := time.Parse(time.RFC3339, c["committed_utc"])
		if err != nil {
			t.Fatal(err)
		}
		in.Records.Changes = append(in.Records.Changes, ChangeRow{ChangeID: c["sha"], Kind: schemas.ChangeCommit, StartedTS: ts, Title: c["subject"] + ": " + c["body1"], Source: "git"})
		if m := number.FindStringSubmatch(c["subject"]); m != nil {
			pr["PR#"+m[1]] = c["sha"]
		}
	}
	cases := readTSV(t, filepath.Join(dir, "causes.tsv"))
	for _, c := range cases {
		ts, err := time.Parse(time.RFC3339, c["start_utc"])
		if err != nil {
			t.Fatal(err)
		}
		in.Records.Incidents = append(in.Records.Incidents, IncidentRow{IncidentID: c["case"], StartedTS: ts})
	}
	res := Changes(in)
	right, recorded := 0, 0
	for _, c := range cases {
		rows := causesOf(res.Causes, c["case"])
		best := schemas.Cause{}
		for _, r := range rows {
			if r.ChangeID != "" && r.Label != causeRuledOut {
				best = r
				break
			}
		}
		p := 0.0
		if best.Probability != nil {
			p = *best.Probability
		}
		t.Logf("%s %-9s label %-8s best %.8s p %.2f: %s", c["case"], c["kind"], rows[0].Label, best.ChangeID, p, best.Reason)
		switch c["kind"] {
		case "change":
			recorded++
			want := c["cause_sha"]
			if sha, ok := pr[want]; ok {
				want = sha
			}
			if want != "" && strings.HasPrefix(best.ChangeID, want) {
				right++
			}
		default:
			if rows[0].Label == causeLikely {
				t.Errorf("%s: %s is called likely, and no change is to blame", c["case"], best.ChangeID)
			}
		}
	}
	t.Logf("cause ranked first in %d of %d", right, recorded)
	if right < 3 {
		t.Errorf("cause ranked first in %d of %d, want 3", right, recorded)
	}
}
