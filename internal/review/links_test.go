package review_test

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func TestGuessOfKindAndTitle(t *testing.T) {
	for _, c := range []struct {
		url   string
		kind  plan.EvidenceKind
		sure  bool
		title string
	}{
		{"https://example.atlassian.net/browse/PAY-123", "ticket", true, "PAY-123"},
		{"https://jira.example.com/projects/PAY", "ticket", true, "PAY"},
		{"https://github.com/acme/ledger/issues/812", "ticket", true, "issues 812"},
		{"https://linear.app/acme/issue/ENG-4/fix-it", "ticket", true, "fix it"},
		{"https://github.com/acme/ledger", "repo", true, "ledger"},
		{"https://github.com/acme/ledger/pull/45", "repo", true, "pull 45"},
		{"https://gitlab.example.com/acme/ledger/-/blob/main/docs/design.md", "repo", true, "design"},
		{"https://github.com/acme/ledger/blob/main/runbooks/db-failover.md", "runbook", true, "db failover"},
		{"https://github.com/acme/ledger/actions/runs/99", "ci-run", true, "runs 99"},
		{"https://gitlab.example.com/acme/ledger/-/pipelines/7", "ci-run", true, "pipelines 7"},
		{"https://jenkins.example.com/job/ledger/15/", "ci-run", true, "ledger 15"},
		{"https://grafana.example.com/d/abc123/checkout-latency?orgId=1", "dashboard", true, "checkout latency"},
		{"https://app.datadoghq.com/dashboard/x1", "dashboard", true, "x1"},
		{"https://reports.example.com/load-test/2026-11", "test-report", true, "2026 11"},
		{"https://intranet.example.com/policies/Data_Retention.pdf", "policy", true, "Data Retention"},
		{"https://confluence.example.com/pages/viewpage.action?pageId=5&title=Threat+model", "doc", true, "Threat model"},
		{"https://docs.google.com/document/d/1AbCdEfGhIjKlMnOpQrStUvWxYz012345/edit", "doc", true, "document"},
		{"https://wiki.example.com/Gr%C3%B6%C3%9Fe", "doc", true, "Größe"},
		{"https://files.example.com/a/b.html", "doc", false, "b"},
		{"https://example.com", "doc", false, "example.com"},
		{"https://example.com/%E2%80%AEevil", "doc", false, "example.com"},
		{"https://issues.example.com/xy", "doc", false, "xy"},
		{"https://example.com/tissues/browser", "doc", false, "browser"},
	} {
		u, err := review.ParseSafeURL(c.url)
		if err != nil {
			t.Fatalf("%s: %v", c.url, err)
		}
		kind, sure := review.GuessKind(u)
		if title := review.GuessTitle(u); kind != c.kind || sure != c.sure || title != c.title {
			t.Errorf("%s: %s %v %q, want %s %v %q", c.url, kind, sure, title, c.kind, c.sure, c.title)
		}
	}
}

func TestAddLinksKeepsTheGoodLinesAndNamesTheOthers(t *testing.T) {
	w := newWorld(t)
	bad, err := w.r.AddLinks(w.actor(member), build, "tests", strings.Join([]string{
		"https://ci.example.com/1", "", "see the wiki", "http://intranet/x", "Nightly run: https://github.com/a/b/actions/runs/2", "  https://ci.example.com/1  ",
		"https://a.example.com https://b.example.com",
	}, "\r\n"), review.LinkRules{}, w.tick())
	w.ok(err)
	if len(bad) != 3 || bad[0].No != 3 || bad[0].Text != "see the wiki" || bad[1].No != 4 || bad[2].No != 7 {
		t.Errorf("bad lines %+v", bad)
	}
	e := w.stage(build).Evidence
	if len(e) != 2 || e[0].Type != "ci-run" || e[1].Title != "Nightly run" || e[1].Type != "ci-run" {
		t.Errorf("added %+v", e)
	}
}

func TestAddLinksTakesTheKindThatTheItemAsksForUnlessTheLinkSaysAnother(t *testing.T) {
	w := newWorld(t)
	_, err := w.r.AddLinks(w.actor(member), run, "runbook", "https://files.example.com/failover\nhttps://jira.example.com/browse/OPS-1", review.LinkRules{}, w.tick())
	w.ok(err)
	e := w.stage(run).Evidence
	if e[0].Type != "runbook" || e[1].Type != "ticket" {
		t.Errorf("kinds %s, %s", e[0].Type, e[1].Type)
	}
}

func TestAddLinksHasALimit(t *testing.T) {
	w := newWorld(t)
	before := len(w.r.Recorded())
	_, err := w.r.AddLinks(w.actor(member), build, "tests", strings.Repeat("https://ci.example.com/1\n", 500), review.LinkRules{}, w.tick())
	w.refused(err, "invalid")
	_, err = w.r.AddLinks(w.actor(member), build, "tests", " \n \n", review.LinkRules{}, w.tick())
	w.refused(err, "invalid")
	_, err = w.r.AddLinks(w.actor(viewer), build, "tests", "https://ci.example.com/1", review.LinkRules{}, w.tick())
	w.refused(err, "denied")
	if len(w.r.Recorded()) != before {
		t.Error("something was recorded")
	}
}

func TestReviseEvidence(t *testing.T) {
	w := newWorld(t)
	w.ok(w.link(member, build, "tests", "https://ci.example.com/1", "ci-run"))
	w.ok(w.r.ReviseEvidence(w.actor(member), build, "tests", 1, "ci.example.com", "ci-run", w.tick()))
	if n := len(w.stage(build).Evidence); n != 1 {
		t.Errorf("revised to the same: %d links", n)
	}
	es := w.since(func() {
		w.ok(w.r.ReviseEvidence(w.actor(member), build, "tests", 1, "Nightly", "test-report", w.tick()))
	})
	e := w.stage(build).Evidence
	if len(es) != 2 || len(e) != 2 || !e[0].Removed() || e[1].Title != "Nightly" || e[1].Type != "test-report" || e[1].URL != e[0].URL || !e[1].Effective.Equal(e[0].Effective) {
		t.Errorf("revised: %+v", e)
	}
	w.refused(w.r.ReviseEvidence(w.actor(mate), build, "tests", 2, "Mine", "ci-run", w.tick()), "refused")
	w.refused(w.r.ReviseEvidence(w.actor(member), build, "tests", 2, "Mine", "hearsay", w.tick()), "invalid")
	_, err := w.r.Undo(w.actor(member), build, es, w.tick())
	w.ok(err)
	if e = w.stage(build).Evidence; len(e) != 3 || !e[1].Removed() || e[2].Title != e[0].Title || e[2].Type != "ci-run" {
		t.Errorf("undone: %+v", e)
	}
}

func TestAddLinksKnowsTheOrganisationsTicketsAndHosts(t *testing.T) {
	w := newWorld(t)
	rules := review.LinkRules{Ticket: "https://tickets.example.com/browse/{key}", HTTPHosts: []string{"wiki.intranet"}}
	bad, err := w.r.AddLinks(w.actor(member), build, "tests", "PAY-123\nSee OPS-9\nhttp://wiki.intranet/Load-test", rules, w.tick())
	w.ok(err)
	e := w.stage(build).Evidence
	if len(bad) != 0 || len(e) != 3 || e[0].URL != "https://tickets.example.com/browse/PAY-123" || e[0].Title != "PAY-123" || e[0].Type != "ticket" || e[1].Title != "See" {
		t.Fatalf("added %+v, not %+v", e, bad)
	}
	w.ok(w.r.ReviseEvidence(w.actor(member), build, "tests", 3, "Load", "doc", w.tick()))
}
