package intake

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// sharedData gives a folder of real data beside the repository, or skips.
func sharedData(t testing.TB, name string) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "data", name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("real data not present: %s", dir)
	}
	return dir
}

// otherChoice names folders whose stated stamps are another choice than ours,
// with how many of them and why; they are not counted.
var otherChoice = map[string]struct {
	stamps int
	why    string
}{
	"aws-alb-logs":    {5, "they take the time of the request's creation (one constant in the samples), we the time of the line"},
	"bitwarden-logs":  {2, "they drop the printed offset -05:00"},
	"jellyfin-logs":   {2, "they drop the printed offsets +01:00 and +02:00"},
	"fortinet-vpn-bf": {5, "they drop the printed tz=\"-0700\"; eventtime in the same lines agrees with us"},
}

var marshaled = regexp.MustCompile(`Evt\.(?:Enriched\["MarshaledTime"\]|Meta\["timestamp"\])(\[4:\])? == "([^"]*)"`)

// expectedTimes reads the time stamps that a parser.assert states: for each
// the text that must follow the year, or the whole.
func expectedTimes(t *testing.T, path string) []string {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var out []string
	for _, m := range marshaled.FindAllStringSubmatch(string(text), -1) {
		want := m[2]
		if m[1] == "" {
			at, err := time.Parse(time.RFC3339Nano, want)
			if err != nil {
				continue
			}
			want = at.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
		}
		if !seen[want] {
			seen[want] = true
			out = append(out, want)
		}
	}
	return out
}

// TestCrowdsecStamps measures which of the time stamps that another parser
// collection states are read right, over the log files that a format fits.
func TestCrowdsecStamps(t *testing.T) {
	dir := sharedData(t, "parse-formats/crowdsec")
	folders, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	right, wanted, choices, unread, unreadStamps := 0, 0, 0, 0, 0
	var misses []string
	for _, folder := range folders {
		want := expectedTimes(t, filepath.Join(folder, "parser.assert.gz"))
		logs, _ := filepath.Glob(filepath.Join(folder, "*.log"))
		if len(want) == 0 || len(logs) == 0 {
			continue
		}
		got, formats := map[string]bool{}, ""
		for _, path := range logs {
			k := &keeper{}
			in := Input{Source: &Source{Name: "x", Kind: KindLog}, Path: path, Name: filepath.Base(path), Final: true, ModTime: time.Date(2040, 6, 30, 0, 0, 0, 0, time.UTC)}
			r, err := Read(context.Background(), in, nil, k)
			if err != nil {
				t.Fatal(err)
			}
			formats += r.Format + " "
			for _, e := range k.events {
				s := time.UnixMicro(e.TS).UTC().Format(time.RFC3339Nano)
				got[s], got[s[4:]] = true, true
				got[time.UnixMicro(e.TS).UTC().Truncate(time.Second).Format(time.RFC3339Nano)] = true // the assertion may be cut
				if r.Format == "syslog" {                                                             // the file has no year: any will do
					for y := 2020; y < 2027; y++ {
						got[fmt.Sprint(y)+s[4:]] = true
					}
				}
			}
		}
		if strings.TrimSpace(strings.ReplaceAll(formats, UnknownFormat, "")) == "" {
			unread++
			unreadStamps += len(want)
			if testing.Verbose() {
				misses = append(misses, fmt.Sprintf("unread %s", filepath.Base(folder)))
			}
			continue
		}
		ok := 0
		for _, w := range want {
			if got[w] {
				ok++
			} else if testing.Verbose() && strings.Contains(os.Getenv("SHOW_MISSES"), filepath.Base(folder)) {
				misses = append(misses, filepath.Base(folder)+" wants "+w)
			}
		}
		other := min(otherChoice[filepath.Base(folder)].stamps, len(want)-ok)
		choices += other
		right += ok
		wanted += len(want) - other
		if ok+other < len(want) {
			misses = append(misses, fmt.Sprintf("%s (%s): %d of %d", filepath.Base(folder), strings.TrimSpace(formats), ok, len(want)))
		}
	}
	slices.Sort(misses)
	t.Logf("%d of %d stamps right (%.1f %%); %d more are another choice; %d folders with %d stamps in formats not known", right, wanted, 100*float64(right)/float64(wanted), choices, unread, unreadStamps)
	for _, m := range misses {
		t.Log(m)
	}
	if float64(right) < 0.99*float64(wanted+unreadStamps) {
		t.Errorf("less than 99 %% of the stamps are right")
	}
}

// TestRealLogs reads sound real logs: rejects stay below 1 %, the accounting
// balances, and what is no event continues one.
func TestRealLogs(t *testing.T) {
	groups := map[string][]string{
		"loghub-2k":          {"loghub-2k/*/*.log"},
		"apache access":      {"elastic-examples/apache_logs/*"},
		"kafka":              {"elastic-examples/kafka/*/*/*", "elastic-examples/kafka/*/*"},
		"openstack-failures": {"openstack-failures/cases/*/*/*/*.log.gz"},
	}
	sharedData(t, "loghub-2k")
	names := []string{"apache access", "kafka", "loghub-2k", "openstack-failures"}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			var files []string
			for _, g := range groups[name] {
				m, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", g))
				files = append(files, m...)
			}
			slices.Sort(files)
			if len(files) > 500 && os.Getenv("ALMANAC_ALL") == "" { // every fifth file; ALMANAC_ALL=1 takes all
				some := files[:0:0]
				for i := 0; i < len(files); i += 5 {
					some = append(some, files[i])
				}
				files = some
			}
			formats := map[string]int{}
			var lines, events, conts, rejects, levels int64
			for _, path := range files {
				info, err := os.Stat(path)
				if err != nil || info.IsDir() || info.Size() == 0 {
					continue
				}
				k := &keeper{}
				r, err := Read(context.Background(), Input{Source: &Source{Name: "x", Kind: KindLog}, Path: path, Name: filepath.Base(path), ModTime: info.ModTime(), Final: true}, nil, k)
				if err != nil || !r.Counts.Balances() {
					t.Fatalf("%s: %+v %v", path, r.Counts, err)
				}
				for _, e := range k.events {
					if e.Level != "" {
						levels++
					}
				}
				formats[r.Format]++
				lines += r.Counts.Lines
				events += r.Counts.Events
				conts += r.Counts.Continuations
				rejects += r.Counts.Rejects
				if r.Counts.Rejects*50 > r.Counts.Lines && r.Counts.Lines > 100 || r.Format == UnknownFormat {
					t.Logf("%s: %s, %+v, %+v", path, r.Format, r.Counts, k.rejects[0])
				}
			}
			if lines == 0 {
				t.Skipf("no shared/data/%s beside the repository", strings.Join(groups[name], ", shared/data/"))
			}
			t.Logf("%d files: %d lines, %.2f %% events, %.2f %% continuations, %.3f %% rejects, %.1f %% of events state a level; %v",
				len(files), lines, 100*float64(events)/float64(lines), 100*float64(conts)/float64(lines), 100*float64(rejects)/float64(lines), 100*float64(levels)/float64(events), formats)
			if rejects*100 > lines {
				t.Errorf("%d of %d lines refused", rejects, lines)
			}
		})
	}
}
