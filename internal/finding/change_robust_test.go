package finding

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// scramble fills the rows of a struct with odd values: zero and far times,
// empty and hostile names, negative counts.
func scramble(rng *rand.Rand, v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			times := []time.Time{{}, at("2026-05-10 10:00:00"), at("2026-05-10 10:00:00").Add(time.Duration(rng.IntN(1e6)) * time.Second),
				at("2026-05-17 10:00:00"), at("2190-01-01 00:00:00"), time.UnixMicro(-1 << 50).UTC()}
			v.Set(reflect.ValueOf(times[rng.IntN(len(times))]))
			return
		}
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				scramble(rng, v.Field(i), depth)
			}
		}
	case reflect.Slice:
		if depth > 3 {
			return
		}
		n := rng.IntN(9)
		s := reflect.MakeSlice(v.Type(), n, n)
		for i := range n {
			scramble(rng, s.Index(i), depth+1)
		}
		v.Set(s)
	case reflect.String:
		words := []string{"", "a", "b", "a", "error", "deploy", "restart", "daily", "17:00", "weekday", "2026-05-10", "\xff<script>", "Europe/Berlin", "x cleanup started"}
		v.SetString(words[rng.IntN(len(words))])
	case reflect.Int64, reflect.Int:
		v.SetInt([]int64{0, 1, -3, 7, 1 << 40, 1778407200000000}[rng.IntN(6)])
	case reflect.Float64:
		v.SetFloat([]float64{0, -1, .5, 1e300}[rng.IntN(4)])
	case reflect.Bool:
		v.SetBool(rng.IntN(2) == 0)
	case reflect.Pointer:
		if v.Type() == reflect.TypeFor[*time.Location]() || rng.IntN(3) == 0 {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		scramble(rng, v.Elem(), depth)
	}
}

func scrambled[T any](rng *rand.Rand) T {
	var x T
	scramble(rng, reflect.ValueOf(&x).Elem(), 0)
	return x
}

// No input makes a judge panic, answer differently the second time, or write
// a number that JSON cannot hold.
func TestJudgesBearAnyInput(t *testing.T) {
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 5))
		changes, silences := scrambled[ChangeInput](rng), scrambled[SilenceInput](rng)
		onsets, cascades := scrambled[OnsetInput](rng), scrambled[CascadeInput](rng)
		similar, fixes := scrambled[SimilarInput](rng), scrambled[FixInput](rng)
		graph := scrambled[GraphInput](rng)
		for name, judge := range map[string]func() any{
			"changes": func() any { return Changes(changes) }, "silences": func() any { return Silences(silences) },
			"onsets": func() any { return Onsets(onsets) }, "cascades": func() any { return Cascades(cascades) },
			"similar": func() any { return SimilarIncidents(similar) }, "fixes": func() any { return Fixes(fixes) },
			"graph": func() any { return ServiceGraph(graph) },
		} {
			a, err := json.Marshal(judge())
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, name, err)
			}
			if b, _ := json.Marshal(judge()); string(a) != string(b) {
				t.Fatalf("seed %d, %s: two answers to one question\n%s\n%s", seed, name, a, b)
			}
		}
	}
}

// Hundreds of incidents and thousands of changes are judged in seconds.
func TestChangesAtSize(t *testing.T) {
	w := newChangeWorld(1, changeRecipe{20, 26, true, true, .05, 4, false})
	begin := time.Now()
	res := Changes(w.input)
	var in SimilarInput
	in.Records = w.input.Records
	for i := range in.Records.Incidents {
		in.Records.Incidents[i].Title = fmt.Sprintf("failure %d of %s", i%17, in.Records.Incidents[i].Service)
		in.Records.Incidents[i].Body = "requests failed because the database " + serviceName(i%31) + " was slow and the queue " + serviceName(i%13) + " filled up"
	}
	alike := SimilarIncidents(in)
	took := time.Since(begin)
	t.Logf("%d changes, %d incidents: %d causes, %d similar in %v", len(w.input.Records.Changes), len(w.input.Records.Incidents), len(res.Causes), len(alike.Similar), took)
	if took > 60*time.Second {
		t.Errorf("took %v", took)
	}
}
