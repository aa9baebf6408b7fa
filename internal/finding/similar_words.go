package finding

import (
	"math"
	"sort"
	"strings"
)

// Fields of a record weigh differently: a title is chosen, a body is not.
const (
	titleWeight = 3
	causeWeight = 2
	errorWeight = 1
)

// weighWords gives every case its vector of words: frequency damped by its
// logarithm, times the rarity of the word among all cases.
func (w *similarWork) weighWords() {
	template := map[string]string{}
	for _, g := range w.in.Signatures {
		template[g.SignatureID] = g.Template
	}
	df := map[string]float64{}
	for i := range w.cases {
		c := &w.cases[i]
		n := map[string]float64{}
		add := func(text string, weight float64) {
			for _, x := range similarWords(text) {
				n[x] += weight
			}
		}
		add(c.Title, titleWeight)
		add(c.RootCause+" "+c.Trigger, causeWeight)
		add(c.Category+" "+c.Body, 1)
		ids := make([]string, 0, len(c.errors))
		for s := range c.errors {
			ids = append(ids, s)
		}
		sort.Strings(ids)
		for _, s := range ids {
			add(template[s], errorWeight)
		}
		c.words = map[string]float64{}
		for x, f := range n {
			c.words[x] = 1 + math.Log(f)
			if f < 1 {
				c.words[x] = f
			}
			df[x]++
		}
	}
	w.idf = map[string]float64{}
	for x, d := range df {
		w.idf[x] = math.Log((float64(len(w.cases)) + 1) / (d + .5))
	}
	for i := range w.cases {
		c := &w.cases[i]
		sum := 0.0
		c.sorted = sortedWords(c.words)
		for _, x := range c.sorted {
			c.words[x] *= max(0, w.idf[x])
			sum += c.words[x] * c.words[x]
		}
		c.norm = math.Sqrt(sum)
	}
}

// sortedWords are the words of a vector in order.
func sortedWords(v map[string]float64) []string {
	out := make([]string, 0, len(v))
	for x := range v {
		out = append(out, x)
	}
	sort.Strings(out)
	return out
}

// stem takes the commonest endings off, so that shipped, shipping and
// shipment are one word; no more than that, as names must stay apart.
func stem(x string) string {
	if len(x) > 4 && strings.HasSuffix(x, "s") && !strings.HasSuffix(x, "ss") {
		x = x[:len(x)-1]
	}
	for _, end := range []string{"ment", "ing", "ed"} {
		if rest, ok := strings.CutSuffix(x, end); ok && len(rest) >= 4 {
			if n := len(rest); rest[n-1] == rest[n-2] && rest[n-1] != 's' && rest[n-1] != 'l' {
				rest = rest[:n-1]
			}
			return rest
		}
	}
	return x
}

// similarWords are the words of a text: letters and digits, lower case, three
// and more, without the words of every postmortem, by their stem.
func similarWords(text string) []string {
	f := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127)
	})
	out := f[:0]
	for _, x := range f {
		if commonEnglish[x] {
			continue
		}
		x = stem(x)
		if len(x) >= 3 && !commonEnglish[x] && (x[0] < '0' || x[0] > '9' || len(x) == 3) {
			out = append(out, x)
		}
	}
	return out
}

// commonEnglish are words that no failure is known by.
var commonEnglish = nameSet(strings.Fields(`the and for was were are that this with from not had has have been but all our its which when
 what who will would could should after before then than also into onto out over under again there their them they
 because due did does any some more most other only same such very can may might must one two three time incident issue
 problem summary timeline action item lesson learned impact root cause postmortem what went well utc`))
