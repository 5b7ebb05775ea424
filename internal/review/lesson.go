package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

// noLibraryItem says why nothing can be proposed about an item; empty: something can.
func (r *Review) noLibraryItem(k plan.ItemKey) string {
	switch {
	case k == "":
		return "" // said elsewhere
	case k.Own():
		return "is the project's own, which the library does not have; choose one of the library"
	case r.item(k) == nil:
		return "is no item of this project"
	}
	return ""
}

// Amendment is what a lesson proposes, and the document that its item is of, in the
// version that the project follows. false: it proposes nothing, or the project no
// longer has the item.
func (r *Review) Amendment(rec *Record) (a plan.Amendment, of plan.Ref, ok bool) {
	a = plan.Amendment{Item: rec.Item, Part: plan.ItemPart(rec.Values[record.LessonPart]), Text: rec.Values[record.LessonWording]}
	if rec.Kind != record.Lesson || a.Part == "" || rec.Item == "" || rec.Item.Own() {
		return a, of, false
	}
	named := r.Plan.Showing(rec.Item)
	if len(named) == 0 {
		return a, of, false
	}
	a.Item = named[0].Item.Key.Bare() // it may have got another since
	of = r.Plan.Origin.Lifecycle
	for i, m := range r.Plan.Modules {
		for j := range m.Items {
			if m.Items[j].Key == a.Item {
				of = r.Plan.Origin.Modules[i]
			}
		}
	}
	return a, of, true
}

// Lesson is a lesson on which somebody may decide.
func (r *Review) Lesson(by Actor, no int) (*Record, error) {
	if err := May(by, ViewProject, &r.Project); err != nil {
		return nil, err
	}
	rec, err := r.Record(no)
	if err != nil {
		return nil, err
	}
	if rec.Kind != record.Lesson {
		return nil, ErrNotFound
	}
	return rec, r.MayMove(by, rec, rec.Def().State(record.LessonAccepted))
}
