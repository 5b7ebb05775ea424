package page

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// FormLevel is the form of the item's page that changes how much it weighs.
const FormLevel = "level"

// What the forms of [FormLevel] do.
const (
	LevelChange  = "change"  // raises it, or asks that it be lowered
	LevelApprove = "approve" // does what was asked
	LevelRefuse  = "refuse"  // turns down what was asked, or takes it back
	LevelCore    = "core"
	LevelNotCore = "not-core"
	LevelDrop    = "drop" // an item of the project's own
)

// levelNone is how a form says that an item is not to apply.
const levelNone = "none"

// LevelForm is what was typed.
type LevelForm struct{ Do, Level, Reason string }

// To is the level that was chosen; false when none was.
func (f LevelForm) To() (plan.Level, bool) {
	if f.Level == levelNone {
		return plan.LevelNone, true
	}
	l := plan.Level(f.Level)
	return l, l != plan.LevelNone && l.Rank() > 0
}

// wish is that the item weigh less, where somebody asked for that.
func (d *ItemData) wish() *review.Wish { return d.Review.Wish(d.Item.Def.Key) }

// mayPlan reports whether the viewer would be let change how much the item weighs.
func (d *ItemData) mayPlan() bool {
	return d.may(review.ChangePlan) && d.Review.Project.Status != review.StatusStopped && d.Review.Project.Profile.HasAny(d.Item.Def.When)
}

// tailored says in a sentence what the project made of the item itself; empty:
// nothing.
func (d *ItemData) tailored() string {
	k, t := d.Item.Def.Key, d.Review.Plan.Origin.Tailoring
	switch {
	case d.Item.Def.Own:
		return "The project added this item itself."
	case slices.ContainsFunc(t.Raised, func(r plan.RaisedItem) bool { return r.Item == k }):
		return "The project raised this item."
	case slices.ContainsFunc(t.Lowered, func(l plan.LoweredItem) bool { return l.Item == k && d.Review.Project.Tier >= l.Tier }):
		return "The project lowered this item, with approval."
	}
	return ""
}

// core reports whether the project marked the item itself.
func (d *ItemData) core() bool {
	return slices.Contains(d.Review.Plan.Origin.Tailoring.Core, d.Item.Def.Key)
}

func (d *ItemData) levelOptions() []ui.Option {
	now, chosen := d.Item.Level, d.Form.Level.Level
	var out []ui.Option
	for _, l := range []plan.Level{plan.LevelMust, plan.LevelShould, plan.LevelMay, plan.LevelNone} {
		if l == now {
			continue
		}
		o := ui.Option{Value: string(l), Label: l.Label(), Selected: string(l) == chosen}
		if l == plan.LevelNone {
			o.Value, o.Selected = levelNone, chosen == levelNone
		}
		switch {
		case l.Rank() > now.Rank():
			o.Hint = "At once."
		case d.Item.Def.Core:
			continue // core: never less
		default:
			o.Hint = "Somebody who sits at this gate has to approve."
		}
		out = append(out, o)
	}
	return out
}

func (d *ItemData) levelField() ui.Field {
	return ui.Field{ID: "level-to", Name: "level", Label: "It shall be", Error: d.levelError(LevelChange, "level")}
}

func (d *ItemData) levelReason(do, label string) ui.Field {
	f := ui.Field{ID: "level-reason-" + do, Name: "reason", Label: label, Error: d.levelError(do, "reason")}
	if d.Form.Name == FormLevel && d.Form.Level.Do == do {
		f.Value = d.Form.Level.Reason
	}
	return f
}

func (d *ItemData) levelError(do, field string) string {
	if d.Form.Name != FormLevel || d.Form.Level.Do != do {
		return ""
	}
	return d.Form.Errors[field]
}

func (d *ItemData) levelSummary() []ui.FieldError {
	return summary([]ui.Field{d.levelField(), d.levelReason(d.Form.Level.Do, "Why")})
}

// wishWords says who asked for what.
func (d *ItemData) wishWords(w *review.Wish) string {
	be := strings.ToLower(w.To.Label())
	if w.To == plan.LevelNone {
		be = "left out"
	}
	return d.Names(w.By) + " asked on " + ShortDate(w.At, d.Now) + " that this item be " + be + "."
}

// mayApproveWish reports whether the viewer may decide on a wish.
func (d *ItemData) mayApproveWish(w *review.Wish) bool {
	return d.may(review.ApproveLowering) && d.Review.MayDecideWish(d.Actor, w.Item) == nil
}

// wishDeciders says who decides on a wish.
func (d *ItemData) wishDeciders(w *review.Wish) string {
	seats := d.stage().Def.Gate.Policy(d.Review.Project.Tier, d.Review.Project.Profile).Seats
	return "A holder of the " + SeatWords(seats, "or") + " seat decides on it, somebody else than " + d.Names(w.By) + "."
}

// refuseWord is what turning a wish down is called.
func (d *ItemData) refuseWord(w *review.Wish) string {
	if w.By == d.Actor.Person {
		return "Take it back"
	}
	return "Turn it down"
}

// AskedLowerLine is a wish that an item weigh less in the approver's work.
type AskedLowerLine struct {
	Project   review.ProjectKey
	Name      string // of the project
	Stage     plan.StageKey
	StageName string
	Item      plan.ItemKey
	Title     string // of the item
	By        string
	At        time.Time
}

func (l *AskedLowerLine) href() string { return ItemURL(l.Project, l.Stage, l.Item) + "#level" }

func (l *AskedLowerLine) title() string { return cmp.Or(l.Title, string(l.Item)) }

func (l *AskedLowerLine) words() string { return l.By + ", " + l.StageName }

// levelButton is what the button of a form says.
func levelButton(do string) string {
	switch do {
	case LevelRefuse:
		return "It stays as it is"
	case LevelCore:
		return "Mark as core"
	case LevelNotCore:
		return "No longer core"
	}
	return "Drop the item"
}
