package nightly_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"almanac/internal/nightly"
)

// Faults injected into a train ticket shop of 27 services, through intake and
// the window that 'almanac incident --from --to' takes: three minutes from the
// injection on, against all that the lake holds of before, the minutes of
// former faults among it. Half of the faults write no unusual error: their
// requests tell. Every second fault was used to develop that, the others were not.
func TestNezhaTrainTicket(t *testing.T) {
	dir, err := filepath.Abs(filepath.Join(realData, "nezha-trainticket"))
	if err != nil {
		t.Fatal(err)
	}
	truth, err := os.ReadFile(filepath.Join(dir, "faults.tsv"))
	if err != nil {
		t.Skip("no shared/data/nezha-trainticket beside the repository")
	}
	if testing.Short() {
		t.Skip("takes in 70 files")
	}
	yaml := fmt.Sprintf("zone: UTC\nsources:\n  - {name: normal, kind: log, paths: [%q]}\n  - {name: faulty, kind: log, paths: [%q]}\n",
		filepath.Join(dir, "construct_data", "*", "log", "*.gz"), filepath.Join(dir, "rca_data", "*", "log", "*.gz"))
	c, w := takeIn(t, yaml)
	ctx := context.Background()
	var right, three, all [2]int
	for k, line := range strings.Split(strings.TrimSpace(string(truth)), "\n")[1:] {
		f := strings.Split(line, "\t")
		at, err := time.Parse("2006-01-02 15:04:05", f[1])
		if err != nil {
			t.Fatal(err)
		}
		d, err := nightly.Dossier(ctx, w, nightly.DossierOptions{Config: c, Now: time.Now(), From: at, Until: at.Add(3 * time.Minute)})
		if err != nil {
			t.Fatal(err)
		}
		all[k%2]++
		var order []string
		for n, s := range d.Cascade {
			order = append(order, s.Service)
			if s.Service == f[2] && n == 0 {
				right[k%2]++
			}
			if s.Service == f[2] && n < 3 {
				three[k%2]++
			}
		}
		t.Logf("%s %s %s: %v", f[0], f[3], f[2], order)
	}
	t.Logf("root service first: %d of %d developed on, %d of %d held out; among the first three: %d and %d",
		right[0], all[0], right[1], all[1], three[0], three[1])
	if n := all[0] + all[1]; 100*(right[0]+right[1]) < 50*n {
		t.Errorf("root service first in %d of %d, was 13 of 23", right[0]+right[1], n)
	}
}
