package review_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// aRelease is what somebody types of a release to production; more are fields and
// what they say, in turn.
func aRelease(more ...string) review.NewRecord {
	v := record.Values{
		"subject": "service", "version": "4.2", "environment": "production", "time": "2026-03-01T10:00", "because": "Refunds.",
		"rollback": "https://wiki.example/rollback", "rehearsed": "2026-02-01",
	}
	for i := 0; i < len(more); i += 2 {
		v[record.FieldKey(more[i])] = more[i+1]
	}
	return review.NewRecord{RecordFields: review.RecordFields{Title: "Refunds", Owner: member, Due: "2026-06-01", Values: v}}
}

// out brings a release out.
func (w *world) out(p review.PersonID, no int) error {
	return w.r.MoveRecord(w.actor(p), no, w.seen(no), review.RecordMove{
		To: "out", Due: "2026-06-01", Values: record.Values{"time": "2026-03-01T10:00", "authorised": "The change board"},
	}, w.tick())
}

// A release keeps how the gates stood when it was planned and when it went out,
// whatever becomes of them, and replaying its trail needs nothing else.
func TestAReleaseKeepsHowGatesStood(t *testing.T) {
	w := newWorld(t)
	no := w.add(member, "release", aRelease())
	w.pass(design)
	rec := func() *review.Record { return &w.r.Records[no-1] }
	if g := rec().Gates; g == nil || len(g.Gates) != 3 || g.Gates[0].State == review.GatePassed || g.Gates[0].Name != "Design" || g.Review != 1 || g.At != rec().At {
		t.Fatalf("planned, it keeps %+v", g)
	}
	if early := rec().BeforeGates(); early != nil {
		t.Errorf("what is planned is called out before %+v", early)
	}
	w.refused(w.move(member, no, "out", ""), "invalid") // nobody is said to have authorised it
	w.ok(w.out(member, no))
	then := rec().Gates
	if then.Gates[0].State != review.GatePassed || then.Gates[1].State.Passed() || then.At != rec().MovedAt {
		t.Errorf("out, it keeps %+v", then)
	}
	if early := rec().BeforeGates(); len(early) != 2 || early[0].Stage != build || early[1].Stage != run {
		t.Errorf("it went out before %+v", early)
	}
	if got := rec().Warnings(); len(got) != 1 || got[0] != "It went to production before 2 gates had passed: Build, Run." {
		t.Errorf("it warns %q", got)
	}
	w.pass(build)
	w.ok(w.move(member, no, "back", "Cards were refused."))
	w.ok(w.r.MoveRecord(w.actor(member), no, w.seen(no), review.RecordMove{To: "looked", Values: record.Values{"actual": "Eleven people could not pay."}}, w.tick()))
	if rec().Gates != then || len(rec().BeforeGates()) != 2 || !rec().Closed() {
		t.Errorf("afterwards it keeps %+v", rec().Gates)
	}
	if signed := rec().Signed(); len(signed.Gates.Gates) != 3 {
		t.Errorf("signed, it keeps %+v", signed.Gates)
	}
	w.replays()
}

// Only what goes to production has to wait for gates, and a last gate that repeats
// decides on what runs already.
func TestWhichGatesAReleaseWaitsFor(t *testing.T) {
	w := newWorld(t)
	staging := w.add(member, "release", aRelease("environment", "staging"))
	w.ok(w.out(member, staging))
	if early := w.r.Records[staging-1].BeforeGates(); early != nil {
		t.Errorf("a release to staging went out before %+v", early)
	}
	w.stage(run).Def.Gate.RepeatsDays = 90
	production := w.add(member, "release", aRelease())
	w.ok(w.out(member, production))
	if early := w.r.Records[production-1].BeforeGates(); len(early) != 2 || early[1].Stage != build {
		t.Errorf("a release to production went out before %+v", early)
	}
}

// Where only one stage is loaded, nothing is kept of the others: all are loaded first.
func TestAReleaseLooksAtAllGates(t *testing.T) {
	w := newWorld(t)
	no := w.add(member, "release", aRelease())
	w.stage(design).Loaded = false
	if err := w.out(member, no); !errors.Is(err, review.ErrPartial) || !w.r.Partial() {
		t.Errorf("%v", err)
	}
}

// What is exact is kept in one form, and what is wrong is said by field.
func TestWhatIsTypedOfReleases(t *testing.T) {
	hex := strings.Repeat("0aB1", 16)
	for name, tt := range map[string]struct{ field, typed, kept string }{
		"a commit":                      {"commit", " 9F86d08 ", "9f86d08"},
		"a branch":                      {"commit", "release-4.2", ""},
		"a short commit":                {"commit", "9f86d0", ""},
		"a long commit":                 {"commit", hex + "0", ""},
		"a digest":                      {"digest", "SHA256:" + hex, "sha256:" + strings.ToLower(hex)},
		"a digest without its function": {"digest", hex, "sha256:" + strings.ToLower(hex)},
		"half a digest":                 {"digest", "sha256:" + hex[:32], ""},
		"another function":              {"digest", "sha512:" + hex + hex, ""},
		"something in a digest":         {"digest", "sha256:" + hex[:32] + "g" + hex[33:], ""},
		"a day":                         {"rehearsed", "2026-02-03", "2026-02-03"},
		"no day":                        {"rehearsed", "in May", ""},
		"rehearsed after the release":   {"rehearsed", "2026-03-02", ""},
		"rehearsed in the future":       {"rehearsed", "2027-03-02", ""},
		"a registry that is no link":    {"registry", "ghcr.io/shop", ""},
		"nowhere":                       {"environment", "prod", ""},
		"no version":                    {"version", " ", ""},
		"no reason":                     {"because", "", ""},
		"no time":                       {"time", "soon", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			in := aRelease(tt.field, tt.typed)
			if name == "rehearsed in the future" {
				in.Values["time"] = "2027-04-01T10:00"
			}
			if tt.kept != "" {
				no := w.add(member, "release", in)
				if got := w.r.Records[no-1].Values[record.FieldKey(tt.field)]; got != tt.kept {
					t.Errorf("kept as %q", got)
				}
				return
			}
			err := w.silent(func() error {
				_, err := w.r.OpenRecord(w.actor(member), "release", in, w.tick())
				return err
			})
			var wrong *review.Invalid
			if !errors.As(err, &wrong) || wrong.Fields[0].Field != tt.field || len(wrong.Fields) != 1 {
				t.Errorf("%v", err)
			}
		})
	}
}

// A release that is out did not go out in the future.
func TestAReleaseThatIsOutHasATime(t *testing.T) {
	w := newWorld(t)
	no := w.add(member, "release", aRelease("time", "2027-03-01T10:00"))
	move := review.RecordMove{To: "out", Due: "2027-06-01", Values: record.Values{"authorised": "The change board"}}
	err := w.silent(func() error { return w.r.MoveRecord(w.actor(member), no, w.seen(no), move, w.tick()) })
	var wrong *review.Invalid
	if !errors.As(err, &wrong) || wrong.Fields[0].Field != "time" {
		t.Fatalf("%v", err)
	}
	move.Values["time"] = "2026-03-01T10:00"
	w.ok(w.r.MoveRecord(w.actor(member), no, w.seen(no), move, w.tick()))
	w.refused(w.rewrite(member, no, func(in *review.NewRecord) {
		in.Values = in.Values.With(record.Values{"time": "2027-03-01T10:00"})
	}), "invalid")
	w.replays()
}

// Whoever looks at a release is told when the way back is not proven.
func TestReleasesWarnOfTheirWayBack(t *testing.T) {
	for name, tt := range map[string]struct {
		fields []string
		want   string
	}{
		"rehearsed":       {nil, ""},
		"180 days before": {[]string{"rehearsed", "2025-09-02"}, ""},
		"181 days before": {[]string{"rehearsed", "2025-09-01"}, "Rolling it back was last rehearsed on 1 Sep 2025, 181 days before the release; 180 days is the most."},
		"never":           {[]string{"rehearsed", ""}, "Rolling it back has not been rehearsed."},
		"no way back":     {[]string{"rollback", ""}, "It is not linked how to roll it back."},
		"not production":  {[]string{"rehearsed", "", "environment", "staging"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			no := w.add(member, "release", aRelease(tt.fields...))
			if got := strings.Join(w.r.Records[no-1].Warnings(), " "); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// A release that names an environment of the project is called by that, says its kind,
// and keeps how ready it was; any other is free text.
func TestAReleaseToAnEnvironment(t *testing.T) {
	w := newSituated(t)
	w.ok(w.settle(owner, site("Staging", "staging")))
	w.ok(w.settle(owner, site("Frankfurt", "production")))
	w.ok(w.settle(owner, site("Berlin", "production")))
	w.ok(w.answer(member, run, "tests@berlin", review.Met, ""))
	w.ok(w.link(mate, run, "tests@berlin", "https://ci.example.com/2", "ci-run"))
	rec := func(no int) *review.Record { return &w.r.Records[no-1] }
	for typed, want := range map[string]review.SiteThen{
		"frankfurt": {Environment: "frankfurt", Name: "Frankfurt", Must: 1},
		" BERLIN ":  {Environment: "berlin", Name: "Berlin", Must: 1, Done: 1},
		"Madrid":    {},
	} {
		no := w.add(member, "release", aRelease("site", typed, "version", typed))
		w.ok(w.out(member, no))
		if got := review.SiteOf(rec(no).Gates); got != want {
			t.Errorf("to %q: %+v, want %+v", typed, got, want)
		}
		if want.Name != "" && rec(no).Values["site"] != want.Name {
			t.Errorf("%q is kept as %q", typed, rec(no).Values["site"])
		}
		warned := strings.Contains(strings.Join(rec(no).Warnings(), " "), "0 of 1 required items of Frankfurt were ready when it went out.")
		if warned != (want.Environment == "frankfurt") {
			t.Errorf("to %q: it warns %q", typed, rec(no).Warnings())
		}
		for _, g := range rec(no).Gates.Gates {
			if (g.Site.Environment != "") != (g.Stage == run && want.Environment != "") {
				t.Errorf("to %q, the gate of %s keeps %+v", typed, g.Stage, g.Site)
			}
		}
	}
	no := w.add(member, "release", aRelease("site", "Staging", "environment", "", "version", "5"))
	if got := rec(no).Values["environment"]; got != "staging" {
		t.Errorf("its kind is %q", got)
	}
	_, err := w.r.OpenRecord(w.actor(member), "release", aRelease("site", "Staging", "version", "6"), w.tick())
	w.refused(err, "invalid")

	// A part of a name is enough that no other has; otherwise the names stand at the field,
	// and the kind is not asked for beside it.
	w.ok(w.settle(owner, site("Production, Lisbon", "production")))
	no = w.add(member, "release", aRelease("site", "lisb", "environment", "", "version", "7"))
	if v := rec(no).Values; v["site"] != "Production, Lisbon" || v["environment"] != "production" {
		t.Errorf("a part of a name is kept as %v", v)
	}
	for typed, want := range map[string]string{
		"s": "Staging; Production, Lisbon", "Madrid": "Staging; Frankfurt; Berlin; Production, Lisbon",
	} {
		_, err := w.r.OpenRecord(w.actor(member), "release", aRelease("site", typed, "environment", "", "version", "8"), w.tick())
		var wrong *review.Invalid
		if !errors.As(err, &wrong) || len(wrong.Fields) != 1 || wrong.Fields[0].Field != "site" || !strings.HasSuffix(wrong.Fields[0].Message, ": "+want) {
			t.Errorf("%q gives %v", typed, err)
		}
	}
	w.ok(w.leaveSite(manager, "production-lisbon"))
	w.ok(w.rewrite(member, no, func(in *review.NewRecord) { in.Title = "To where we were" }))
	w.replays()
}
