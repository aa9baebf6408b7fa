package world

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestDecoys(t *testing.T) {
	dir, _ := theDemo(t)
	w := Demo(1)
	var previous time.Time
	exports, errors, conflicts, loads := 0, 0, 0, 0
	for i := range w.Days() {
		date := w.date(i)
		if n := len(matching(readLog(t, dir, logInventory, date), "database connection failed")); (date == outageDay) != (n >= 20000) || date != outageDay && n > 0 {
			t.Errorf("%s: %d lines of the outage", date, n)
		}
		syslog := readLog(t, dir, logSyslog, date)
		for _, l := range matching(syslog, "price-export started") {
			at, err := time.ParseInLocation("2006 Jan _2 15:04:05", "2026 "+l[:15], zone)
			if err != nil {
				t.Fatal(err)
			}
			if gap := at.Sub(previous); exports > 0 && gap != exportEvery {
				t.Errorf("%s: job after %v", date, gap)
			}
			previous = at
			exports++
		}
		errors += len(matching(syslog, "error: price-export"))
		cart := readLog(t, dir, logCart, date)
		conflicts += len(matching(cart, "VersionConflict"))
		loads += len(matching(cart, "@timestamp"))
	}
	if exports < 55 || errors < 8 || errors > 35 {
		t.Errorf("%d exports, %d with an error", exports, errors)
	}
	if share := float64(conflicts) / float64(loads); share < 0.006 || share > 0.011 {
		t.Errorf("conflicts are %.4f of the cart's lines", share)
	}
}

// ids reads the ids of the changes with their kind and service.
func ids(t *testing.T, dir string) map[string][2]string {
	t.Helper()
	out := map[string][2]string{}
	f, err := os.Open(filepath.Join(dir, "changes/changes.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		out[r[0]] = [2]string{r[3], r[4]}
	}
	data, err := os.ReadFile(filepath.Join(dir, "changes/config.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		var c configChange
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		if _, twice := out[c.ID]; twice {
			t.Errorf("change %s twice", c.ID)
		}
		out[c.ID] = [2]string{c.Kind, c.Service}
	}
	return out
}

func TestTruthNamesRecordsThatExist(t *testing.T) {
	dir, truth := theDemo(t)
	changes := ids(t, dir)
	want := map[string][2]string{
		"restart": {"restart", "payment"}, "cleanup": {"deploy", "session"},
		"config": {"config", "inventory"}, "pool": {"deploy", "checkout"},
	}
	incidents, err := os.ReadFile(filepath.Join(dir, "incidents/incidents.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range truth.Stories {
		for _, id := range s.ChangeIDs {
			if changes[id] != want[s.ID] {
				t.Errorf("story %s: change %s is %v", s.ID, id, changes[id])
			}
		}
		for _, id := range s.IncidentIDs {
			if !strings.Contains(string(incidents), `"id":"`+id+`"`) {
				t.Errorf("story %s: no incident %s", s.ID, id)
			}
		}
	}
	deploys := 0
	for _, c := range changes {
		if c[0] == "deploy" {
			deploys++
		}
	}
	if perDay := float64(deploys) / 56; perDay < 4 || perDay > 6 {
		t.Errorf("%.1f deploys a day, want about five", perDay)
	}
	open := strings.Count(string(incidents), "\n") - strings.Count(string(incidents), `"resolved":`)
	if open != 1 {
		t.Errorf("%d incidents are open, want one", open)
	}
}

func TestBadInputIsCountedAndFew(t *testing.T) {
	dir, truth := theDemo(t)
	w := Demo(1)
	broken, lines, utf8 := 0, 0, 0
	for i := range w.Days() {
		for _, log := range []int{logCart, logCheckout} {
			for _, l := range strings.Split(strings.TrimSuffix(readLog(t, dir, log, w.date(i)), "\n"), "\n") {
				lines++
				if !json.Valid([]byte(l)) {
					broken++
				}
			}
		}
		broken += len(matching(readLog(t, dir, logGateway, w.date(i)), "\x16\x03"))
		utf8 += len(matching(readLog(t, dir, logSession, w.date(i)), "\xfc\xdf"))
	}
	// The half-written last line is waited for, not refused.
	if want := truth.Bad.BrokenLines + len(truth.Bad.HalfLast); broken != want || want < 5 {
		t.Errorf("%d broken lines, truth says %d", broken, want)
	}
	if share := float64(broken) / float64(lines); share > 0.001 {
		t.Errorf("%.4f of the lines are broken: exit code would not be 0", share)
	}
	if utf8 != truth.Bad.BadUTF8Lines || utf8 == 0 {
		t.Errorf("%d lines of bad UTF-8, truth says %d", utf8, truth.Bad.BadUTF8Lines)
	}
	if len(truth.Bad.Truncated) != 1 || len(truth.Bad.CRLF) != 1 || len(truth.Bad.HalfLast) != 1 {
		t.Errorf("bad input %+v", truth.Bad)
	}
	if n := strings.Count(readLog(t, dir, logInventory, crlfDay), "\r\n"); n < 500 {
		t.Errorf("%d CRLF line ends", n)
	}
}

func TestMiniHasTheEveningOnly(t *testing.T) {
	dir := t.TempDir()
	w := Mini(1)
	if err := w.Write(dir); err != nil {
		t.Fatal(err)
	}
	truth, err := ReadTruth(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	s := story(t, truth, "evening")
	if len(truth.Stories) != 2 || len(s.Dates) != 13 || len(s.Skipped) != 1 || len(s.IncidentIDs) != 1 {
		t.Errorf("stories %+v", truth.Stories)
	}
	total := 0
	for _, l := range truth.Logs {
		total += l.Lines
	}
	if total > 40_000 {
		t.Errorf("%d lines are not mini", total)
	}
	for _, date := range s.Dates {
		n := 0
		for _, r := range requests(t, dir, date) {
			if r.status == "504" && (r.at.Hour() == 17 || r.at.Hour() == 18) {
				n++
			}
		}
		if n < 3 {
			t.Errorf("%s: %d failures in the window", date, n)
		}
	}
}

func TestReadTruthNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "truth.json")
	if _, err := ReadTruth(path); err == nil {
		t.Error("a missing file is read")
	}
	if err := os.WriteFile(path, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadTruth(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v does not name the file", err)
	}
}
