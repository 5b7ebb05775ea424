package faults

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/e2e/faults/gatemodel"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// What the pages say, found without building a document: thousands of them
// are read.
var (
	standingOf = regexp.MustCompile(`(?s)<div class="head">.*?<span class="badge[^"]*">([^<]+)</span>`)
	digestOf   = regexp.MustCompile(`Content <code title="([0-9a-f]{64})"`)
	roundOf    = regexp.MustCompile(`Round (\d+): (\d+) of \d+ signature`)
	versionOf  = regexp.MustCompile(`(?s)/answer\?from=item".*?name="version" value="(\d+)"`)
	stateOf    = regexp.MustCompile(`<input[^>]*name="answer"[^>]*>`)
	linkOf     = regexp.MustCompile(`/evidence/(\d+)/remove"`)
	tagOf      = regexp.MustCompile(`(?s)<(head|style|script).*?</(head|style|script)>|<[^>]*>`)
)

// words is a page without its tags, cut short, for telling what went wrong.
func words(body string) string {
	text := strings.Join(strings.Fields(tagOf.ReplaceAllString(body, " ")), " ")
	if len(text) > 400 {
		text = text[:400] + "…"
	}
	return text
}

// get reads a page. A page that never came is no reading at all.
func (w *world) get(ctx context.Context, replica, who int, path string) (*answer, gatemodel.Output, error) {
	a, err := w.send(ctx, replica, who, http.MethodGet, path, nil)
	if err != nil {
		return nil, gatemodel.Output{Unknown: true}, nil
	}
	switch {
	case a.status == http.StatusOK:
		return a, gatemodel.Output{Result: gatemodel.OK}, nil
	case a.status == http.StatusSeeOther && strings.HasPrefix(a.to, page.LoginURL):
		return nil, gatemodel.Output{Result: gatemodel.Nobody}, nil
	case a.status == http.StatusNotFound:
		return nil, gatemodel.Output{Result: gatemodel.Hidden}, nil
	}
	return nil, gatemodel.Output{Unknown: true}, w.excused("GET "+path, a)
}

func (w *world) readGate(ctx context.Context, replica int, p review.ProjectKey, in gatemodel.Input) (gatemodel.Output, error) {
	path := page.GateURL(p, stages[in.Stage])
	a, out, err := w.get(ctx, replica, in.Who, path)
	if a == nil || err != nil {
		return out, err
	}
	standing, digest := standingOf.FindStringSubmatch(a.body), digestOf.FindStringSubmatch(a.body)
	if standing == nil || digest == nil {
		return out, fmt.Errorf("GET %s: the page shows no standing or no digest: %s", path, words(a.body))
	}
	out.Gate.Standing, out.Gate.Digest = standing[1], digest[1]
	if round := roundOf.FindStringSubmatch(a.body); round != nil {
		out.Gate.Round, out.Gate.Counted = number(round[1]), number(round[2])
	}
	return out, nil
}

// readItem is of use to people on the project, who see the forms.
func (w *world) readItem(ctx context.Context, replica int, p review.ProjectKey, in gatemodel.Input) (gatemodel.Output, error) {
	path := page.ItemURL(p, stages[in.Stage], items[in.Item])
	a, out, err := w.get(ctx, replica, in.Who, path)
	if a == nil || err != nil {
		return out, err
	}
	version := versionOf.FindStringSubmatch(a.body)
	for _, radio := range stateOf.FindAllString(a.body, -1) {
		if strings.Contains(radio, " checked") {
			_, after, _ := strings.Cut(radio, `value="`)
			out.Item.State, _, _ = strings.Cut(after, `"`)
		}
	}
	if version == nil || out.Item.State == "" {
		return out, fmt.Errorf("GET %s: the page shows no version or no answer: %s", path, words(a.body))
	}
	out.Item.Version = number(version[1])
	for _, no := range linkOf.FindAllStringSubmatch(a.body, -1) {
		out.Item.Evidence += no[1] + " "
	}
	return out, nil
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // digits, by the pattern that found them
	return n
}

// readAll reads each stage as the database holds it, in the model's words.
func (w *world) readAll(ctx context.Context, p review.ProjectKey) ([]string, error) {
	v, err := w.stores[0].Project(ctx, w.by(olga), p)
	if err != nil {
		return nil, fmt.Errorf("reading project %s: %w", p, err)
	}
	out := make([]string, len(stages))
	for i, key := range stages {
		st := v.Review.Stage(key)
		s := w.stateOf(st)
		s.Restricted = v.Review.Project.Restricted
		out[i] = s.Describe(v.Review.Standing(st, v.Now).Label())
	}
	return out, nil
}

// stateOf translates a stage.
func (w *world) stateOf(st *review.Stage) *gatemodel.State {
	s := &gatemodel.State{}
	for i, key := range items {
		a := st.Item(key).Answer
		s.Items[i] = gatemodel.Said{State: string(a.State), By: w.place(a.By), Version: a.Version, Mark: a.Note}
	}
	for _, e := range st.Evidence {
		s.Evidence = append(s.Evidence, gatemodel.Link{By: w.place(e.By), Last: dayOf(e.Expires), Removed: e.Removed(), Renews: e.Renews})
	}
	for _, wv := range st.Waivers {
		s.Waivers = append(s.Waivers, gatemodel.Leave{By: w.place(wv.RequestedBy), Last: dayOf(wv.Until), Granted: !wv.GrantedAt.IsZero(),
			TakenBack: !wv.RevokedAt.IsZero()})
	}
	for _, f := range st.Findings {
		s.Findings = append(s.Findings, gatemodel.Point{Answered: f.Answered(), Mark: f.Answer})
	}
	for _, r := range st.Rounds {
		round := gatemodel.Round{By: w.place(r.RequestedBy), Outcome: string(r.Outcome), Changed: !r.ChangedAt.IsZero()}
		for _, so := range r.SignOffs {
			round.Signed = append(round.Signed, gatemodel.Signature{Who: w.place(so.Person), Seat: string(so.Seat),
				Decision: gatemodel.Decision(so.Decision)})
		}
		s.Rounds = append(s.Rounds, round)
	}
	for _, c := range st.Conditions {
		s.Conditions = append(s.Conditions, gatemodel.Promise{Round: c.Round, By: w.place(c.By), Seat: string(c.Seat), Last: dayOf(c.Due),
			MetBy: w.place(c.MetBy), Confirmed: !c.ConfirmedAt.IsZero(), Dropped: !c.DroppedAt.IsZero()})
	}
	return s
}
