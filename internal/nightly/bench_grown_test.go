//go:build unix

package nightly_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"almanac/internal/config"
)

// publicSamples are logs of ten systems, with where the stamp of a line stands
// and how it is written.
var publicSamples = []struct{ name, file, stamp, layout string }{
	{"apache", "loghub-2k/Apache/Apache_2k.log", `^\[(\w{3} \w{3} \d\d [\d:]{8} \d{4})\]`, "Mon Jan 02 15:04:05 2006"},
	{"hdfs", "loghub-2k/HDFS/HDFS_2k.log", `^(\d{6} \d{6})`, "060102 150405"},
	{"hadoop", "loghub-2k/Hadoop/Hadoop_2k.log", `^(\S{10} \S{12})`, "2006-01-02 15:04:05,000"},
	{"openssh", "loghub-2k/OpenSSH/OpenSSH_2k.log", `^(\w{3} \d\d [\d:]{8})`, "Jan 02 15:04:05"},
	{"openstack", "loghub-2k/OpenStack/OpenStack_2k.log", `^\S+ (\S{10} \S{12})`, "2006-01-02 15:04:05.000"},
	{"spark", "loghub-2k/Spark/Spark_2k.log", `^(\S{8} \S{8})`, "06/01/02 15:04:05"},
	{"windows", "loghub-2k/Windows/Windows_2k.log", `^(\S{10} [\d:]{8})`, "2006-01-02 15:04:05"},
	{"zookeeper", "loghub-2k/Zookeeper/Zookeeper_2k.log", `^(\S{10} \S{12})`, "2006-01-02 15:04:05,000"},
	{"access", "elastic-examples/apache_logs/apache_logs.gz", `\[([^\]]+)\]`, "02/Jan/2006:15:04:05 -0700"},
	{"kafka", "elastic-examples/kafka/kafka0/logs/controller.log.2016-12-19-17.gz", `^\[([^\]]+)\]`, "2006-01-02 15:04:05,000"},
}

// freshEvery is for how many lines a number of three digits or more, and an id
// with digits, stays the same: gzip -6 then makes a service's file 8.6 times
// smaller. Files as they were logged shrink 10 to 19 times (HDFS: 5).
const freshEvery = 7

// growDay writes a day of 26 services grown from public samples: their lines
// in their order, over and over, with stamps of the day and fresh values. It
// is the same for the same number of lines; false where there are no samples.
func growDay(t *testing.T, dir string, lines int64) (d benchDay, ok bool) {
	t.Helper()
	const services = 26
	if _, err := os.Stat(filepath.Join(realData, "loghub-2k")); err != nil {
		return d, false
	}
	d.dir = dir
	total := 0.0
	for k := range services {
		total += 1 / float64(k+6)
	}
	text := "site: Grown\nzone: UTC\nlake: lake\nreport: report\nsources:\n"
	for k := range services {
		s := publicSamples[k%len(publicSamples)]
		name := fmt.Sprintf("svc%02d-%s", k, s.name)
		text += fmt.Sprintf("  - {name: %[1]s, kind: log, paths: [\"logs/%[1]s/*\"], service: %[1]s, tz: UTC}\n", name)
		path := filepath.Join(dir, "logs", name, name+"-2026-11-20.log")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		n, bytes := growService(t, path, sampleLines(t, s.file, s.stamp), s.layout, uint64(k), int(float64(lines)/total/float64(k+6)))
		d.lines, d.bytes = d.lines+n, d.bytes+bytes
	}
	if err := os.WriteFile(filepath.Join(dir, config.FileName), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return d, true
}

// stampMark stands for the stamp of a sample's line.
const stampMark = "\x00"

// sampleLines are the lines of a sample that carry a stamp.
func sampleLines(t *testing.T, file, stamp string) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(realData, file))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(file, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if b, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	re := regexp.MustCompile(stamp)
	var out []string
	for l := range strings.Lines(string(b)) {
		l = strings.TrimRight(l, "\r\n")
		if m := re.FindStringSubmatchIndex(l); m != nil {
			out = append(out, l[:m[2]]+stampMark+l[m[3]:])
		}
	}
	return out
}

var grownID = regexp.MustCompile(`[0-9a-f]*[0-9][0-9a-f]*`)

// growService writes one service's day and says what it comes to.
func growService(t *testing.T, path string, sample []string, layout string, seed uint64, lines int) (n, size int64) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	r := rand.New(rand.NewPCG(7, seed))
	day := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	step := float64(24*time.Hour) / float64(lines+1)
	at := day
	values := map[string]string{}
	for i := range lines {
		if i%freshEvery == 0 {
			clear(values)
		}
		if next := at.Add(time.Duration(r.Float64() * 2 * step)); next.Sub(day) < 24*time.Hour {
			at = next
		}
		line := grownID.ReplaceAllStringFunc(sample[i%len(sample)], func(id string) string {
			if len(id) < 3 {
				return id
			}
			v, ok := values[id]
			if !ok {
				v = freshID(r, id)
				values[id] = v
			}
			return v
		})
		k, err := w.WriteString(strings.Replace(line, stampMark, at.Format(layout), 1) + "\n")
		if err != nil {
			t.Fatal(err)
		}
		n, size = n+1, size+int64(k)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return n, size
}

// freshID is an id of the same form: digits for digits, and in long ids letters
// for letters.
func freshID(r *rand.Rand, id string) string {
	b := []byte(id)
	for i, c := range b {
		switch {
		case c == '0' && i == 0:
		case c <= '9' && i == 0:
			b[i] = byte('1' + r.IntN(9))
		case c <= '9':
			b[i] = byte('0' + r.IntN(10))
		case len(b) > 5:
			b[i] = byte('a' + r.IntN(6))
		}
	}
	return string(b)
}
