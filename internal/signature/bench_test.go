package signature

import (
	"fmt"
	"testing"
)

// allLines are the messages of all sample systems.
func allLines(b testing.TB) (lines [][]byte, bytes int64) {
	for _, sys := range systems(b) {
		for _, m := range readSample(b, sys).content {
			lines = append(lines, []byte(m))
			bytes += int64(len(m))
		}
	}
	return lines, bytes
}

func report(b *testing.B, lines int, bytes int64) {
	b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mlines/s")
	b.SetBytes(bytes)
	b.ReportAllocs()
}

// BenchmarkCold begins with an empty cache every 2,000 lines of a system.
func BenchmarkCold(b *testing.B) {
	lines, bytes := allLines(b)
	b.ResetTimer()
	for b.Loop() {
		for at := 0; at < len(lines); at += 2000 {
			m := NewMiner(DefaultRules())
			for _, l := range lines[at:min(at+2000, len(lines))] {
				m.ShapeBytes(l)
			}
		}
	}
	report(b, len(lines), bytes)
}

// BenchmarkWarm has seen every mask before.
func BenchmarkWarm(b *testing.B) {
	lines, bytes := allLines(b)
	m := NewMiner(DefaultRules())
	for _, l := range lines {
		m.ShapeBytes(l)
	}
	b.ResetTimer()
	for b.Loop() {
		for _, l := range lines {
			m.ShapeBytes(l)
		}
	}
	report(b, len(lines), bytes)
}

// noise are JSON-like messages with fresh values, half of them without digits.
func noise(n int) (lines [][]byte, bytes int64) {
	x := uint64(1)
	next := func() uint64 { x = mix(x, prime1) + 1; return x }
	letters := func() string {
		w := make([]byte, 8)
		for i := range w {
			w[i] = byte('a' + next()%26)
		}
		return string(w)
	}
	for i := range n {
		name := "user-fixed"
		if i%10 == 0 {
			name = letters()
		}
		l := fmt.Sprintf(`{"ts":%d,"level":"info","user":"%s","path":"/api/v1/items/%d","took_ms":%d.%d,"trace":"%016x","msg":"served request"}`,
			1700000000+i, name, next()%100000, next()%1000, next()%100, next())
		lines = append(lines, []byte(l))
		bytes += int64(len(l))
	}
	return lines, bytes
}

// BenchmarkNoise reads JSON-like lines of which every tenth has a new mask.
func BenchmarkNoise(b *testing.B) {
	lines, bytes := noise(50000)
	b.ResetTimer()
	for b.Loop() {
		m := NewMiner(DefaultRules())
		for _, l := range lines {
			m.ShapeBytes(l)
		}
	}
	report(b, len(lines), bytes)
}

// BenchmarkGroup groups the shapes of all sample systems at once.
func BenchmarkGroup(b *testing.B) {
	lines, _ := allLines(b)
	m := NewMiner(DefaultRules())
	var known []Known
	for _, l := range lines {
		s := m.ShapeBytes(l)
		known = append(known, Known{s.ID, s.Text})
	}
	b.ResetTimer()
	for b.Loop() {
		Group(known, DefaultRules())
	}
}

func BenchmarkErrorType(b *testing.B) {
	lines, bytes := allLines(b)
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = string(l)
	}
	b.ResetTimer()
	for b.Loop() {
		for _, l := range texts {
			ErrorType(l)
		}
	}
	report(b, len(lines), bytes)
}

func BenchmarkLevel(b *testing.B) {
	lines, bytes := allLines(b)
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = string(l)
	}
	b.ResetTimer()
	for b.Loop() {
		for _, l := range texts {
			Level(l)
		}
	}
	report(b, len(lines), bytes)
}
