package lake

import (
	"errors"
	"hash/maphash"
	"maps"
	"slices"
	"strings"

	"almanac/schemas"
)

// keyStream walks through rows as their keys, in rising order.
type keyStream interface {
	next() (key string, ok bool, err error)
}

// keySlice is a stream over sorted keys.
type keySlice []string

func (s *keySlice) next() (string, bool, error) {
	if len(*s) == 0 {
		return "", false, nil
	}
	key := (*s)[0]
	*s = (*s)[1:]
	return key, true, nil
}

// errDisorder says that a file's rows do not come in the order of their keys:
// its columns were others when it was written.
var errDisorder = errors.New("rows out of order")

// fileStream reads files one after another, leaving out rows that drop names.
type fileStream[T any] struct {
	b     *batch[T]
	l     *Lake
	files []schemas.TableFile
	drop  func(*T) bool
	diff  *dateDiff
	r     *fileReader[T]
	last  string
	// anyOrder is for rows that are sorted afterwards.
	anyOrder bool
}

func (s *fileStream[T]) next() (string, bool, error) {
	for {
		if s.r == nil {
			if len(s.files) == 0 {
				return "", false, nil
			}
			r, err := openRows(s.l, s.b.t, s.files[0])
			if err != nil {
				return "", false, err
			}
			s.r, s.files = r, s.files[1:]
		}
		row, err := s.r.next()
		if err != nil {
			return "", false, err
		}
		if row == nil {
			s.close()
			continue
		}
		key := s.b.key(row)
		s.diff.count(key, -1)
		if s.drop(row) {
			continue
		}
		if key < s.last && !s.anyOrder {
			return "", false, errDisorder
		}
		s.last = key
		return key, true, nil
	}
}

func (s *fileStream[T]) close() {
	if s.r != nil {
		s.r.close()
		s.r = nil
	}
}

// mergeKeys calls fn for the keys of all streams in order. There are two or
// three streams: the least head is found by looking at each.
func mergeKeys(streams []keyStream, fn func(key string) error) error {
	heads := make([]string, 0, len(streams))
	live := make([]keyStream, 0, len(streams))
	for _, s := range streams {
		key, ok, err := s.next()
		if err != nil {
			return err
		}
		if ok {
			heads, live = append(heads, key), append(live, s)
		}
	}
	for len(live) > 0 {
		least := 0
		for i := range heads {
			if heads[i] < heads[least] {
				least = i
			}
		}
		if err := fn(heads[least]); err != nil {
			return err
		}
		key, ok, err := live[least].next()
		if err != nil {
			return err
		}
		if heads[least] = key; !ok {
			heads, live = slices.Delete(heads, least, least+1), slices.Delete(live, least, least+1)
		}
	}
	return nil
}

// dateDiff finds the dates whose sets of rows differ between two sequences
// in whatever order: a sum of the rows' hashes per date comes to zero where
// nothing changed.
type dateDiff struct {
	tallies map[string]*tally
	date    string
	last    *tally
}

type tally struct {
	hashes uint64
	rows   int64
}

// hashSeed differs from run to run; the sums never leave the process.
var hashSeed = maphash.MakeSeed()

func newDateDiff() *dateDiff { return &dateDiff{tallies: map[string]*tally{}} }

// count adds a row (by 1) or takes it away (by -1).
func (d *dateDiff) count(key string, by int64) {
	if date := keyDate(key); d.last == nil || date != d.date {
		d.date = strings.Clone(date)
		if d.last = d.tallies[d.date]; d.last == nil {
			d.last = &tally{}
			d.tallies[d.date] = d.last
		}
	}
	d.last.hashes += uint64(by) * maphash.String(hashSeed, key)
	d.last.rows += by
}

// changed lists the dates that differ, in order.
func (d *dateDiff) changed() []string {
	var out []string
	for _, date := range slices.Sorted(maps.Keys(d.tallies)) {
		if *d.tallies[date] != (tally{}) {
			out = append(out, date)
		}
	}
	return out
}

// keyDate is the event_date of a key's row: the first column of every table.
func keyDate(key string) string {
	return key[:max(strings.IndexByte(key, 0), 0)]
}
