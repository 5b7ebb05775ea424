package gate

import (
	"errors"
	"slices"
	"strconv"
	"time"

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
		base := ui.Seat{Name: seat.Label(), Mandatory: slices.Contains(v.policy.Mandatory, seat)}
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

// unsigned is the row of a seat in which no sign-off counts: who could sign, if
// anybody is or may still be asked.
func (v *view) unsigned(row ui.Seat, seat review.Seat) ui.Seat {
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
func latest(round *review.Round, seat review.Seat) []review.SignOff {
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
func (v *view) candidates(seat review.Seat) (who string, able bool) {
	h := v.Holders[seat]
	if v.Past {
		return "", false
	}
	if h.Total == 0 {
		return "nobody holds this seat; an admin can give it", false
	}
	var free, barred []string
	for i, p := range h.People {
		name := v.Name(p)
		if i < len(h.For) && h.For[i] != 0 {
			name += " for " + v.Name(h.For[i])
		}
		switch {
		case v.sod && v.Stage.Excluded(v.open, p) != "":
			barred = append(barred, name)
		case !v.recused(p) && !slices.ContainsFunc(v.counting, func(c review.SignOff) bool { return c.Person == p }):
			free = append(free, name)
		}
	}
	if more := h.Total - len(h.People); more > 0 {
		free = append(free, page.CountOf(more, "other"))
	}
	switch {
	case len(free) > 0:
		return page.Enumerate(free, "or"), true
	case len(barred) > 0:
		return page.Enumerate(barred, "and") + " may not: separation of duties; an admin can give the seat to somebody else", false
	}
	return "all holders have signed in another seat or stepped back", false
}

// recused reports whether a person stepped back from the open round.
func (v *view) recused(p review.PersonID) bool {
	return v.open != nil && slices.ContainsFunc(v.open.SignOffs, func(so review.SignOff) bool { return so.Person == p && so.Decision == review.Recuse })
}

// signing is what the reader can do about the open round.
type signing struct {
	seats  []review.Seat   // in which the reader may sign go or return
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
		return signing{why: "You hold none of this gate's seats: " + page.SeatWords(v.policy.Seats, "or") + ". An admin gives seats; the people page shows who holds which."}
	}
	if v.recused(v.Actor.Person) {
		return signing{why: "You stepped back from this round. page.Somebody else in the seat signs it."}
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
			s.seats = []review.Seat{so.Seat}
		} else if so.Digest != v.digest {
			s.stale = so
		}
	}
	// Who signed before signs again in the same seat, with one button.
	if s.stale != nil && slices.Contains(s.seats, s.stale.Seat) {
		s.seats = []review.Seat{s.stale.Seat}
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
func (v *view) holder(seat review.Seat) review.PersonID {
	held, err := v.Review.Mandate(v.Actor, v.Stage, seat)
	if err != nil {
		return 0
	}
	return held.For
}

// freeSeats leaves out the seats in which the reader may not sign, for example
// because the seat's holder has signed and the two sign once between them. why
// is set when none is left.
func (v *view) freeSeats(seats []review.Seat) (free []review.Seat, why string) {
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

// again says on the button that the reader has signed before.
func (s signing) again() string {
	if s.stale != nil {
		return " again"
	}
	return ""
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

func (v *view) seatOptions(s signing, form string) []ui.Option {
	chosen := review.Seat("")
	if v.Form.Action == form {
		chosen = review.Seat(v.Form.Typed.Get("seat"))
	}
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

func (v *view) seatField(form string) ui.Field { return v.field(form, "seat", "Sign as") }

func (v *view) noteField(form string) ui.Field {
	f := v.field(form, "note", "Note")
	f.Optional = true
	if form == FormRecuse {
		f.Label, f.Optional = "Why do you step back?", false
	}
	return f
}

// findingsField takes one finding a line.
func (v *view) findingsField() ui.Field {
	f := v.field(FormSign, "findings", "What has to be put right")
	f.Hint = "One finding a line. The team answers each before the next round."
	return f
}

// returning reports whether the part of the form that sends a stage back
// stands open.
func (v *view) returning() bool {
	return v.Form.Action == FormSign && (v.Form.Typed.Get("decision") == string(review.Return) || v.findingsField().Value != "")
}

// changedAt is when an item last changed after the reader's baseline; zero
// when it has not.
func (v *view) changedAt(it *review.Item) time.Time {
	var at time.Time
	note := func(t time.Time) {
		if t.After(v.since.at) && t.After(at) {
			at = t
		}
	}
	if v.since.at.IsZero() {
		return at
	}
	note(it.Answer.At)
	note(it.Answer.ApprovedAt)
	note(waiverChanged(v.Stage, it.Def.Key))
	for i := range v.Stage.Evidence {
		if e := &v.Stage.Evidence[i]; e.Item == it.Def.Key {
			note(e.At)
			note(e.RemovedAt)
		}
	}
	return at
}

// contentChange is one change of what is signed, in words.
type contentChange struct {
	what, from, to, href string
	who                  string
	at                   time.Time
	fresh                bool // made after the reader had opened the page on which they decided
}

// changes are what changed since the baseline or, when the content changed
// under the reader's decision, since they had opened the page; newest first.
func (v *view) changes() []contentChange {
	var out []contentChange
	for i := range v.Changes {
		en := &v.Changes[i]
		fresh := v.Form.Seen > 0 && en.Seq > v.Form.Seen
		if !fresh && (v.since.at.IsZero() || !en.At.After(v.since.at)) {
			continue
		}
		c := v.change(en)
		if c.what == "" {
			continue
		}
		c.who, c.at, c.fresh = v.Name(en.Actor), en.At, fresh
		out = append(out, c)
	}
	return out
}

// freshChanges are those under the reader's decision.
func (v *view) freshChanges() []contentChange {
	return slices.DeleteFunc(v.changes(), func(c contentChange) bool { return !c.fresh })
}

func (v *view) change(en *review.Entry) contentChange {
	sk, ik := review.Subject(en.Event)
	title, href := string(ik), page.ItemURL(v.key, sk, ik)
	if it := v.Stage.Item(ik); it != nil {
		title = it.Def.Title
	}
	switch e := en.Event.(type) {
	case review.ItemAnswered:
		if e.From == e.To {
			return contentChange{what: title + ": note changed", href: href, from: e.FromNote, to: e.Note}
		}
		return contentChange{what: title + ": answer changed", href: href, from: e.From.Label(), to: e.To.Label()}
	case review.NotApplicableApproved:
		return contentChange{what: title + ": approved as not applicable", href: href}
	case review.EvidenceAdded:
		return contentChange{what: title + ": evidence linked", href: href + "#evidence", to: e.Title}
	case review.EvidenceRemoved:
		return contentChange{what: title + ": evidence removed", href: href + "#evidence", from: v.evidenceTitle(e.No)}
	case review.FindingAnswered:
		return contentChange{what: "Finding " + strconv.Itoa(e.No) + " answered", href: "#" + page.FindingID(e.No), to: e.Answer}
	case review.FindingReopened:
		return contentChange{what: "Answer to finding " + strconv.Itoa(e.No) + " not accepted", href: "#" + page.FindingID(e.No), to: e.Reason}
	case review.WaiverGranted, review.WaiverExtended, review.WaiverRevoked:
		return v.waiverChange(title, href, e)
	case review.ProjectEdited:
		for _, c := range e.Changes {
			if c.Field == "tier" || c.Field == "profile" {
				return contentChange{what: "The project's " + c.Field + " changed", href: page.ProjectURL(v.key), from: c.From, to: c.To}
			}
		}
	}
	return contentChange{}
}

func (v *view) evidenceTitle(no int) string {
	for i := range v.Stage.Evidence {
		if v.Stage.Evidence[i].No == no {
			return v.Stage.Evidence[i].Title
		}
	}
	return ""
}
