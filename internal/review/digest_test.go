package review_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// fixed is a review whose every signed field is set.
func fixed() *review.Review {
	tmpl := lifecycle(plan.OrderFree, true)
	p := review.Project{
		ID: project, Key: "payments-api", Name: "Payments", Tier: 1, Profile: plan.Profile{"ml", "pii"}, Status: review.StatusActive,
		Members: []review.Member{{Person: owner, Duty: review.DutyOwner}}, Created: base,
	}
	r := review.Blank(p, 1, plan.Bare(tmpl, plan.Ref{Key: "small", Version: 3, Digest: "0f"}))
	s := r.Load(0)
	s.Items[0].Answer = review.Answer{State: review.Met, Note: "see <the> wiki & code", By: member, At: base, Version: 2}
	s.Items[1].Answer = review.Answer{State: review.NotApplicable, Note: "why", By: member, At: base, Version: 1, ApprovedBy: seth, ApprovedAt: base.Add(time.Hour)}
	s.Evidence = []review.Evidence{
		{No: 1, Item: "adr", URL: "https://wiki.example.com/1", Title: "One", Type: "doc", Effective: date("2026-03-01"), Expires: date("2026-06-01"), Commit: "3f2a", By: mate, At: base},
		{No: 2, Item: "adr", URL: "https://wiki.example.com/2", Title: "Two", Type: "doc", Effective: date("2026-03-01"), By: mate, At: base, RemovedBy: owner, RemovedAt: base},
	}
	s.Findings = []review.Finding{{No: 1, Round: 1, Text: "no owner", By: enya, At: base, Answer: "has one", AnsweredBy: member, AnsweredAt: base.Add(time.Minute)}}
	return r
}

// waived is a fixed review in which an item was waived and another is to be
// attested anew.
func waived() *review.Review {
	r := fixed()
	s := &r.Stages[0]
	s.Items[0].Reattest = true
	s.Waivers = []review.Waiver{
		{No: 1, Item: "naming", Reason: "late", Risk: "confusion", Measure: "a list", Until: date("2026-06-01"), RequestedBy: member, RequestedAt: base, GrantedBy: seth, GrantedAt: base.Add(time.Hour), Why: "a month"},
		{No: 2, Item: "naming", Until: date("2026-06-01"), RequestedBy: member, RequestedAt: base},
		{No: 3, Item: "naming", Until: date("2026-06-01"), RequestedBy: member, RequestedAt: base, DeniedBy: seth, DeniedAt: base},
		{No: 4, Item: "naming", Until: date("2026-06-01"), RequestedBy: member, RequestedAt: base, GrantedBy: seth, GrantedAt: base, RevokedBy: seth, RevokedAt: base},
	}
	return r
}

func date(s string) time.Time {
	d, err := time.Parse(review.DateLayout, s)
	if err != nil {
		panic(err)
	}
	return d
}

// The canonical form of what is signed, and with it each digest ever stored,
// does not change from one version of Slipway to the next.
func TestGoldenDigest(t *testing.T) {
	const (
		form = `{"project":7,"review":1,"stage":"design","template":{"key":"small","version":3,"digest":"0f"},"tier":1,` +
			`"policy":{"quorum":3,"seats":["architecture","engineering","security"],"mandatory":["architecture","security"]},` +
			`"items":[{"key":"adr","level":"must","state":"met","note":"see \u003cthe\u003e wiki \u0026 code","by":3,"at":"2026-03-02T09:30:00.123456Z","version":2},` +
			`{"key":"privacy","level":"must","state":"not-applicable","note":"why","by":3,"at":"2026-03-02T09:30:00.123456Z","version":1,"approved_by":14,"approved_at":"2026-03-02T10:30:00.123456Z"},` +
			`{"key":"naming","level":"should","state":"open","version":0}],` +
			`"evidence":[{"item":"adr","no":1,"url":"https://wiki.example.com/1","title":"One","type":"doc","effective":"2026-03-01","expires":"2026-06-01","commit":"3f2a","by":4,"at":"2026-03-02T09:30:00.123456Z"}],` +
			`"findings":[{"no":1,"text":"no owner","by":12,"answer":"has one","answered_by":3,"answered_at":"2026-03-02T09:31:00.123456Z"}]}`
		digest = "28f1faeb8ab59b379fbd72b3ed4c5606620cac8136a7ebbc201faf64662a2886"
	)
	r := inFormat(fixed(), review.FormatTemplate)
	b, err := json.Marshal(r.Content(&r.Stages[0]))
	if err != nil || string(b) != form {
		t.Errorf("signed content is\n%s, %v, want\n%s", b, err, form)
	}
	d := r.Digest(&r.Stages[0])
	if d != digest {
		t.Errorf("digest %s, want %s", d, digest)
	}
	if d.Short() != digest[:12] || review.Digest("ab").Short() != "ab" {
		t.Errorf("short digest %s", d.Short())
	}
}

// inFormat has the last round of the first stage written down in a format.
func inFormat(r *review.Review, f review.Format) *review.Review {
	r.Stages[0].Rounds = []review.Round{{No: 1, Format: f, Outcome: review.OutcomeReturned}}
	return r
}

// Rounds are written down now with what their stage asks for. Of the template
// they name nothing, so that what changes elsewhere in it touches no signature.
func TestContentIsTheStagesOwn(t *testing.T) {
	const form = `{"format":2,"project":7,"review":1,"stage":"design","tier":1,` +
		`"policy":{"quorum":3,"seats":["architecture","engineering","security"],"mandatory":["architecture","security"]},` +
		`"items":[{"key":"adr","title":"Decisions are written down","level":"must","asks":["doc","repo"],"state":"met",` +
		`"note":"see \u003cthe\u003e wiki \u0026 code","by":3,"at":"2026-03-02T09:30:00.123456Z","version":2},` +
		`{"key":"privacy","title":"Personal data is mapped","level":"must","asks":["policy"],"state":"not-applicable","note":"why","by":3,` +
		`"at":"2026-03-02T09:30:00.123456Z","version":1,"approved_by":14,"approved_at":"2026-03-02T10:30:00.123456Z"},` +
		`{"key":"naming","title":"Names follow the guide","level":"should","state":"open","version":0}],` +
		`"evidence":[{"item":"adr","no":1,"url":"https://wiki.example.com/1","title":"One","type":"doc","effective":"2026-03-01","expires":"2026-06-01",` +
		`"commit":"3f2a","by":4,"at":"2026-03-02T09:30:00.123456Z"}],` +
		`"findings":[{"no":1,"text":"no owner","by":12,"answer":"has one","answered_by":3,"answered_at":"2026-03-02T09:31:00.123456Z"}]}`
	r := fixed()
	b, err := json.Marshal(r.Content(&r.Stages[0]))
	if err != nil || string(b) != form {
		t.Errorf("signed content is\n%s, %v, want\n%s", b, err, form)
	}
	old := inFormat(fixed(), review.FormatTemplate)
	first := digestOf(old)
	old = inFormat(fixed(), review.FormatTemplate)
	old.Plan = plan.Bare(old.Plan.Base, plan.Ref{Key: "small", Version: 4, Digest: "0f"})
	if digestOf(old) == first {
		t.Error("rounds from before do not name the template any longer")
	}
}

// The same with waivers and what a later review adds.
func TestGoldenDigestWithWaivers(t *testing.T) {
	const form = `{"project":7,"review":1,"stage":"design","template":{"key":"small","version":3,"digest":"0f"},"tier":1,` +
		`"policy":{"quorum":3,"seats":["architecture","engineering","security"],"mandatory":["architecture","security"]},` +
		`"items":[{"key":"adr","level":"must","state":"met","note":"see \u003cthe\u003e wiki \u0026 code","by":3,"at":"2026-03-02T09:30:00.123456Z","version":2,"reattest":true},` +
		`{"key":"privacy","level":"must","state":"not-applicable","note":"why","by":3,"at":"2026-03-02T09:30:00.123456Z","version":1,"approved_by":14,"approved_at":"2026-03-02T10:30:00.123456Z"},` +
		`{"key":"naming","level":"should","state":"open","version":0}],` +
		`"evidence":[{"item":"adr","no":1,"url":"https://wiki.example.com/1","title":"One","type":"doc","effective":"2026-03-01","expires":"2026-06-01","commit":"3f2a","by":4,"at":"2026-03-02T09:30:00.123456Z"}],` +
		`"findings":[{"no":1,"text":"no owner","by":12,"answer":"has one","answered_by":3,"answered_at":"2026-03-02T09:31:00.123456Z"}],` +
		`"waivers":[{"no":1,"item":"naming","reason":"late","risk":"confusion","measure":"a list","until":"2026-06-01","requested_by":3,"granted_by":14,"granted_at":"2026-03-02T10:30:00.123456Z"}]}`
	r := inFormat(waived(), review.FormatTemplate)
	if b, err := json.Marshal(r.Content(&r.Stages[0])); err != nil || string(b) != form {
		t.Errorf("signed content is\n%s, %v, want\n%s", b, err, form)
	}
	first := func(change func(*review.Waiver)) func(*review.Stage) {
		return func(s *review.Stage) { change(&s.Waivers[0]) }
	}
	seen := map[review.Digest]string{digestOf(waived()): "nothing"}
	for name, change := range map[string]func(*review.Stage){
		"its number":       first(func(w *review.Waiver) { w.No = 5 }),
		"its item":         first(func(w *review.Waiver) { w.Item = "adr" }),
		"the reason":       first(func(w *review.Waiver) { w.Reason += "!" }),
		"the risk":         first(func(w *review.Waiver) { w.Risk += "!" }),
		"the measure":      first(func(w *review.Waiver) { w.Measure += "!" }),
		"its end":          first(func(w *review.Waiver) { w.Until = w.Until.AddDate(0, 0, 1) }),
		"who asked":        first(func(w *review.Waiver) { w.RequestedBy = mate }),
		"who granted":      first(func(w *review.Waiver) { w.GrantedBy = manager }),
		"when":             first(func(w *review.Waiver) { w.GrantedAt = w.GrantedAt.Add(time.Microsecond) }),
		"revoking it":      first(func(w *review.Waiver) { w.RevokedAt = base }),
		"granting another": func(s *review.Stage) { s.Waivers[1].GrantedBy, s.Waivers[1].GrantedAt = seth, base },
		"attesting":        func(s *review.Stage) { s.Items[0].Reattest = false },
	} {
		r := waived()
		change(&r.Stages[0])
		d := digestOf(r)
		if same, ok := seen[d]; ok {
			t.Errorf("changing %s gives the digest of changing %s", name, same)
		}
		seen[d] = name
	}
	for name, change := range map[string]func(*review.Stage){
		"what was never granted":  func(s *review.Stage) { s.Waivers[1].Reason, s.Waivers[2].Reason = "x", "x" },
		"what was taken back":     func(s *review.Stage) { s.Waivers[3].Reason = "x" },
		"conditions":              func(s *review.Stage) { s.Conditions = []review.Condition{{No: 1}} },
		"whether one is content":  func(s *review.Stage) { s.Findings[0].AcceptedBy, s.Findings[0].AcceptedAt = enya, base },
		"the place of the clock":  first(func(w *review.Waiver) { w.GrantedAt = w.GrantedAt.In(time.FixedZone("east", 3600)) }),
		"an item that is not due": func(s *review.Stage) { s.Items[0].Due = base },
	} {
		r := waived()
		change(&r.Stages[0])
		if digestOf(r) != digestOf(waived()) {
			t.Errorf("changing %s changes the digest", name)
		}
	}
}

func TestEveryFieldIsInTheDigest(t *testing.T) {
	type change struct {
		name string
		do   func(r *review.Review, s *review.Stage)
	}
	signed := []change{
		{"project", func(r *review.Review, _ *review.Stage) { r.Project.ID++ }},
		{"review", func(r *review.Review, _ *review.Stage) { r.No++ }},
		{"stage", func(_ *review.Review, s *review.Stage) { s.Def.Key = "plan" }},
		{"item title", func(_ *review.Review, s *review.Stage) { s.Items[0].Def.Title += "!" }},
		{"kinds of evidence", func(_ *review.Review, s *review.Stage) { s.Items[0].Def.Evidence = nil }},
		{"format", func(r *review.Review, _ *review.Stage) { inFormat(r, review.FormatTemplate) }},
		{"tier", func(r *review.Review, _ *review.Stage) { r.Project.Tier = 2 }},
		{"seats by profile", func(r *review.Review, _ *review.Stage) { r.Project.Profile = nil }},
		{"quorum", func(_ *review.Review, s *review.Stage) { s.Def.Gate.Quorum++ }},
		{"mandatory", func(_ *review.Review, s *review.Stage) { s.Def.Gate.Seats[1].Mandatory = true }},
		{"item key", func(_ *review.Review, s *review.Stage) { s.Items[0].Def.Key = "adx" }},
		{"level", func(_ *review.Review, s *review.Stage) { s.Items[0].Level = plan.LevelShould }},
		{"an item that no longer applies", func(_ *review.Review, s *review.Stage) { s.Items[2].Level = plan.LevelNone }},
		{"state", func(_ *review.Review, s *review.Stage) { s.Items[0].Answer.State = review.NotMet }},
		{"note", func(_ *review.Review, s *review.Stage) { s.Items[0].Answer.Note = "" }},
		{"answered by", func(_ *review.Review, s *review.Stage) { s.Items[0].Answer.By = mate }},
		{"answered at", func(_ *review.Review, s *review.Stage) {
			s.Items[0].Answer.At = s.Items[0].Answer.At.Add(time.Microsecond)
		}},
		{"answer version", func(_ *review.Review, s *review.Stage) { s.Items[0].Answer.Version++ }},
		{"approved by", func(_ *review.Review, s *review.Stage) { s.Items[1].Answer.ApprovedBy = archie }},
		{"approved at", func(_ *review.Review, s *review.Stage) { s.Items[1].Answer.ApprovedAt = base }},
		{"another item's answer", func(_ *review.Review, s *review.Stage) { s.Items[2].Answer.State = review.Met }},
		{"evidence item", func(_ *review.Review, s *review.Stage) { s.Evidence[0].Item = "naming" }},
		{"evidence number", func(_ *review.Review, s *review.Stage) { s.Evidence[0].No = 3 }},
		{"url", func(_ *review.Review, s *review.Stage) { s.Evidence[0].URL += "?" }},
		{"title", func(_ *review.Review, s *review.Stage) { s.Evidence[0].Title = "1" }},
		{"kind", func(_ *review.Review, s *review.Stage) { s.Evidence[0].Type = "repo" }},
		{"effective", func(_ *review.Review, s *review.Stage) { s.Evidence[0].Effective = date("2026-02-28") }},
		{"expires", func(_ *review.Review, s *review.Stage) { s.Evidence[0].Expires = time.Time{} }},
		{"commit", func(_ *review.Review, s *review.Stage) { s.Evidence[0].Commit = "" }},
		{"given by", func(_ *review.Review, s *review.Stage) { s.Evidence[0].By = member }},
		{"given at", func(_ *review.Review, s *review.Stage) { s.Evidence[0].At = base.Add(time.Second) }},
		{"removed", func(_ *review.Review, s *review.Stage) { s.Evidence[0].RemovedAt = base }},
		{"no longer removed", func(_ *review.Review, s *review.Stage) { s.Evidence[1].RemovedAt = time.Time{} }},
		{"finding", func(_ *review.Review, s *review.Stage) { s.Findings[0].Text = "no diagram" }},
		{"finding by", func(_ *review.Review, s *review.Stage) { s.Findings[0].By = enzo }},
		{"reply", func(_ *review.Review, s *review.Stage) { s.Findings[0].Answer = "will have one" }},
		{"reply by", func(_ *review.Review, s *review.Stage) { s.Findings[0].AnsweredBy = mate }},
		{"reply at", func(_ *review.Review, s *review.Stage) { s.Findings[0].AnsweredAt = base }},
		{"a further finding", func(_ *review.Review, s *review.Stage) { s.Findings = append(s.Findings, review.Finding{No: 2}) }},
	}
	seen := map[review.Digest]string{digestOf(fixed()): "nothing"}
	for _, c := range signed {
		r := fixed()
		c.do(r, &r.Stages[0])
		d := digestOf(r)
		if same, ok := seen[d]; ok {
			t.Errorf("changing %s gives the digest of changing %s", c.name, same)
		}
		seen[d] = c.name
	}

	unsigned := []change{
		{"names", func(r *review.Review, _ *review.Stage) { r.Project.Name, r.Project.Key, r.Project.Team = "x", "x", "x" }},
		{"people", func(r *review.Review, _ *review.Stage) { r.Project.Members = nil }},
		{"status", func(r *review.Review, _ *review.Stage) { r.Project.Status = review.StatusOnHold }},
		{"assignment", func(_ *review.Review, s *review.Stage) { s.Items[0].Assignee, s.Items[0].Due = member, base }},
		{"comments", func(_ *review.Review, s *review.Stage) { s.Items[0].Comments++ }},
		{"rounds", func(_ *review.Review, s *review.Stage) {
			s.Rounds = []review.Round{{No: 1, Format: review.FormatStage}}
		}},
		{"removed evidence", func(_ *review.Review, s *review.Stage) { s.Evidence[1].Title = "Three" }},
		{"the clock's place", func(_ *review.Review, s *review.Stage) {
			east := time.FixedZone("east", 5*3600+1800)
			for i := range s.Items {
				a := &s.Items[i].Answer
				a.At, a.ApprovedAt = a.At.In(east), a.ApprovedAt.In(east)
			}
			s.Evidence[0].At = s.Evidence[0].At.In(east)
			s.Findings[0].AnsweredAt = s.Findings[0].AnsweredAt.In(east)
		}},
		{"template", func(r *review.Review, _ *review.Stage) {
			r.Plan = plan.Bare(r.Plan.Base, plan.Ref{Key: "big", Version: 9, Digest: "0e"})
		}},
		{"another stage", func(r *review.Review, _ *review.Stage) { r.Load(1).Items[0].Answer.State = review.Met }},
	}
	for _, c := range unsigned {
		r := fixed()
		c.do(r, &r.Stages[0])
		if digestOf(r) != digestOf(fixed()) {
			t.Errorf("changing %s changes the digest", c.name)
		}
	}
}

func digestOf(r *review.Review) review.Digest { return r.Digest(&r.Stages[0]) }

// The hash of a trail's entry covers all of it and the hash before.
func TestChainHash(t *testing.T) {
	e := review.Entry{Seq: 4, At: base, Actor: owner, Event: review.PersonJoined{Person: 5}}
	body := []byte(`{"person":5}`)
	first := review.ChainHash(review.Hash{}, project, e, body)
	seen := map[review.Hash]string{first: "nothing"}
	for name, h := range map[string]review.Hash{
		"the hash before": review.ChainHash(first, project, e, body),
		"the stream":      review.ChainHash(review.Hash{}, project+1, e, body),
		"the number":      review.ChainHash(review.Hash{}, project, review.Entry{Seq: 5, At: e.At, Actor: e.Actor, Event: e.Event}, body),
		"the time":        review.ChainHash(review.Hash{}, project, review.Entry{Seq: 4, At: e.At.Add(time.Microsecond), Actor: e.Actor, Event: e.Event}, body),
		"the actor":       review.ChainHash(review.Hash{}, project, review.Entry{Seq: 4, At: e.At, Actor: deputy, Event: e.Event}, body),
		"the kind":        review.ChainHash(review.Hash{}, project, review.Entry{Seq: 4, At: e.At, Actor: e.Actor, Event: review.RightGranted{Person: 5}}, body),
		"the body":        review.ChainHash(review.Hash{}, project, e, []byte(`{"person":6}`)),
	} {
		if same, ok := seen[h]; ok {
			t.Errorf("changing %s gives the hash of changing %s", name, same)
		}
		seen[h] = name
	}
	e.At = base.In(time.FixedZone("east", 3600))
	if review.ChainHash(review.Hash{}, project, e, body) != first {
		t.Error("the same moment elsewhere gives another hash")
	}
}
