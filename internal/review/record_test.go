package review_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// aRisk is what somebody types of a risk, as likely and as bad as it says.
func aRisk(likelihood, impact string) review.NewRecord {
	return review.NewRecord{RecordFields: review.RecordFields{
		Title: "The provider is down", Owner: member, Due: "2026-06-01", Values: record.Values{"likelihood": likelihood, "impact": impact},
	}}
}

func (w *world) add(p review.PersonID, kind record.Key, in review.NewRecord) int {
	w.Helper()
	no, err := w.r.OpenRecord(w.actor(p), kind, in, w.tick())
	w.ok(err)
	return no
}

// seen is the digest of a record as a page shows it now.
func (w *world) seen(no int) review.Digest { return w.r.Records[no-1].Digest() }

func (w *world) move(p review.PersonID, no int, to record.StateKey, reason string) error {
	return w.r.MoveRecord(w.actor(p), no, w.seen(no), review.RecordMove{To: to, Reason: reason}, w.tick())
}

func (w *world) rewrite(p review.PersonID, no int, change func(*review.NewRecord)) error {
	in := review.NewRecord{RecordFields: w.r.Records[no-1].RecordFields, Links: w.r.Records[no-1].PastedLinks()}
	change(&in)
	return w.r.EditRecord(w.actor(p), no, w.seen(no), in, w.tick())
}

// A risk from its start to its end, and what replaying its trail gives.
func TestARiskIsKept(t *testing.T) {
	w := newWorld(t)
	no := w.add(mate, "risk", aRisk("3", "4"))
	rec := &w.r.Records[no-1]
	if rec.Name() != "R1" || rec.Def().Score(rec.Values).Figure != 12 || rec.State != "open" {
		t.Errorf("it begins as %+v", rec)
	}
	w.refused(w.move(member, no, "treated", ""), "invalid") // nothing is said of how
	w.ok(w.r.MoveRecord(w.actor(member), no, w.seen(no), review.RecordMove{To: "treated", Values: record.Values{"treatment": "A second provider"}}, w.tick()))
	w.refused(w.move(owner, no, "accepted", "cheap"), "denied")
	w.refused(w.move(manager, no, "accepted", ""), "invalid")
	w.ok(w.move(manager, no, "accepted", "It happens once a year, and we refund."))
	w.refused(w.rewrite(member, no, func(in *review.NewRecord) { in.Values = record.Values{"likelihood": "1", "impact": "1"} }), "refused")
	w.ok(w.r.DiscussRecord(w.actor(viewer), no, "Which provider?", "k1", w.tick(), member))
	w.ok(w.move(member, no, "closed", "There are two now."))
	w.refused(w.move(member, no, "treated", ""), "refused")
	if rec := w.r.Records[no-1]; rec.State != "closed" || rec.Values["treatment"] == "" || rec.Comments != 1 || rec.Version != 4 || rec.MovedBy != member {
		t.Errorf("it ends as %+v", rec)
	}
	w.replays()
}

// Whoever owns a risk does not accept it, nor who opened one that nobody owns.
func TestNobodyAcceptsTheirOwnRisk(t *testing.T) {
	w := newWorld(t)
	in := aRisk("2", "2")
	in.Owner = manager
	w.refused(w.move(manager, w.add(mate, "risk", in), "accepted", "fine"), "denied")
	in.Owner = 0
	no := w.add(manager, "risk", in)
	w.refused(w.move(manager, no, "accepted", "fine"), "denied")
	w.ok(w.move(archie, no, "accepted", "fine"))
}

// What is wrong is said by field, and nothing is kept of it.
func TestRecordsThatAreRefused(t *testing.T) {
	incident := func(change func(record.Values)) review.NewRecord {
		v := record.Values{"severity": "2", "started": "2026-03-01T10:00"}
		change(v)
		return review.NewRecord{RecordFields: review.RecordFields{Title: "Cards were refused", Values: v}}
	}
	risk := func(change func(*review.NewRecord)) review.NewRecord {
		in := aRisk("3", "3")
		change(&in)
		return in
	}
	for name, tt := range map[string]struct {
		kind  record.Key
		in    review.NewRecord
		field string
	}{
		"no title":                            {"risk", risk(func(in *review.NewRecord) { in.Title = " " }), "title"},
		"a score outside its range":           {"risk", aRisk("6", "3"), "likelihood"},
		"no impact":                           {"risk", aRisk("3", ""), "impact"},
		"a link that is none":                 {"risk", risk(func(in *review.NewRecord) { in.Links = "https://a.example good\nfile:///etc/passwd" }), "links"},
		"too many links":                      {"risk", risk(func(in *review.NewRecord) { in.Links = strings.Repeat("https://a.example\n", 11) }), "links"},
		"an owner who may not see it":         {"risk", risk(func(in *review.NewRecord) { in.Owner = nobody }), "owner"},
		"a stage of another project":          {"risk", risk(func(in *review.NewRecord) { in.Stage = "launch" }), "stage"},
		"an item that there is not":           {"risk", risk(func(in *review.NewRecord) { in.Item = "launch" }), "item"},
		"no day":                              {"risk", risk(func(in *review.NewRecord) { in.Due = "soon" }), "due"},
		"a debt without a day":                {"debt", review.NewRecord{RecordFields: review.RecordFields{Title: "By hand", Values: record.Values{"cost": "two hours"}}}, "due"},
		"an incident that ended first":        {"incident", incident(func(v record.Values) { v["resolved"] = "2026-03-01T09:00" }), "resolved"},
		"a deadline without an authority":     {"incident", incident(func(v record.Values) { v["deadline"] = "2026-03-04T10:00" }), "authority"},
		"an authority without a deadline":     {"incident", incident(func(v record.Values) { v["authority"] = "The DPA" }), "deadline"},
		"a moment that is none":               {"incident", incident(func(v record.Values) { v["started"] = "yesterday" }), "started"},
		"resolved before it was no longer so": {"incident", incident(func(v record.Values) { v["mitigated"], v["resolved"] = "2026-03-01T12:00", "2026-03-01T11:00" }), "resolved"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			err := w.silent(func() error {
				_, err := w.r.OpenRecord(w.actor(member), tt.kind, tt.in, w.tick())
				return err
			})
			var wrong *review.Invalid
			if !errors.As(err, &wrong) || wrong.Fields[0].Field != tt.field || len(wrong.Fields) != 1 {
				t.Errorf("%v", err)
			}
		})
	}
	w := newWorld(t)
	_, err := w.r.OpenRecord(w.actor(member), "wish", aRisk("3", "3"), w.tick())
	w.refused(err, "not found")
	_, err = w.r.OpenRecord(w.actor(viewer), "risk", aRisk("3", "3"), w.tick())
	w.refused(err, "denied")
}

// All that is wrong with a form is said at once, of each field one thing.
func TestRecordsAreRefusedInOneRound(t *testing.T) {
	w := newWorld(t)
	in := aRelease("registry", "no link", "rehearsed", "2099-01-01", "version", "", "time", "soon")
	in.Due, in.Links = "later", "file:///etc/passwd"
	no := w.add(member, "release", aRelease())
	_, added := w.r.OpenRecord(w.actor(member), "release", in, w.tick())
	_, due := w.r.OpenRecord(w.actor(member), "debt", review.NewRecord{RecordFields: review.RecordFields{Title: "By hand", Due: "soon", Values: record.Values{"cost": "2 h"}}}, w.tick())
	for what, c := range map[string]struct {
		err  error
		want []string
	}{
		"added":   {added, []string{"due", "links", "registry", "rehearsed", "time", "version"}},
		"changed": {w.r.EditRecord(w.actor(member), no, w.seen(no), in, w.tick()), []string{"due", "links", "registry", "rehearsed", "time", "version"}},
		"moved": {w.r.MoveRecord(w.actor(member), no, w.seen(no), review.RecordMove{To: "out", Due: "later", Values: record.Values{"time": "2099-01-01T10:00"}}, w.tick()),
			[]string{"authorised", "due", "time"}},
		"a day that is none": {due, []string{"due"}},
	} {
		var wrong *review.Invalid
		if !errors.As(c.err, &wrong) {
			t.Fatalf("%s: %v", what, c.err)
		}
		var got []string
		for _, f := range wrong.Fields {
			got = append(got, f.Field)
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: wrong are %q, want %q: %v", what, got, c.want, wrong)
		}
	}
}

// The same form sent twice adds one record, and two people who move one record do
// not move it twice.
func TestRecordsSentTwice(t *testing.T) {
	w := newWorld(t)
	a, b := w.add(member, "risk", aRisk("3", "4")), w.add(member, "risk", aRisk("3", "4"))
	if a != b || len(w.r.Records) != 1 {
		t.Errorf("%d and %d of %d", a, b, len(w.r.Records))
	}
	if c := w.add(mate, "risk", aRisk("3", "4")); c != 2 {
		t.Errorf("somebody else's is %d", c)
	}
	before := w.seen(1)
	w.ok(w.move(member, 1, "closed", "gone"))
	w.refused(w.r.MoveRecord(w.actor(mate), 1, before, review.RecordMove{To: "closed", Reason: "It is gone."}, w.tick()), "outdated")
	w.ok(w.silent(func() error {
		return w.r.MoveRecord(w.actor(member), 1, before, review.RecordMove{To: "closed", Reason: "gone"}, w.tick())
	}))
	w.ok(w.silent(func() error { return w.rewrite(member, 2, func(*review.NewRecord) {}) }))
}

// A gate decides on the records that count there, and on no others.
func TestGatesDecideOnRecords(t *testing.T) {
	here := func(sk plan.StageKey) review.NewRecord {
		in := aRisk("3", "4")
		in.Stage = sk
		return in
	}
	for name, tt := range map[string]struct {
		do      func(w *world) error
		changes bool
	}{
		"a new one of the stage":         {func(w *world) error { w.add(mate, "risk", here(build)); return nil }, true},
		"a new one of the whole project": {func(w *world) error { w.add(member, "risk", here("")); return nil }, true},
		"a new one of another stage":     {func(w *world) error { w.add(member, "risk", here(run)); return nil }, false},
		"another text": {func(w *world) error {
			return w.rewrite(member, 1, func(in *review.NewRecord) { in.Text = "At night." })
		}, true},
		"it is closed":             {func(w *world) error { return w.move(member, 1, "closed", "gone") }, true},
		"somebody says something":  {func(w *world) error { return w.r.DiscussRecord(w.actor(viewer), 1, "Why?", "", w.tick()) }, false},
		"it goes to another stage": {func(w *world) error { return w.rewrite(member, 1, func(in *review.NewRecord) { in.Stage = run }) }, true},
		"another text and back": {func(w *world) error {
			return errors.Join(w.rewrite(member, 1, func(in *review.NewRecord) { in.Text = "At night." }), w.rewrite(member, 1, func(in *review.NewRecord) { in.Text = "" }))
		}, true},
		"one that no gate decides on begins": {func(w *world) error { w.add(member, "risk", here(design)); return nil }, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.add(member, "risk", here(build))
			w.open(build)
			before := w.digest(build)
			w.ok(tt.do(w))
			if changed := w.digest(build) != before; changed != tt.changes {
				t.Errorf("what is signed has changed: %t", changed)
			}
			if tt.changes {
				w.hold()
				w.refused(w.r.SignOff(w.actor(quinn), build, review.NewSignOff{Seat: plan.SeatQA, Decision: review.Go, Digest: before}, w.tick()), "stale")
			}
			w.ok(w.sign(quinn, build, plan.SeatQA))
			w.gate(build, review.GatePassed)
			w.replays()
		})
	}
}

// What becomes of a record after the gate has passed takes nothing back: the gate
// keeps what it decided on. When it has to pass again, the records count as they are.
func TestRecordsGoOnAfterAGate(t *testing.T) {
	w := newWorld(t)
	w.add(member, "risk", aRisk("3", "4"))
	w.pass(build)
	w.ok(w.move(member, 1, "closed", "There are two providers now."))
	w.add(member, "debt", review.NewRecord{RecordFields: review.RecordFields{Title: "By hand", Due: "2026-05-01", Values: record.Values{"cost": "two hours"}}})
	w.gate(build, review.GatePassed)
	decided := w.stage(build).Decided()
	if len(decided) != 1 || decided[0].State != "open" || decided[0].No != 1 {
		t.Errorf("it decided on %+v", decided)
	}
	w.ok(w.answer(member, build, "tests", review.Met, "Again."))
	w.gate(build, review.GateChanged)
	w.ok(w.request(owner, build))
	w.signAll(build)
	if decided := w.stage(build).Decided(); len(decided) != 1 || decided[0].Kind != "debt" {
		t.Errorf("the second time it decided on %+v", decided)
	}
	w.replays()
}

// A gate that evidence has run out under is requested on the records as they are.
func TestALapsedGateDecidesOnRecordsAnew(t *testing.T) {
	w := newWorld(t)
	w.pass(build)
	w.add(member, "risk", aRisk("3", "4"))
	w.days(100)
	w.r.Settle(w.now)
	w.gate(build, review.GateLapsed)
	w.ok(w.renew())
	w.ok(w.answer(member, build, "load", review.Met, "by hand"))
	w.ok(w.request(owner, build))
	if round := w.stage(build).OpenRound(); round.Digest != w.digest(build) {
		t.Error("it was out of date when it was requested")
	}
	w.signAll(build)
	w.replays()
}

// So is one of which a condition is overdue: nothing else of it has changed.
func TestAnOverdueGateDecidesOnRecordsAnew(t *testing.T) {
	w := newWorld(t)
	w.open(build)
	w.ok(w.signIf(quinn, build, plan.SeatQA, "2026-03-10", "Write it down."))
	w.gate(build, review.GateConditional)
	w.add(member, "risk", aRisk("3", "4"))
	w.days(30)
	w.r.Settle(w.now)
	w.gate(build, review.GateOverdue)
	w.ok(w.request(owner, build))
	if round := w.stage(build).OpenRound(); round.Digest != w.digest(build) {
		t.Error("it was out of date when it was requested")
	}
	w.ok(w.sign(quinn, build, plan.SeatQA))
	w.gate(build, review.GateOverdue)
	if decided := w.stage(build).Decided(); len(decided) != 1 {
		t.Errorf("it decided on %+v", decided)
	}
	w.replays()
}

// Whoever breaks the glass takes on the records, too.
func TestAForcedGateKeepsItsRecords(t *testing.T) {
	w := newWorld(t)
	w.add(member, "risk", aRisk("5", "5"))
	w.ok(w.force(manager, build))
	w.gate(build, review.GateBreakGlass)
	if decided := w.stage(build).Decided(); len(decided) != 1 {
		t.Errorf("it decided on %+v", decided)
	}
	w.ok(w.move(member, 1, "closed", "gone"))
	w.gate(build, review.GateBreakGlass)
	w.replays()
}

// A high risk that nobody has decided on keeps its gate from being requested.
func TestHighRisksAreDecidedOn(t *testing.T) {
	w := newWorld(t)
	w.fill(build)
	in := aRisk("4", "4")
	in.Stage = build
	w.add(member, "risk", in)
	w.refused(w.request(owner, build), "blocked")
	bs := w.r.RequestBlockers(w.stage(build), w.now)
	if len(bs) != 1 || bs[0].Kind != review.RecordUndecided || bs[0].Record != 1 || bs[0].Owner != member {
		t.Errorf("%+v", bs)
	}
	w.ok(w.move(manager, 1, "accepted", "We refund."))
	w.ok(w.request(owner, build))
}

// A gate that asks for a kind of records is not requested before the project keeps
// one, wherever that counts. Once it has passed, it goes by what it decided on.
func TestAGateAsksForRecords(t *testing.T) {
	w := newWorld(t, func(t *plan.Lifecycle, _ *review.NewProject) { t.Stages[1].Gate.Records = []record.Key{"objective"} })
	w.fill(build)
	w.refused(w.request(owner, build), "blocked")
	bs := w.r.RequestBlockers(w.stage(build), w.now)
	if len(bs) != 1 || bs[0].Kind != review.RecordMissing || bs[0].Type != "objective" || bs[0].Subject != "No objective is kept" {
		t.Errorf("%+v", bs)
	}
	w.add(member, "risk", aRisk("1", "1"))
	no := w.add(member, "objective", anObjective("99"))
	w.ok(w.move(member, no, "retired", "Too much."))
	w.refused(w.request(owner, build), "blocked")
	w.ok(w.move(member, no, "agreed", "Agreed on with the shop."))
	w.pass(build)
	w.ok(w.move(member, no, "retired", "Another team runs it."))
	w.gate(build, review.GatePassed)
	w.replays()
}

// A record's kinds, fields and states fit together.
func TestKindsOfRecords(t *testing.T) {
	marks := map[string]bool{}
	for _, k := range record.Kinds() {
		if marks[k.Mark] {
			t.Errorf("two kinds have the mark %s", k.Mark)
		}
		marks[k.Mark] = true
		if record.Of(k.Key) != k || k.One == "" || k.Many == "" || k.Mark == "" || k.About == "" || k.Title == "" || k.Example == "" {
			t.Errorf("%s lacks a word", k.Key)
		}
		if !plan.ValidKey(string(k.Key)) {
			t.Errorf("%s is no key", k.Key)
		}
		reached := []record.StateKey{k.States[0].Key}
		for range k.States {
			for _, s := range k.States {
				if slices.ContainsFunc(s.From, func(f record.StateKey) bool { return slices.Contains(reached, f) }) {
					reached = append(reached, s.Key)
				}
				for _, f := range s.From {
					if k.State(f) == nil || f == s.Key {
						t.Errorf("%s gets %s from %s", k.Key, s.Key, f)
					}
				}
				for _, f := range s.Needs {
					if k.Field(f) == nil {
						t.Errorf("%s needs %s for %s", k.Key, f, s.Key)
					}
				}
				for _, f := range s.Gives {
					if k.Field(f) == nil || !k.Field(f).Given {
						t.Errorf("%s is given %s for %s", k.Key, f, s.Key)
					}
				}
				if s.Dated && k.Due == "" {
					t.Errorf("%s has no date", k.Key)
				}
				if len(s.From) > 0 && s.Act == "" {
					t.Errorf("nobody can bring a %s to %s", k.Key, s.Key)
				}
			}
		}
		for _, s := range k.States {
			if !slices.Contains(reached, s.Key) {
				t.Errorf("%s never gets %s", k.Key, s.Key)
			}
		}
		for _, f := range k.Columns {
			if k.Field(f) == nil {
				t.Errorf("%s lists %s", k.Key, f)
			}
		}
		for _, f := range k.Fields {
			if f.Label == "" || (f.Type == record.Choice) != (len(f.Choices) > 0) {
				t.Errorf("%s: %s", k.Key, f.Key)
			}
			if slices.Contains([]record.FieldKey{"title", "text", "owner", "due", "stage", "item", "links", "reason", "to", "shown"}, f.Key) {
				t.Errorf("%s has a field %s, as all records have", k.Key, f.Key)
			}
		}
	}
}

// Records that somebody leaves behind go to whoever follows them, or to the
// project's owner where nobody does and they no longer see it.
func TestRecordsThatAreLeftBehind(t *testing.T) {
	w := newWorld(t, restricted)
	in := aRisk("2", "2")
	w.add(mate, "risk", in)
	in.Title = "It burns"
	w.add(mate, "risk", in)
	w.ok(w.move(member, 2, "closed", "It is made of stone."))
	if tasks := w.r.Tasks(member); len(tasks) != 1 || tasks[0].Record != 1 || tasks[0].Title != "R1 The provider is down" {
		t.Errorf("she has to do %+v", tasks)
	}
	w.ok(w.r.HandOver(w.actor(owner), member, mate, "She is away.", w.tick()))
	if a, b := w.r.Records[0], w.r.Records[1]; a.Owner != mate || a.Version != 2 || b.Owner != member {
		t.Errorf("after the handover: %+v, %+v", a, b)
	}
	w.ok(w.r.RemoveMember(w.actor(owner), mate, 0, w.tick()))
	if rec := w.r.Records[0]; rec.Owner != owner {
		t.Errorf("after mate left: %+v", rec)
	}
	w.replays()
}
