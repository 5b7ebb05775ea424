package gate

import (
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// gateRecord is a record on which the gate decides, or decided.
type gateRecord struct {
	look              ui.State
	state, name, href string
	title, text, due  string
	facts             []string
	warnings          []string // and how the project stands that it is about
	since             string   // what has become of it since the gate passed
}

// records are those on which the gate decides, in the order of the kinds: as they
// were when it passed, while it stands.
func (v *view) records() []gateRecord {
	decided := v.Review.RecordsAt(v.Stage)
	var out []gateRecord
	for _, k := range record.Kinds() {
		for i := range decided {
			if decided[i].Kind == k.Key {
				out = append(out, v.record(k, &decided[i]))
			}
		}
	}
	return out
}

func (v *view) record(k *record.Kind, rec *review.SignedRecord) gateRecord {
	then := rec.Record()
	st := then.Standing()
	out := gateRecord{
		look: page.RecordLook(st, then.Overdue(v.Now)), state: st.Label, name: then.Name(), href: page.RecordURL(v.key, rec.Kind, rec.No),
		title: rec.Title, text: rec.Why,
		warnings: append(then.Warnings(), page.TermsRemarks(v.Review, &then, v.Now)...),
	}
	if !v.Past {
		if text, _ := page.OtherStands(&then, v.Others, v.Now); text != "" {
			out.warnings = append(out.warnings, text)
		}
	}
	if k.Score != nil {
		out.facts = append(out.facts, page.Capital(k.Score(rec.Values).Word))
	}
	if now := v.Review.Kept(rec.No); now != nil {
		if f, ok := page.LatestFigure(now, v.Now); ok {
			out.facts = append(out.facts, f.Sentence())
			if f.Text != "" {
				out.facts = append(out.facts, f.Word)
			}
		}
	}
	if d := rec.DueDay(); !d.IsZero() {
		out.due = k.Due + " " + page.ShortDate(d, v.Now)
		if then.Overdue(v.Now) {
			out.due = page.Capital(k.One) + " " + k.Overdue + " since " + page.ShortDate(d, v.Now)
		}
	}
	if now := v.Review.Kept(rec.No); now != nil && now.Version != rec.Version && !v.Past {
		out.since = "Since then " + strings.ToLower(now.Standing().Label) + "."
	}
	return out
}

// keepsRecords reports whether whoever looks may add records here.
func (v *view) keepsRecords() bool {
	return !v.Past && v.Review.Project.Status != review.StatusStopped && review.May(v.Actor, review.KeepRecords, &v.Review.Project) == nil
}

// lessonURL is the form of a lesson that comes from the gate's last round.
func (v *view) lessonURL() string {
	round := record.Point{Review: v.Review.No, Stage: string(v.stage), No: len(v.Stage.Rounds)}
	return page.RecordFromURL(v.key, record.Lesson, round.Source())
}

// reportedRecord is a record as the report tells it.
type reportedRecord struct {
	look                                             ui.State
	name, title, text, state, why, owner, due, gates string
	facts, warnings                                  []string
}

// records are all that the project keeps, by number.
func (v *reportView) records() []reportedRecord {
	var out []reportedRecord
	for i := range v.Review.Records {
		rec := &v.Review.Records[i]
		out = append(out, reportedRecord{
			look: page.RecordLook(rec.Standing(), rec.Overdue(v.At)), name: rec.Name(), title: rec.Title, text: rec.Text, state: rec.Standing().Label,
			why: rec.Why, owner: page.NameOrNone(v.Name, rec.Owner), due: page.DayOrNone(rec.DueDay()), facts: recordFacts(rec, v.Others, v.At),
			warnings: append(rec.Warnings(), page.TermsRemarks(v.Review, rec, v.At)...), gates: page.RecordGates(rec),
		})
	}
	return out
}

func recordFacts(rec *review.Record, others review.Others, at time.Time) []string {
	facts := page.RecordLines(rec.Def(), rec.Values, others)
	if f, ok := page.LatestFigure(rec, at); ok {
		facts = append(facts, "Latest value: "+f.Sentence())
	}
	return facts
}
