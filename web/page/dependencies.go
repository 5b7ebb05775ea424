package page

import (
	"time"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// OtherName is what pages call another project that a record is about. Nobody is
// told of one that they may not see; nil are others that nobody has looked up.
func OtherName(others review.Others, value string) string {
	if value == "" {
		return ""
	}
	return otherCalled(others, others.Named(value))
}

// OtherCalled is the same by the project's number.
func OtherCalled(others review.Others, id review.ProjectID) string {
	if o, ok := others[id]; ok {
		return otherCalled(others, &o)
	}
	return otherCalled(others, nil)
}

func otherCalled(others review.Others, o *review.Other) string {
	switch {
	case o != nil:
		return o.Name
	case others == nil:
		return "another project here"
	}
	return "a project that you may not see"
}

// OtherStands says how the project stands that a record is about, as the reader may
// see it now, and whether that asks for attention; empty: there is nothing to say.
func OtherStands(rec *review.Record, others review.Others, now time.Time) (text string, warn bool) {
	o := others[rec.OtherProject()]
	if o.ID == 0 {
		return "", false
	}
	if fails := o.Fails(); fails != "" {
		return o.Name + " " + fails + ".", !rec.Closed() || rec.Standing().AtGate
	}
	if o.Live != review.NotLive {
		if o.Live == review.LiveReviewDue {
			return o.Name + " is live; its next review is due.", false
		}
		return o.Name + " is live and current.", false
	}
	text = o.Name + " is not live yet"
	due := rec.DueDay()
	switch {
	case o.Target.IsZero():
		return text + ", and has no target date.", false
	case review.Over(o.Target, now):
		return text + "; its target of " + ShortDate(o.Target, now) + " has gone by.", !rec.Closed()
	case !due.IsZero() && o.Target.After(due):
		return text + "; its target of " + ShortDate(o.Target, now) + " is later than it is needed.", !rec.Closed()
	}
	return text + "; its target is " + ShortDate(o.Target, now) + ".", false
}

// unmet is something that the project depends on and that is not there.
type unmet struct {
	name, title, href, text string
}

// unmetShown is how many of them the overview lists.
const unmetShown = 5

// dependencies are those that are not there, or stand on something that fell.
func (v *projectView) dependencies() (list []unmet, more int, kind ui.NoticeKind) {
	kind = ui.Info
	for i := range v.Review.Records {
		rec := &v.Review.Records[i]
		if rec.Kind != record.Dependency || !rec.Standing().AtGate {
			continue
		}
		text, warn := "", false
		if !v.Past {
			text, warn = OtherStands(rec, v.Others, v.Now)
		}
		if rec.Closed() && !warn {
			continue
		}
		if !rec.Closed() {
			how := rec.Standing().Label
			if d := rec.DueDay(); !d.IsZero() {
				how += ", needed by " + ShortDate(d, v.Now)
			}
			text = joinSentences(how+".", text)
		}
		if warn || rec.Overdue(v.Now) {
			kind = ui.Warning
		}
		list = append(list, unmet{rec.Name(), rec.Title, RecordURL(v.key(), rec.Kind, rec.No), text})
	}
	if more = len(list) - unmetShown; more > 0 {
		return list[:unmetShown], more, kind
	}
	return list, 0, kind
}

func joinSentences(a, b string) string {
	if b == "" {
		return a
	}
	return a + " " + b
}

// Resting is a record of another project that rests on this one.
type Resting struct {
	Project review.ProjectKey
	Name    string // of the project
	No      int
	Kind    record.Key
	Title   string
	State   record.StateKey
	Due     time.Time // date; zero: none
}

func (r *Resting) href() string { return RecordURL(r.Project, r.Kind, r.No) }

// how is how the record stands: "Promised, needed by 3 Mar".
func (r *Resting) how(now time.Time) string {
	st := kindOf(r.Kind).State(r.State)
	if st == nil {
		return ""
	}
	if st.Closed || r.Due.IsZero() {
		return st.Label
	}
	return st.Label + ", needed by " + ShortDate(r.Due, now)
}
