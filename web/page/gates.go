package page

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// What the forms of the page do.
const (
	GatesRequest = "request"
	GatesSign    = "sign"
)

// GatesData is the page on which several gates are decided together.
type GatesData struct {
	Review  *review.Review
	Actor   review.Actor
	Now     time.Time
	Names   Names
	Do      string   // of the form that was refused
	Picked  []string // its gates
	Text    string   // its reason or note
	Effort  review.Effort
	Errors  map[string]string
	Problem string
}

// GateRow is a gate that somebody can choose.
type GateRow struct {
	Name, Href, Pick string
	Lines            []string
}

func (d *GatesData) key() review.ProjectKey { return d.Review.Project.Key }

// requests are the stages whose sign-off the reader can ask for now.
func (d *GatesData) requests() []GateRow {
	var out []GateRow
	for _, s := range requestable(d.Review, d.Actor, d.Now) {
		row := d.row(s, "")
		if early := d.Review.EarlierOpen(s, d.Now); len(early) > 0 {
			row.Lines = append(row.Lines, "Not passed yet before it: "+Enumerate(early, "and")+".")
		}
		out = append(out, row)
	}
	return out
}

// signs are the gates that the reader can approve now.
func (d *GatesData) signs() []GateRow {
	var out []GateRow
	for i := range d.Review.Stages {
		s := &d.Review.Stages[i]
		seats := d.Review.SeatsToSign(d.Actor, s)
		if len(seats) == 0 {
			continue
		}
		row := d.row(s, seats[0])
		round := s.OpenRound()
		row.Lines = append([]string{"You sign as " + seats[0].Label() + "."}, row.Lines...)
		row.Lines = append(row.Lines, "Asked for by "+d.Names(round.RequestedBy)+" on "+round.RequestedAt.Format("2 Jan 2006")+".")
		if slices.ContainsFunc(round.SignOffs, func(so review.SignOff) bool { return so.Person == d.Actor.Person }) {
			row.Lines = append(row.Lines, "What you said before was about earlier content.")
		}
		out = append(out, row)
	}
	return out
}

// row says what a gate's content comes to.
func (d *GatesData) row(s *review.Stage, seat plan.Seat) GateRow {
	roll := d.Review.Rollup(s, d.Now)
	settled := strconv.Itoa(int(roll.MustDone)) + " of " + CountOf(int(roll.MustTotal), "required item")
	if roll.ShouldTotal > 0 {
		settled += ", " + strconv.Itoa(int(roll.ShouldDone)) + " of " + strconv.Itoa(int(roll.ShouldTotal)) + " recommended"
	}
	lines := []string{settled + " settled."}
	na, waived := 0, 0
	for i := range s.Items {
		it := &s.Items[i]
		if !applies(it) {
			continue
		}
		if it.Answer.State == review.NotApplicable {
			na++
		}
		if s.Waived(it.Def.Key, d.Now) != nil {
			waived++
		}
	}
	var but []string
	if na > 0 {
		but = append(but, CountOf(na, "item")+" said not to apply")
	}
	if waived > 0 {
		but = append(but, CountOf(waived, "waiver"))
	}
	if n := len(s.OpenConditions()); n > 0 {
		but = append(but, CountOf(n, "open condition"))
	}
	if len(but) > 0 {
		lines = append(lines, "Among them "+Enumerate(but, "and")+".")
	}
	return GateRow{
		Name: s.Def.Name, Href: GateURL(d.key(), s.Def.Key), Lines: lines,
		Pick: strings.Join([]string{string(s.Def.Key), string(seat), string(d.Review.Digest(s))}, "."),
	}
}

// Pick reads what a box says: a gate, the seat, and the content that was shown.
func Pick(value string) review.GateShown {
	stage, rest, _ := strings.Cut(value, ".")
	seat, digest, _ := strings.Cut(rest, ".")
	return review.GateShown{Stage: plan.StageKey(stage), Seat: plan.Seat(seat), Digest: review.Digest(digest)}
}

// picked reports whether a gate was chosen in the form that was refused, on
// whatever content: it is to be looked at again, not lost.
func (d *GatesData) picked(do string, row *GateRow) bool {
	return d.Do == do && slices.Contains(d.Picked, row.Pick)
}

func (d *GatesData) field(do string) ui.Field {
	f := ui.Field{Name: "text", ID: "text-" + do, Label: "Note", Hint: "Optional. It stands beside each of the signatures."}
	if do == GatesRequest {
		f.Label, f.Hint, f.Value = "Why together", "Each request carries it. Approvers read it where an earlier gate has not passed.", "Asked for together."
	}
	if d.Do == do {
		f.Value, f.Error = d.Text, d.Errors["text"]
	}
	return f
}

// effort asks what each of the gates took: one answer has to do for all of them.
func (d *GatesData) effort() ui.Field {
	return ui.Field{Name: "effort", Label: "Minutes that each took you, about", Optional: true, Error: d.Errors["effort"]}
}

// EffortOptions are how long deciding can have taken.
func EffortOptions(chosen review.Effort) []ui.Option {
	var out []ui.Option
	for _, e := range review.Efforts() {
		out = append(out, ui.Option{Value: string(e), Label: minutes(e), Selected: chosen == e})
	}
	return out
}

// minutes is an effort where there is little room.
func minutes(e review.Effort) string {
	switch e {
	case review.EffortUnder5:
		return "under 5"
	case review.EffortTo15:
		return "5–15"
	case review.EffortTo60:
		return "15–60"
	}
	return "over 60"
}

// GatesTogether reports whether there are several gates that somebody could ask
// for, or approve, in one press.
func GatesTogether(r *review.Review, who review.Actor, now time.Time) bool {
	signs := 0
	for i := range r.Stages {
		if len(r.SeatsToSign(who, &r.Stages[i])) > 0 {
			signs++
		}
	}
	return signs > 1 || len(requestable(r, who, now)) > 1
}

func requestable(r *review.Review, who review.Actor, now time.Time) []*review.Stage {
	var out []*review.Stage
	for i := range r.Stages {
		if s := &r.Stages[i]; r.Requestable(who, s, now) {
			out = append(out, s)
		}
	}
	return out
}

func (d *GatesData) chosen() ui.Field {
	return ui.Field{Name: "gate", Label: "Gates", Error: d.Errors["gate"]}
}

func readWord(do string) string {
	if do == GatesSign {
		return "Read it"
	}
	return "Look at it"
}
