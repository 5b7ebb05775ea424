package gate

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// seatRows are who signs and what each has said: every sign-off of the round
// in question and, for a seat without one that counts, who could sign.
func (v *view) seatRows() []ui.Seat {
	var rows []ui.Seat
	round := v.shownRound()
	for _, seat := range v.policy.Seats {
		base := ui.Seat{Name: seat.Label(), Mandatory: slices.Contains(v.policy.Mandatory, seat), Until: v.sitsUntil(seat)}
		signOffs, given := latest(round, seat), 0
		for _, so := range signOffs {
			row := base
			row.State, row.Word = v.signOffLook(round, &so)
			row.Person, row.At, row.Note = v.signer(&so), so.At, so.Note
			if so.Decision.Goes() && row.State != ui.Warn {
				given++
			}
			rows = append(rows, row)
		}
		if given > 0 || v.open == nil && len(signOffs) > 0 {
			continue
		}
		rows = append(rows, v.unsigned(base, seat))
	}
	return rows
}

// askedFirst says who is named to approve, and of whom of them nobody can ask a
// signature here; empty where nobody is named.
func (v *view) askedFirst() string {
	var can, cannot []string
	for _, p := range v.Review.Project.Approvers() {
		if v.sits(p) {
			can = append(can, v.Name(p))
		} else {
			cannot = append(cannot, v.Name(p))
		}
	}
	var out []string
	if len(can) > 0 {
		out = append(out, "Asked first: "+page.Enumerate(can, "and")+".")
	}
	if len(cannot) > 0 {
		out = append(out, "Named to approve without a seat here: "+page.Enumerate(cannot, "and")+".")
	}
	return strings.Join(out, " ")
}

// sits reports whether somebody is known to hold a seat of the gate.
func (v *view) sits(p review.PersonID) bool {
	return slices.ContainsFunc(v.policy.Seats, func(s plan.Seat) bool {
		return slices.Contains(v.Holders[s].People, p) || slices.Contains(v.Able[s].People, p)
	})
}

// sitsUntil says of a seat that it is at the gate only until somebody answers a
// question about the project.
func (v *view) sitsUntil(seat plan.Seat) string {
	open := v.Review.Project.SitsUntil(&v.Stage.Def.Gate, seat)
	if len(open) == 0 {
		return ""
	}
	return "Sits here until somebody answers " + page.Questions(&v.Review.Plan.Lifecycle, open)
}

// canAnswerQuestions reports whether the reader can answer what a seat waits for.
func (v *view) canAnswerQuestions() bool {
	return !v.Past && review.May(v.Actor, review.EditProject, &v.Review.Project) == nil &&
		slices.ContainsFunc(v.policy.Seats, func(s plan.Seat) bool { return v.sitsUntil(s) != "" })
}

// unsigned is the row of a seat in which no sign-off counts: who could sign, if
// anybody is or may still be asked.
func (v *view) unsigned(row ui.Seat, seat plan.Seat) ui.Seat {
	who, able := v.candidates(seat)
	switch {
	case v.open != nil && !able && !v.Past:
		row.State, row.Word = ui.Warn, "Nobody can sign"
	case v.open != nil:
		row.State, row.Word = ui.Wait, "Waiting"
	case v.last == nil:
		row.State, row.Word = ui.Open, "Not asked yet"
	case v.last.Outcome == review.OutcomeForced:
		row.State, row.Word = ui.Warn, "Not signed: break-glass"
	default:
		row.State, row.Word = ui.Open, "Not signed"
	}
	if v.open != nil || v.requestable() {
		row.Person = who
	}
	return row
}

// shownRound is the round whose sign-offs the table of seats shows: the open
// one, or the one that signatures decided.
func (v *view) shownRound() *review.Round {
	if v.open != nil {
		return v.open
	}
	if v.last != nil && (v.last.Outcome.Passes() || v.last.Outcome == review.OutcomeReturned) {
		return v.last
	}
	return nil
}

// latest are the newest sign-offs in a seat, one a person, in order.
func latest(round *review.Round, seat plan.Seat) []review.SignOff {
	if round == nil {
		return nil
	}
	var out []review.SignOff
	for _, so := range round.SignOffs {
		if so.Seat != seat {
			continue
		}
		out = slices.DeleteFunc(out, func(o review.SignOff) bool { return o.Person == so.Person })
		out = append(out, so)
	}
	return out
}

// signOffLook says whether a sign-off stands, and on which content it was
// given.
func (v *view) signOffLook(round *review.Round, so *review.SignOff) (ui.State, string) {
	state, word := page.DecisionLook(so.Decision)
	if !so.Decision.Goes() {
		return state, word
	}
	if round.Outcome == review.OutcomeReturned {
		return ui.Warn, word + ", no longer counts"
	}
	if round.Outcome != review.OutcomeOpen {
		if so.Digest != round.Closing {
			return ui.Warn, word + ", on earlier content"
		}
		if v.standing == review.GateChanged {
			return ui.Warn, word + ", changed since"
		}
		if v.standing == review.GateOpenAgain {
			return ui.Warn, word + ", reopened since"
		}
		return state, word
	}
	if so.Digest != v.digest {
		return ui.Warn, word + ", out of date"
	}
	if !slices.ContainsFunc(v.counting, func(c review.SignOff) bool { return c.No == so.No }) {
		return ui.Warn, word + ", no longer counts"
	}
	return state, word + ", on this content"
}

// signer names who signed, and for whom.
func (v *view) signer(so *review.SignOff) string {
	if so.For != 0 {
		return v.Name(so.Person) + " for " + v.Name(so.For)
	}
	return v.Name(so.Person)
}

// candidates says who could sign in a seat or, when nobody is able to, why.
func (v *view) candidates(seat plan.Seat) (who string, able bool) {
	if v.Past {
		return "", false
	}
	if h := v.Able[seat]; h.Total > 0 {
		names := v.names(h)
		if more := h.Total - len(h.People); more > 0 {
			names = append(names, page.CountOf(more, "other"))
		}
		return page.Enumerate(names, "or"), true
	}
	h := v.Holders[seat]
	if h.Total == 0 {
		return "nobody holds this seat; an admin can grant it", false
	}
	var barred SeatHolders
	for i, p := range h.People {
		if v.sod && v.Stage.Excluded(v.open, p) != "" {
			barred.People, barred.For = append(barred.People, p), append(barred.For, h.standsInFor(i))
		}
	}
	switch {
	case len(barred.People) > 0:
		return page.Enumerate(v.names(barred), "and") + " may not: separation of duties; an admin can grant the seat to somebody else", false
	case v.Review.Project.Restricted:
		return "each holder has signed in another seat, has recused themselves, or cannot see this restricted project", false
	}
	return "all holders have signed in another seat or recused themselves", false
}

// names are those of people in a seat, each with the one they stand in for.
func (v *view) names(h SeatHolders) []string {
	names := make([]string, len(h.People))
	for i, p := range h.People {
		names[i] = v.Name(p)
		if holder := h.standsInFor(i); holder != 0 {
			names[i] += " for " + v.Name(holder)
		}
	}
	return names
}

func (h SeatHolders) standsInFor(i int) review.PersonID {
	if i < len(h.For) {
		return h.For[i]
	}
	return 0
}

// recused reports whether a person stepped back from the open round.
func (v *view) recused(p review.PersonID) bool {
	return v.open != nil && slices.ContainsFunc(v.open.SignOffs, func(so review.SignOff) bool { return so.Person == p && so.Decision == review.Recuse })
}

// signing is what the reader can do about the open round.
type signing struct {
	seats  []plan.Seat     // in which the reader may sign go or return
	signed *review.SignOff // that counts already
	stale  *review.SignOff // given in this round, on earlier content
	held   review.PersonID // whose stand-in the reader is in the one seat; 0: nobody's
	name   string          // of that person
	why    string          // why the reader may not sign; empty when it is allowed
}

// form reports whether there is anything to fill in.
func (s signing) form() bool { return s.why == "" && len(s.seats) > 0 }

// signing finds out whether the reader may sign, and says exactly why not.
func (v *view) signing() signing {
	if v.open == nil {
		return signing{why: "No request is waiting for sign-off here."}
	}
	if st := v.Review.Project.Status; st != review.StatusActive {
		return signing{why: "The project is " + string(st) + "; nothing can be signed until it is resumed."}
	}
	var s signing
	for _, seat := range v.policy.Seats {
		if v.Actor.Sits(seat, v.Review.Project.ID) {
			s.seats = append(s.seats, seat)
		}
	}
	if len(s.seats) == 0 || !v.may(review.SignGate) {
		return signing{why: "You hold none of this gate's seats: " + page.SeatWords(v.policy.Seats, "or") + ". Admins grant seats; the people page shows who holds which."}
	}
	if v.recused(v.Actor.Person) {
		return signing{why: "You recused yourself from this round. Somebody else in the seat signs it."}
	}
	if v.sod {
		if why := v.Stage.Excluded(v.open, v.Actor.Person); why != "" {
			return signing{why: "Separation of duties: " + why}
		}
	}
	if s.seats, s.why = v.freeSeats(s.seats); s.why != "" {
		return s
	}
	for i := range v.open.SignOffs {
		so := &v.open.SignOffs[i]
		if so.Person != v.Actor.Person || !so.Decision.Goes() {
			continue
		}
		if slices.ContainsFunc(v.counting, func(c review.SignOff) bool { return c.No == so.No }) {
			s.signed, s.stale = so, nil
			s.seats = []plan.Seat{so.Seat}
		} else if so.Digest != v.digest {
			s.stale = so
		}
	}
	// Somebody who signed before signs again in the same seat, with one button.
	if s.stale != nil && slices.Contains(s.seats, s.stale.Seat) {
		s.seats = []plan.Seat{s.stale.Seat}
	}
	if len(s.seats) == 1 {
		if s.held = v.holder(s.seats[0]); s.held != 0 {
			s.name = v.Name(s.held)
		}
	}
	return s
}

// holder is whose stand-in the reader would sign as in a seat; 0 when they hold
// it in their own right.
func (v *view) holder(seat plan.Seat) review.PersonID {
	held, err := v.Review.Mandate(v.Actor, v.Stage, seat)
	if err != nil {
		return 0
	}
	return held.For
}

// freeSeats leaves out the seats in which the reader may not sign, for example
// because the seat's holder has signed and the two sign once between them. why
// is set when none is left.
func (v *view) freeSeats(seats []plan.Seat) (free []plan.Seat, why string) {
	for _, seat := range seats {
		_, err := v.Review.Mandate(v.Actor, v.Stage, seat)
		var denied *review.Denied
		if errors.As(err, &denied) && why == "" {
			why = denied.Why
		}
		if err == nil {
			free = append(free, seat)
		}
	}
	if len(free) > 0 {
		why = ""
	}
	return free, why
}

// asSeat names the seat on the buttons when there is no choice.
func (s signing) asSeat() string {
	switch {
	case len(s.seats) == 1 && s.held != 0:
		return " as " + s.seats[0].Label() + " for " + s.name
	case len(s.seats) == 1:
		return " as " + s.seats[0].Label()
	}
	return ""
}

func (v *view) seatOptions(s signing) []ui.Option {
	chosen := plan.Seat(v.typed("seat"))
	options := make([]ui.Option, len(s.seats))
	for i, seat := range s.seats {
		label := seat.Label()
		if holder := v.holder(seat); holder != 0 {
			label += ", for " + v.Name(holder)
		}
		options[i] = ui.Option{Value: string(seat), Label: label, Selected: seat == chosen}
	}
	return options
}

func (v *view) seatField() ui.Field { return v.field(FormSign, "seat", "Sign as") }

func (v *view) decisionField() ui.Field { return v.field(FormSign, "decision", "Decision") }

// typed is what the form of a decision held for a field when it was refused.
func (v *view) typed(name string) string {
	if v.Form.Action != FormSign {
		return ""
	}
	return v.Form.Typed.Get(name)
}

// decisionOptions are the decisions that the reader can take. Nothing is chosen
// for them but what they chose before on earlier content.
func (v *view) decisionOptions(s signing) []ui.Option {
	chosen := review.Decision(v.typed("decision"))
	if v.Form.Action != FormSign && s.stale != nil {
		chosen = s.stale.Decision
	}
	var options []ui.Option
	add := func(d review.Decision, label, hint string) {
		options = append(options, ui.Option{Value: string(d), Label: label, Hint: hint, Selected: d == chosen})
	}
	if s.signed == nil {
		add(review.Go, "Approve"+s.asSeat(), "")
		add(review.Conditional, "Approve with conditions", "Each names what is done, by whom and by when. One that is overdue reopens the gate.")
	}
	add(review.Return, "Return with findings", "The team answers each before the next round.")
	add(review.Recuse, "Recuse myself", "You sign nothing in this round; what you signed in it no longer counts. Say why in the note.")
	return options
}

func (v *view) noteField() ui.Field {
	f := v.field(FormSign, "note", "Note")
	f.Hint = "Everybody reads it. Optional, unless you recuse yourself."
	return f
}

func (v *view) effortField() ui.Field {
	f := v.field(FormSign, "effort", "Minutes it took you")
	f.Optional = true
	return f
}

func (v *view) efforts() []ui.Option {
	if v.Form.Action != FormSign {
		return page.EffortOptions("")
	}
	return page.EffortOptions(review.Effort(v.Form.Typed.Get("effort")))
}

// findingsField takes one finding a line.
func (v *view) findingsField() ui.Field {
	f := v.field(FormSign, "findings", "What has to be put right")
	f.Hint = "One finding a line."
	return f
}

// button says what the one button does.
func (s signing) button() string {
	if s.stale != nil {
		return "Sign again" + s.asSeat()
	}
	return "Record decision"
}

// slot is a signature that the gate asks for: given, or still to come.
type slot struct{ initials, name string }

// slots are the signatures of the round in question, and the empty places up to
// the quorum.
func (v *view) slots() []slot {
	var out []slot
	round := v.shownRound()
	for _, seat := range v.policy.Seats {
		for _, so := range latest(round, seat) {
			if v.stands(round, &so) {
				out = append(out, slot{initials(v.Name(so.Person)), v.Name(so.Person) + ", " + seat.Label()})
			}
		}
	}
	for len(out) < v.policy.Quorum {
		out = append(out, slot{})
	}
	return out
}

// slotText counts them: "2 of 5 signatures".
func (v *view) slotText() string {
	given := 0
	for _, s := range v.slots() {
		if s.name != "" {
			given++
		}
	}
	text := strconv.Itoa(given) + " of " + page.CountOf(v.policy.Quorum, "signature")
	if round := v.shownRound(); v.open == nil && round != nil && round.No > 1 {
		text += ", round " + strconv.Itoa(round.No)
	}
	return text
}

// stands reports whether a sign-off counts, or did when its round ended.
func (v *view) stands(round *review.Round, so *review.SignOff) bool {
	switch {
	case !so.Decision.Goes():
		return false
	case round.Outcome == review.OutcomeOpen:
		return slices.ContainsFunc(v.counting, func(c review.SignOff) bool { return c.No == so.No })
	}
	return round.Outcome.Passes() && so.Digest == round.Closing
}

// initials are the first letters of a name's first and last word.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) > 2 {
		words = []string{words[0], words[len(words)-1]}
	}
	var out []rune
	for _, w := range words {
		out = append(out, unicode.ToUpper([]rune(w)[0]))
	}
	return string(out)
}
