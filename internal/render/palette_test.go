package render

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"almanac/reports"
)

// Contrasts that WCAG 2.2 asks for (1.4.3, level AA, and 1.4.11).
const (
	textContrast    = 4.5
	graphicContrast = 3.0
)

// seriesApart is how far two series colours are at least, in CIE76 units, to
// every kind of sight; 2.3 is the least difference that is noticed at all.
const seriesApart = 15

var customColor = regexp.MustCompile(`--([a-z0-9]+): #([0-9a-f]{6});`)

// themes reads the custom properties of the style sheet.
func themes(t *testing.T) map[string]map[string][3]float64 {
	t.Helper()
	light, dark, ok := strings.Cut(reports.Style, "prefers-color-scheme: dark")
	if !ok {
		t.Fatal("the style sheet has no dark theme")
	}
	out := map[string]map[string][3]float64{}
	for name, css := range map[string]string{"light": light, "dark": dark} {
		out[name] = map[string][3]float64{}
		for _, m := range customColor.FindAllStringSubmatch(css, -1) {
			var r, g, b int
			if _, err := fmt.Sscanf(m[2], "%02x%02x%02x", &r, &g, &b); err != nil {
				t.Fatal(err)
			}
			out[name][m[1]] = [3]float64{linear(r), linear(g), linear(b)}
		}
	}
	return out
}

// linear undoes the transfer function of sRGB (IEC 61966-2-1).
func linear(v int) float64 {
	x := float64(v) / 255
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

// contrast is WCAG's contrast ratio of two colours.
func contrast(a, b [3]float64) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c [3]float64) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

// Text is read and graphics are seen, in both themes.
func TestContrast(t *testing.T) {
	for theme, c := range themes(t) {
		for _, x := range []struct {
			over, names string
			least       float64
		}{
			{"paper", "ink soft accent good bad warn", textContrast},
			{"card", "ink soft accent good bad warn", textContrast},
			{"accentwash", "accent", textContrast},
			{"badwash", "bad", textContrast},
			{"paper", "c0 c1 c2 c3 c4 c5 c6", graphicContrast},
			{"h4", "paper", graphicContrast}, // the hottest cell against the page
		} {
			for _, name := range strings.Fields(x.names) {
				if got := contrast(c[name], c[x.over]); got < x.least {
					t.Errorf("%s: --%s on --%s has contrast %.2f, wanted %.1f", theme, name, x.over, got, x.least)
				}
			}
		}
	}
}

// sights are the matrices of full protanopia, deuteranopia and tritanopia in
// linear RGB: Machado, Oliveira and Fernandes, "A Physiologically-based Model
// for Simulation of Color Vision Deficiency", IEEE TVCG 15(6), 2009, table 1.
var sights = map[string][3][3]float64{
	"usual":        {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

// lab is CIE L*a*b* of a linear RGB colour as a sight sees it (D65).
func lab(c [3]float64, m [3][3]float64) [3]float64 {
	var s [3]float64
	for i := range s {
		s[i] = min(max(m[i][0]*c[0]+m[i][1]*c[1]+m[i][2]*c[2], 0), 1)
	}
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	x := f((0.4124*s[0] + 0.3576*s[1] + 0.1805*s[2]) / 0.95047)
	y := f(0.2126*s[0] + 0.7152*s[1] + 0.0722*s[2])
	z := f((0.0193*s[0] + 0.1192*s[1] + 0.9505*s[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func apart(a, b [3]float64) float64 {
	return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
}

// Series are told apart by every sight, and the heat map's scale rises in
// lightness, so that it reads without hue.
func TestColoursForEverySight(t *testing.T) {
	names := []string{"c0", "c1", "c2", "c3", "c4", "c5", "c6"}
	for theme, c := range themes(t) {
		for sight, m := range sights {
			for i, a := range names {
				for _, b := range names[i+1:] {
					if d := apart(lab(c[a], m), lab(c[b], m)); d < seriesApart {
						t.Errorf("%s, %s: --%s and --%s are %.1f apart, wanted %d", theme, sight, a, b, d, seriesApart)
					}
				}
			}
			for h := range 4 {
				from, to := fmt.Sprintf("h%d", h), fmt.Sprintf("h%d", h+1)
				step := lab(c[to], m)[0] - lab(c[from], m)[0]
				if (theme == "light") == (step > 0) || math.Abs(step) < 5 {
					t.Errorf("%s, %s: lightness goes by %.1f from --%s to --%s", theme, sight, step, from, to)
				}
			}
		}
	}
}
