package main

import (
	"testing"

	"almanac/queries"
)

// Every section names a query that exists and a column or parameter it has.
func TestShownSectionsFitTheirQueries(t *testing.T) {
	for _, sections := range shown {
		for _, s := range sections {
			if s.make != nil {
				continue // made from the head
			}
			q, err := queries.Load(s.query)
			if err != nil {
				t.Error(err)
				continue
			}
			found := s.by == ""
			for _, c := range q.Columns {
				found = found || c.Name == s.by
			}
			if !found {
				t.Errorf("%s has no column %s", s.query, s.by)
			}
			takes := s.param == ""
			for _, p := range q.Params {
				takes = takes || p.Name == s.param
			}
			if !takes {
				t.Errorf("%s has no parameter %s", s.query, s.param)
			}
		}
	}
}
