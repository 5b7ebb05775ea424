package edit

import (
	"net/url"
	"reflect"
	"testing"
)

// What two people changed in different fields is put together; what both changed is
// asked about, field by field; and a form that goes on from there undoes nothing.
func TestMerge(t *testing.T) {
	p := Part{Fields: []Input{{"title", "Title", One}, {"why", "Why", One}, {"level", "Levels", Several}, {"evidence", "Evidence", Ticks}, {"core", "Core", Tick}}}
	base := url.Values{"title": {"Doors"}, "why": {"Thieves."}, "level": {"must", "must", ""}, "evidence": {"doc", "ticket"}}
	form := func(change url.Values) url.Values {
		out := url.Values{}
		for _, from := range []url.Values{base, change} {
			for k, v := range from {
				out[k] = v
			}
		}
		return out
	}
	shown := p.Shown(base)
	for name, tc := range map[string]struct {
		now, mine url.Values
		take      []string
		want      url.Values
		overlaps  []string
		theirs    []string
	}{
		"nothing changed":  {form(nil), form(nil), nil, form(nil), nil, nil},
		"different fields": {form(url.Values{"why": {"Rain."}}), form(url.Values{"title": {"Gates"}}), nil, form(url.Values{"title": {"Gates"}, "why": {"Rain."}}), nil, []string{"Why"}},
		"the same change":  {form(url.Values{"why": {"Rain."}}), form(url.Values{"why": {"Rain.\r\n"}}), nil, form(url.Values{"why": {"Rain.\r\n"}}), nil, nil},
		"order of ticks": {form(url.Values{"evidence": {"ticket", "doc"}}), form(url.Values{"evidence": {"ticket", "doc"}, "title": {"Gates"}}), nil,
			form(url.Values{"evidence": {"ticket", "doc"}, "title": {"Gates"}}), nil, nil},
		"order of levels": {form(url.Values{"level": {"must", "", "must"}}), form(nil), nil, form(url.Values{"level": {"must", "", "must"}}), nil, []string{"Levels"}},
		"ticked by them":  {form(url.Values{"core": {"yes"}}), form(nil), nil, form(url.Values{"core": {"yes"}}), nil, []string{"Core"}},
		"emptied by them": {form(url.Values{"why": {""}}), form(nil), nil, form(url.Values{"why": {""}}), nil, []string{"Why"}},
		"both":            {form(url.Values{"why": {"Rain."}}), form(url.Values{"why": {"Wind."}}), nil, form(url.Values{"why": {"Wind."}}), []string{"why"}, nil},
		"both, theirs":    {form(url.Values{"why": {"Rain."}}), form(url.Values{"why": {"Wind."}}), []string{"why"}, form(url.Values{"why": {"Rain."}}), nil, nil},
	} {
		m := p.Merge(tc.now, tc.mine, shown, tc.take)
		var overlaps []string
		for _, o := range m.Overlaps {
			overlaps = append(overlaps, o.Field)
		}
		if !reflect.DeepEqual(overlaps, tc.overlaps) || !reflect.DeepEqual(m.Theirs, tc.theirs) || !reflect.DeepEqual(m.Values, tc.want) {
			t.Errorf("%s: overlaps %v, theirs %v, values %v", name, overlaps, m.Theirs, m.Values)
		}
		if len(overlaps) > 0 { // asked about, it is saved as it was decided
			if again := p.Merge(tc.now, tc.mine, m.Shown, nil); len(again.Overlaps) > 0 || !reflect.DeepEqual(again.Values, tc.want) {
				t.Errorf("%s: decided, %+v", name, again)
			}
			continue
		}
		// The form stays as it is, and is saved again: what others changed stays.
		if again := p.Merge(m.Values, tc.mine, m.Kept(p.Shown(m.Values)), nil); len(again.Overlaps) > 0 || p.Shown(again.Values) != p.Shown(tc.want) {
			t.Errorf("%s: saved again, overlaps %v and values %v", name, again.Overlaps, again.Values)
		}
	}
	if m := p.Merge(form(url.Values{"why": {"Rain."}}), form(nil), "0011223344556677", nil); len(m.Overlaps) != 1 {
		t.Errorf("a form that tells nothing of what it was filled in for overwrites: %+v", m)
	}
	delete(base, "why") // a form without the field leaves it alone
	if m := p.Merge(url.Values{"title": {"Doors"}, "why": {"Rain."}}, url.Values{"title": {"Gates"}}, p.Shown(base), nil); len(m.Overlaps) > 0 || m.Values.Has("why") {
		t.Errorf("%+v", m)
	}
}
