package finding

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// spell writes a duration in two units at most: "13 d 22 h", "2 h 5 min",
// "40 min", "9 min 57 s", "3.1 s".
func spell(d time.Duration) string {
	if d < 0 {
		d = -d
	}
	pair := func(a int64, ua string, b int64, ub string) string {
		if b == 0 {
			return fmt.Sprintf("%d %s", a, ua)
		}
		return fmt.Sprintf("%d %s %d %s", a, ua, b, ub)
	}
	switch {
	case d >= 24*time.Hour:
		h := int64(d.Round(time.Hour) / time.Hour)
		return pair(h/24, "d", h%24, "h")
	case d >= time.Hour:
		m := int64(d.Round(time.Minute) / time.Minute)
		return pair(m/60, "h", m%60, "min")
	case d >= 15*time.Minute:
		return fmt.Sprintf("%d min", int64(math.Round(d.Minutes())))
	case d >= time.Minute:
		s := int64(d.Round(time.Second) / time.Second)
		return pair(s/60, "min", s%60, "s")
	case d >= 10*time.Second || d%time.Second == 0:
		return fmt.Sprintf("%d s", int64(d.Round(time.Second)/time.Second))
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// asPercent writes a share for a sentence: "46 %", "0.4 %".
func asPercent(x float64) string {
	if x > 0 && x < .01 {
		return fmt.Sprintf("%.1f %%", 100*x)
	}
	return fmt.Sprintf("%.0f %%", math.Round(100*x)+0) // + 0: no minus before a zero
}

// clip shortens text written by others to a line of at most n runes.
func clip(s string, n int) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:n-1]) + "…"
}

// unlike is clip for a text that stands beside another one: where both are
// clipped before they differ, it begins shortly before the difference.
func unlike(s, other string, n int) string {
	const before = 20
	a, b := []rune(clip(s, len(s))), []rune(clip(other, len(other)))
	k := 0
	for k < len(a) && k < len(b) && a[k] == b[k] {
		k++
	}
	if k < n-1 || len(a) <= n {
		return clip(s, n)
	}
	return clip("…"+string(a[k-before:]), n)
}

// changeName is how a sentence calls a change: "deploy 4711 of session".
func changeName(c ChangeRow) string {
	kind := c.Kind
	if kind == "" {
		kind = "change"
	}
	name := kind + " " + clip(c.ChangeID, 24)
	if c.Service != "" {
		name += " of " + clip(c.Service, 40)
	}
	return name
}

// count writes a number with its noun: "1 day", "3 days".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// localStamp writes an instant in the site's zone, with the offset.
func localStamp(t time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("2006-01-02 15:04 -07:00")
}

// lines joins warnings for a row, one per line.
func lines(parts []string) string { return strings.Join(parts, "\n") }

// stableID makes an id from the parts that do not change between nights.
func stableID(prefix string, parts ...string) string {
	var h uint64 = 14695981039346656037 // FNV-1a, 64 bits
	for _, p := range parts {
		for i := 0; i < len(p); i++ {
			h = (h ^ uint64(p[i])) * 1099511628211
		}
		h = (h ^ 0x1f) * 1099511628211
	}
	return fmt.Sprintf("%s-%08x", prefix, uint32(h^h>>32))
}
