package records

import (
	"fmt"
	"strconv"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// Place is a document into which what a lesson proposes can go.
type Place struct {
	Key, Name string
	Version   int    // that its draft becomes
	Draft     bool   // somebody writes it already
	Followed  bool   // by the project, in some version
	CopyOf    string // name of the document that it would be a copy of; empty: it is no copy
	Says      string // there, now
	Gone      bool   // it no longer has the item
}

// Answer is what became of a lesson that was accepted.
type Answer struct {
	Key, Name              string
	Version                int
	Item                   plan.ItemKey // that says it; empty: it has no such item
	Published, Says, Draft bool
	Edits                  bool // who looks may edit the library
}

// apart reports whether a field is shown in a section of its own.
func (d *Data) apart(f *record.Field) bool {
	return f.Given || d.Record.Kind == record.Lesson && f.Later
}

// proposes reports whether the record is a lesson that proposes something.
func (d *Data) proposes() bool {
	return d.Record.Kind == record.Lesson && d.Record.Values[record.LessonPart] != ""
}

// part is what a lesson wants changed.
func (d *Data) part() string {
	f := d.Record.Def().Field(record.LessonPart)
	return page.RecordValue(f, d.Record.Values[f.Key], d.Others)
}

func (d *Data) wording() string { return d.Record.Values[record.LessonWording] }

// today is what the project's plan says where the lesson wants something else; false
// where there is nothing to be held against.
func (d *Data) today() (string, bool) {
	a, _, ok := d.Review.Amendment(d.Record)
	if !ok || a.Part == plan.PartNew {
		return "", false
	}
	says, there := plan.Document{Lifecycle: &d.Review.Plan.Lifecycle}.Says(a)
	return says, there
}

// moved reports whether a document says something else than the version that the
// project follows, and than what is proposed.
func (d *Data) moved(p *Place) bool {
	if d.Record.Values[record.LessonPart] == record.LessonNewItem {
		return p.Says != "" && p.Says != d.wording()
	}
	today, there := d.today()
	return there && p.Says != today && p.Says != d.wording()
}

// into says what accepting would do to a document.
func (p *Place) into() string {
	version := ", version " + strconv.Itoa(p.Version)
	switch {
	case p.CopyOf != "":
		return fmt.Sprintf("A new document of your own, “%s”: a copy of %s, which this project follows and which comes with Slipway", p.Name, p.CopyOf)
	case p.Followed:
		version += ", which this project follows"
	default:
		version += ", which this project does not follow"
	}
	if p.Draft {
		return p.Name + version + "; there is a draft of it"
	}
	return p.Name + version + "; a draft of it is begun"
}

func (d *Data) intoField(st *record.State) ui.Field {
	return d.moveField(st, "into", "Into which document", "")
}

// intoOptions offer the documents. Where the project follows one of them, that is where
// the proposal belongs; otherwise somebody has to say.
func (d *Data) intoOptions() []ui.Option {
	var out []ui.Option
	chosen := d.Move.Into
	for i := range d.Places {
		p := &d.Places[i]
		if chosen == "" && p.Followed {
			chosen = p.Key
		}
		out = append(out, ui.Option{Value: p.Key, Label: p.into(), Selected: chosen == p.Key})
	}
	if chosen == "" {
		return append([]ui.Option{{Label: "Choose"}}, out...)
	}
	return out
}

// words say what became of an accepted lesson.
func (a *Answer) words() string {
	version := "version " + strconv.Itoa(a.Version)
	switch {
	case a.Published && a.Says:
		return "It says so since " + version + "."
	case a.Published:
		return "It was published as " + version + " with other words than these."
	case a.Draft:
		return "The draft of " + version + " says so. It is not published yet."
	}
	return "The draft of " + version + " was discarded before it was published. Propose it again if it still matters."
}

func (a *Answer) href() string {
	switch {
	case a.Published && a.Item != "":
		return page.LifecycleURL(a.Key, a.Version) + "#item-" + string(a.Item)
	case a.Published:
		return page.LifecycleURL(a.Key, a.Version)
	case a.Draft && a.Edits && a.Item != "":
		return page.DraftItemURL(a.Key, a.Item)
	case a.Draft && a.Edits:
		return page.DraftURL(a.Key)
	}
	return ""
}

// items are all items of the plan.
func (v *View) items(chosen plan.ItemKey) []ui.Option {
	out := []ui.Option{{Value: "", Label: "None", Selected: chosen == ""}}
	known := chosen == ""
	for i := range v.Review.Plan.Stages {
		st := &v.Review.Plan.Stages[i]
		for j := range st.Items {
			it := &st.Items[j]
			out = append(out, ui.Option{Value: string(it.Key), Label: page.StageTitle(i, st) + ": " + it.Title, Selected: it.Key == chosen})
			known = known || it.Key == chosen
		}
	}
	if !known {
		out = append(out, ui.Option{Value: string(chosen), Label: string(chosen) + ", which the plan no longer asks", Selected: true})
	}
	return out
}

// acceptWhy says why a lesson cannot be accepted here although it is proposed; empty:
// it can.
func (d *Data) acceptWhy() string {
	if len(d.Places) > 0 {
		return ""
	}
	return "No document that can be changed here has this item. Have the lesson propose something about another item, or decline it."
}
