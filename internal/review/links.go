package review

import (
	"errors"
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// MaxLinks is how many links can be pasted at once.
const MaxLinks = 50

// BadLine is a pasted line that was not added.
type BadLine struct {
	No   int    // from 1
	Text string // as it was pasted
	Why  string // follows the line in a sentence: "must start with https://"
}

// AddLinks links evidence from pasted text, one link a line. A line may say a
// title beside the link; otherwise title and kind are guessed. Lines that are
// no link are given back, and the others are added. A link that the item has
// already changes nothing.
func (r *Review) AddLinks(by Actor, sk plan.StageKey, ik plan.ItemKey, text string, rules LinkRules, at time.Time) ([]BadLine, error) {
	if err := May(by, LinkEvidence, &r.Project); err != nil {
		return nil, err
	}
	s, it, err := r.work(sk, ik)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n"), "\n")
	filled := 0
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			filled++
		}
	}
	switch {
	case filled == 0:
		return nil, invalid("links", "holds no link; paste at least one")
	case filled > MaxLinks:
		return nil, invalid("links", fmt.Sprintf("holds %d lines; at most %d links can be added at once", filled, MaxLinks))
	}
	var bad []BadLine
	for i, l := range lines {
		if l = strings.TrimSpace(l); l == "" {
			continue
		}
		if err := r.addLine(by, s, it, l, rules, at); err != nil {
			var wrong *Invalid
			if !errors.As(err, &wrong) {
				return nil, err
			}
			bad = append(bad, BadLine{i + 1, l, wrong.Fields[0].Message})
		}
	}
	return bad, nil
}

// addLine links what one line says.
func (r *Review) addLine(by Actor, s *Stage, it *Item, line string, rules LinkRules, at time.Time) error {
	link, title := splitLine(line)
	u, err := rules.Parse(link)
	if err != nil {
		return invalid("links", err.Error())
	}
	kind, sure := GuessKind(u)
	if !sure && len(it.Def.Evidence) > 0 {
		kind = it.Def.Evidence[0]
	}
	for i := range s.Evidence {
		e := &s.Evidence[i]
		if e.Removed() || e.Item != it.Def.Key || e.URL != u {
			continue
		}
		if !e.Expired(at) || s.Renewable(it) == nil {
			return nil
		}
		kind = e.Type // it is renewed as what it was
		if title == "" {
			title = e.Title
		}
	}
	if title == "" {
		title = GuessTitle(u)
	}
	return r.AddEvidence(by, s.Def.Key, it.Def.Key, NewEvidence{URL: string(u), Title: title, Type: kind, Links: rules}, at)
}

// splitLine finds the link in a line, and the words beside it. A line with
// none, or with several, is taken as a link that is wrong.
func splitLine(line string) (link, title string) {
	var words []string
	links := 0
	for _, w := range strings.Fields(line) {
		if strings.HasPrefix(w, "https://") || strings.HasPrefix(w, "http://") || ticketKey.MatchString(w) {
			link = w
			links++
			continue
		}
		words = append(words, w)
	}
	if links != 1 {
		return line, ""
	}
	return link, strings.TrimSpace(strings.Trim(strings.Join(words, " "), " -:|–"))
}

// ReviseEvidence corrects the title and the kind of a link that the actor gave:
// the link is removed and added again, so that the trail tells of both. Somebody
// else's link cannot be revised, or its giver would no longer be known.
func (r *Review) ReviseEvidence(by Actor, sk plan.StageKey, ik plan.ItemKey, no int, title string, kind plan.EvidenceKind, at time.Time) error {
	if err := May(by, LinkEvidence, &r.Project); err != nil {
		return err
	}
	s, _, err := r.work(sk, ik)
	if err != nil {
		return err
	}
	e := s.evidence(ik, no)
	switch {
	case e == nil:
		return ErrNotFound
	case e.Removed():
		return refuse("This link was removed meanwhile. Add it again.")
	case e.By != by.Person:
		return refuse("Only the person who added a link can change its title and kind. Add the link yourself instead.")
	}
	in := e.again()
	in.Title, in.Type = title, kind
	fresh, err := in.check(r.Plan.Adds, s.Item(ik).Def, at)
	if err != nil {
		return err
	}
	if fresh.Title == e.Title && fresh.Type == e.Type {
		return nil
	}
	if err := r.RemoveEvidence(by, sk, ik, no, at); err != nil {
		return err
	}
	return r.AddEvidence(by, sk, ik, in, at)
}

// guess is a rule by which a link tells its kind: one of the words stands alone
// in its host or its path.
type guess struct {
	kind        plan.EvidenceKind
	host, paths []string
}

// guesses are tried in turn. What a page says of itself in its path goes before
// what the host is for: a runbook in a repository is a runbook.
// docs/users/filling-a-checklist.md lists them.
func guesses() []guess {
	return []guess{
		{"runbook", []string{"runbook", "runbooks", "playbooks"}, []string{"runbook", "runbooks", "playbook", "playbooks"}},
		{"policy", []string{"policy", "policies"}, []string{"policy", "policies"}},
		{"ci-run", []string{
			"circleci", "buildkite", "jenkins", "teamcity", "travis-ci",
		}, []string{"actions/runs", "-/pipelines", "-/jobs", "_build", "builds"}},
		{"test-report", []string{"sonarqube", "sonarcloud", "allure", "codecov"},
			[]string{"test-report", "test-reports", "testreport", "load-test", "loadtest", "pentest", "coverage", "allure"}},
		{"ticket", []string{"jira", "youtrack", "redmine", "bugzilla", "linear", "trello", "servicenow", "service-now"},
			[]string{"issues", "issue", "tickets", "ticket"}},
		{"dashboard", []string{"grafana", "kibana", "datadoghq", "newrelic", "dynatrace", "honeycomb", "prometheus", "looker", "tableau"},
			[]string{"dashboard", "dashboards"}},
		{"doc", []string{"confluence", "wiki", "notion", "docs", "sharepoint", "readthedocs", "drive"}, []string{"wiki"}},
		{"repo", []string{
			"github", "gitlab", "bitbucket", "gitea", "codeberg", "git",
		}, []string{"blob", "tree", "commit", "pull", "merge_requests"}},
	}
}

// GuessKind tells what sort of evidence a link points to from its path and its
// host. When neither is known it says "doc", and that it is not sure.
func GuessKind(u SafeURL) (kind plan.EvidenceKind, sure bool) {
	p, err := url.Parse(string(u))
	if err != nil {
		return "doc", false
	}
	way := "/" + strings.ToLower(strings.Trim(p.Path, "/")) + "/"
	for _, g := range guesses() {
		if slices.ContainsFunc(g.paths, func(w string) bool { return strings.Contains(way, "/"+w+"/") }) {
			return g.kind, true
		}
	}
	if ticketKey.MatchString(path.Base(p.Path)) {
		return "ticket", true
	}
	labels := strings.Split(strings.ToLower(p.Hostname()), ".")
	for _, g := range guesses() {
		if slices.ContainsFunc(g.host, func(w string) bool { return slices.Contains(labels, w) }) {
			return g.kind, true
		}
	}
	return "doc", false
}

var (
	onlyNumber = regexp.MustCompile(`^[0-9]+$`)
	opaque     = regexp.MustCompile(`^[0-9A-Za-z_-]{16,}$`)
)

// idle are last parts of a path that say nothing of the page.
func idle(part string) bool {
	return slices.Contains(
		[]string{"edit", "view", "index", "preview", "viewpage", "home", "default", "overview", "main"}, strings.ToLower(part),
	)
}

// GuessTitle makes a title of the last part of a link's path that says
// something; without one it is the host.
func GuessTitle(u SafeURL) string {
	p, err := url.Parse(string(u))
	if err != nil {
		return u.Host()
	}
	if t := titleWords(p.Query().Get("title")); t != "" {
		return t
	}
	parts := strings.Split(strings.Trim(p.Path, "/"), "/")
	for i := len(parts) - 1; i >= 0; i-- {
		part := strings.TrimSpace(parts[i])
		bare := strings.TrimSuffix(part, path.Ext(part))
		switch {
		case onlyNumber.MatchString(part):
			if i > 0 && titleWords(parts[i-1]) != "" {
				return titleWords(parts[i-1]) + " " + part
			}
			return part
		case len(part) < 2, idle(bare), meaningless(bare):
		default:
			if t := titleWords(part); t != "" {
				return t
			}
		}
	}
	return u.Host()
}

// meaningless reports a part that is an identifier and no name: long, without
// a break, digits among its letters.
func meaningless(part string) bool {
	return opaque.MatchString(part) && strings.ContainsAny(part, "0123456789") && !strings.ContainsAny(part[1:len(part)-1], "-_")
}

// titleWords turns a part of a path into words; empty when it cannot be shown.
func titleWords(part string) string {
	part = strings.TrimSpace(part)
	if ticketKey.MatchString(part) {
		return part
	}
	if ext := path.Ext(part); len(ext) > 1 && len(ext) <= 6 && !strings.ContainsAny(ext, "0123456789 ") {
		part = strings.TrimSuffix(part, ext)
	}
	part = strings.Join(strings.FieldsFunc(part, func(r rune) bool { return r == '-' || r == '_' || r == '+' || r == ' ' }), " ")
	var c input
	if r := []rune(part); len(r) > MaxTitle {
		part = string(r[:MaxTitle])
	}
	part = c.line("title", part, MaxTitle)
	if c.problems.Err() != nil {
		return ""
	}
	return part
}
