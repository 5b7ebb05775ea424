package proof

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

//go:embed README.txt
var readme string

//go:embed report.html
var reportHTML string

//go:embed report.css
var reportCSS string

// reportData is what the page shows.
type reportData struct {
	About    about
	Project  *review.Project
	Template *plan.Lifecycle
	// Definition is the readiness definition that the project pins; nil: none.
	Definition *plan.Definition
	Scope      string
	Rounds     []reportRound
	Policies   []reportPolicy
	Open       []string // gates whose round is open, or that had none
	Entries    int64
	Verifier   string
	CSS        template.CSS
	Policy     string
}

// reportPolicy is a policy that the gates ask for, as it stands.
type reportPolicy struct {
	Name         string
	Version      int
	Requirements []reportRequirement
}

type reportRequirement struct{ Text, Level, State, Shown string }

type reportRound struct {
	*round
	Title      string
	Digest     review.Digest
	Items      []reportItem
	Findings   []review.Finding
	Conditions []review.Condition
	Waivers    []review.Waiver
	Records    []reportRecord
}

// reportRecord is a record as it was signed.
type reportRecord struct {
	Name, Title, Text, State, Why string
	Owner                         review.PersonID
	Warnings                      []string
}

// reportItem is an item as it was signed.
type reportItem struct {
	Title, Level, State, Note string
	By                        review.PersonID
	Evidence                  []reportLink
}

type reportLink struct{ Title, URL, Kind, Effective, Expires string }

// renderReport is the page that people read first. It is one file without
// scripts; its own policy forbids it to load anything or send anything.
func renderReport(h *history, a about, names people, verifier string) ([]byte, error) {
	t, err := template.New("report").Funcs(template.FuncMap{
		"name": names.of,
		"as": func(p, holder review.PersonID) string {
			if holder == 0 {
				return names.of(p)
			}
			return names.of(p) + ", standing in for " + names.of(holder)
		},
		"time": func(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04:05 UTC") },
		"date": func(t time.Time) string { return t.UTC().Format("2 Jan 2006") },
	}).Parse(reportHTML)
	if err != nil {
		return nil, fmt.Errorf("reading the report's template: %w", err)
	}
	style := sha256.Sum256([]byte(reportCSS))
	d := reportData{
		About: a, Project: &h.review.Project, Template: &h.review.Plan.Lifecycle, Definition: h.review.Plan.Definition, Scope: "all gates", Entries: a.Entries, Verifier: verifier,
		CSS:    template.CSS(reportCSS), // ours, and the same for every bundle
		Policy: "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(style[:]) + "'",
	}
	for i := range h.review.Stages {
		s := &h.review.Stages[i]
		if a.Stage == s.Def.Key {
			d.Scope = "the gate of stage “" + s.Def.Name + "”"
		}
		if a.Stage != "" && a.Stage != s.Def.Key {
			continue
		}
		if s.LastRound() == nil {
			d.Open = append(d.Open, s.Def.Name+": sign-off was not requested yet in this review.")
		} else if s.OpenRound() != nil {
			d.Open = append(d.Open, s.Def.Name+": a round is open.")
		}
	}
	d.Policies = reportPolicies(h.review, a.Made)
	for _, r := range h.rounds {
		if a.Stage == "" || a.Stage == r.Stage.Key {
			d.Rounds = append(d.Rounds, h.reportRound(r))
		}
	}
	var out bytes.Buffer
	if err := t.Execute(&out, d); err != nil {
		return nil, fmt.Errorf("writing the report: %w", err)
	}
	return out.Bytes(), nil
}

func reportPolicies(r *review.Review, at time.Time) []reportPolicy {
	var out []reportPolicy
	for _, p := range r.Plan.Policies {
		rp := reportPolicy{Name: p.Name, Version: p.Version}
		for i := range p.Requirements {
			q := &p.Requirements[i]
			state, by := r.StandsBy(q, at)
			var shown []string
			for j := range by {
				shown = append(shown, by[j].Item.Def.Title+": "+by[j].Words)
			}
			rp.Requirements = append(rp.Requirements, reportRequirement{q.Text, q.Level.Label(), strings.ReplaceAll(string(state), "-", " "), strings.Join(shown, " ")})
		}
		out = append(out, rp)
	}
	return out
}

func (h *history) reportRound(r *round) reportRound {
	out := reportRound{round: r, Title: r.title(), Digest: r.digest}
	titles := map[plan.ItemKey]string{}
	for i := range r.Stage.Items {
		titles[r.Stage.Items[i].Key] = r.Stage.Items[i].Title
	}
	for _, it := range r.Content.Items {
		row := reportItem{Title: titles[it.Key], Level: string(it.Level), State: it.State.Label(), Note: it.Note, By: it.By}
		for _, e := range r.Content.Evidence {
			if e.Item == it.Key {
				row.Evidence = append(row.Evidence, reportLink{e.Title, string(e.URL), e.Type.Label(), e.Effective, e.Expires})
			}
		}
		out.Items = append(out.Items, row)
	}
	for i := range r.Content.Records {
		rec := r.Content.Records[i].Record()
		out.Records = append(out.Records, reportRecord{rec.Name(), rec.Title, rec.Text, rec.Standing().Label, rec.Why, rec.Owner, rec.Warnings()})
	}
	out.Findings, out.Conditions, out.Waivers = h.followUp(r)
	return out
}

// followUp are the findings, conditions and waivers of a round as they stand at
// the end of the trail. Those of an earlier review are not told here, but for
// conditions that were carried over: the entries have them.
func (h *history) followUp(r *round) (findings []review.Finding, conditions []review.Condition, waivers []review.Waiver) {
	s := h.review.Stage(r.Stage.Key)
	if s == nil {
		return nil, nil, nil
	}
	for _, c := range s.Conditions {
		if cmp.Or(c.Review, h.review.No) == r.Review && c.Round == r.Round.No && (c.DroppedAt.IsZero() || c.DroppedBy != 0) {
			conditions = append(conditions, c)
		}
	}
	if r.Review != h.review.No {
		return nil, conditions, nil
	}
	for _, f := range s.Findings {
		if f.Round == r.Round.No {
			findings = append(findings, f)
		}
	}
	for _, signed := range r.Content.Waivers {
		if signed.No >= 1 && signed.No <= len(s.Waivers) {
			waivers = append(waivers, s.Waivers[signed.No-1])
		}
	}
	return findings, conditions, waivers
}

// Seats are the seats of the round's policy in words.
func (r reportRound) Seats() string {
	var all []string
	for _, s := range r.Round.Policy.Seats {
		label := s.Label()
		for _, m := range r.Round.Policy.Mandatory {
			if m == s {
				label += " (has to sign)"
			}
		}
		all = append(all, label)
	}
	return strings.Join(all, ", ")
}
