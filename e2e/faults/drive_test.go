package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/e2e/faults/gatemodel"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// form is a request that changes something, as a browser sends it.
type form struct {
	path   string
	fields url.Values
}

// formOf is the form for an input; ok is false for those that go through the
// store, see [command].
func (w *world) formOf(p review.ProjectKey, in gatemodel.Input) (f form, ok bool) {
	stage := stages[in.Stage]
	item := items[in.Item]
	switch in.Op {
	case gatemodel.Answer:
		return form{page.AnswerURL(p, stage, item), url.Values{"answer": {in.State}, "note": {in.Mark},
			"version": {fmt.Sprint(in.Version)}}}, true
	case gatemodel.AddEvidence:
		return form{page.EvidenceURL(p, stage, items[gatemodel.Proved]),
			url.Values{"url": {"https://wiki.example.test/" + in.Mark}, "title": {in.Mark}, "kind": {"doc"}}}, true
	case gatemodel.RemoveEvidence:
		return form{page.RemoveEvidenceURL(p, stage, items[gatemodel.Proved], in.No), nil}, true
	case gatemodel.Request:
		return form{page.RequestURL(p, stage), url.Values{"digest": {in.Digest}}}, true
	case gatemodel.Withdraw:
		return form{page.WithdrawURL(p, stage), url.Values{"reason": {"Not yet."}}}, true
	case gatemodel.Sign:
		return signForm(p, stage, in)
	case gatemodel.GrantSeat:
		return form{page.GrantURL(w.people[in.Whom]), url.Values{"right": {"seat:" + in.Seat}, "project": {string(p)}}}, true
	case gatemodel.RevokeSeat:
		return form{page.RevokeURL(w.people[in.Whom]), url.Values{"right": {"seat:" + in.Seat}, "project": {string(p)},
			"reason": {"Moved on."}}}, true
	case gatemodel.SignOut:
		return form{page.LogoutURL, nil}, true
	}
	return form{}, false
}

func signForm(p review.ProjectKey, stage plan.StageKey, in gatemodel.Input) (form, bool) {
	fields := url.Values{"seat": {in.Seat}, "decision": {string(in.Decision)}, "digest": {in.Digest}}
	switch in.Decision {
	case gatemodel.Conditional:
		return form{}, false
	case gatemodel.Return:
		fields.Set("findings", "Explain "+in.Mark+".")
	case gatemodel.Recuse:
		fields.Set("note", "Too close to it.")
	}
	return form{page.SignURL(p, stage), fields}, true
}

// command is an input as the domain takes it.
func (w *world) command(in gatemodel.Input) store.Decide {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		stage, item := stages[in.Stage], items[in.Item]
		switch in.Op {
		case gatemodel.Answer:
			return r.Answer(who, stage, item, review.State(in.State), in.Mark, in.Version, at)
		case gatemodel.AddEvidence:
			return r.AddEvidence(who, stage, items[gatemodel.Proved],
				review.NewEvidence{URL: "https://wiki.example.test/" + in.Mark, Title: in.Mark, Type: "doc"}, at)
		case gatemodel.Request:
			return r.Request(who, stage, r.Digest(r.Stage(stage)), "", at)
		case gatemodel.Sign:
			so := review.NewSignOff{Seat: plan.Seat(in.Seat), Decision: review.Decision(in.Decision), Digest: review.Digest(in.Digest)}
			if so.Decision == review.Conditional {
				so.Conditions = []review.NewCondition{{Text: "Settle " + in.Mark + ".", Owner: w.people[olga], Due: date(in.Until)}}
			}
			return r.SignOff(who, stage, so, at)
		case gatemodel.RequestWaiver:
			return r.RequestWaiver(who, stage, items[gatemodel.Waivable],
				review.NewWaiver{Reason: in.Mark, Risk: "Some.", Measure: "By hand.", Until: date(in.Until)}, at)
		case gatemodel.GrantWaiver:
			return r.GrantWaiver(who, stage, in.No, shown(r.Stage(stage).Waivers, in.No), "", at)
		case gatemodel.RevokeWaiver:
			return r.RevokeWaiver(who, stage, in.No, shown(r.Stage(stage).Waivers, in.No), "It was met.", at)
		case gatemodel.AnswerFinding:
			return r.AnswerFinding(who, stage, in.No, shown(r.Stage(stage).Findings, in.No), in.Mark, at)
		case gatemodel.MeetCondition:
			return r.MeetCondition(who, stage, in.No, shown(r.Stage(stage).Conditions, in.No), "Done, "+in.Mark+".", at)
		case gatemodel.ConfirmCondition:
			return r.ConfirmCondition(who, stage, in.No, shown(r.Stage(stage).Conditions, in.No), at)
		case gatemodel.Restrict:
			p := r.Project
			return r.Edit(who, review.ProjectFields{Name: p.Name, Team: p.Team, Tier: p.Tier, Exposure: p.Exposure, Restricted: in.On}, at)
		}
		return fmt.Errorf("no command for %s", in.Op)
	}
}

// shown is the digest of the nth waiver or condition as it is now: decisions
// that go through the store are taken on what there is. One that is not there
// was not shown.
func shown[T any, P interface {
	*T
	Digest() review.Digest
}](all []T, no int) review.Digest {
	if no < 1 || no > len(all) {
		return ""
	}
	return P(&all[no-1]).Digest()
}

// do carries out what somebody asks for at one of the replicas. An error means
// that the program did what it never may.
func (w *world) do(ctx context.Context, replica int, p review.ProjectKey, in gatemodel.Input) (gatemodel.Output, error) {
	switch in.Op {
	case gatemodel.ReadGate:
		return w.readGate(ctx, replica, p, in)
	case gatemodel.ReadItem:
		return w.readItem(ctx, replica, p, in)
	}
	if f, ok := w.formOf(p, in); ok {
		return w.post(ctx, replica, in, f)
	}
	target := store.Target{Project: p, Stage: stages[in.Stage]}
	if in.Op == gatemodel.Restrict {
		target.Stage = ""
	}
	changed, err := w.stores[replica].Change(ctx, w.by(in.Who), target, w.command(in))
	return outcomeOf(ctx, in, changed, err)
}

// outcomeOf is what the store said, in the model's words.
func outcomeOf(ctx context.Context, in gatemodel.Input, changed *store.Changed, err error) (gatemodel.Output, error) {
	var denied *review.Denied
	var stale *review.StaleDigest
	var refused *review.Refused
	var invalid *review.Invalid
	out := gatemodel.Output{}
	switch {
	case err == nil:
		out.Result = gatemodel.OK
		for _, en := range changed.Events {
			if e, ok := en.Event.(review.RoundClosed); ok && e.Outcome == review.OutcomePassed {
				out.Passed = true
			}
		}
	case errors.Is(err, store.ErrNoSession):
		out.Result = gatemodel.Nobody
	case errors.Is(err, review.ErrNotFound):
		out.Result = gatemodel.Hidden
	case errors.As(err, &denied):
		out.Result = gatemodel.Denied
	case errors.As(err, &stale):
		out.Result = gatemodel.Stale
	case errors.As(err, &refused):
		out.Result = gatemodel.Refused
	case errors.As(err, &invalid):
		out.Result = gatemodel.Invalid
	case errors.Is(err, store.ErrOverloaded), ctx.Err() != nil, driverTimeout(err.Error()):
		out.Unknown = true
	default:
		return out, fmt.Errorf("%s: %w", in.Op, err)
	}
	return out, nil
}

// answer is a response that has arrived in full.
type answer struct {
	status int
	to     string // where a redirect leads
	flash  string // what the next page is to say
	body   string
	header http.Header
}

// send makes one request as somebody, as their browser would.
func (w *world) send(ctx context.Context, replica, who int, method, path string, fields url.Values) (*answer, error) {
	return w.sendTo(ctx, w.servers[replica].URL, who, method, path, fields)
}

func (w *world) sendTo(ctx context.Context, server string, who int, method, path string, fields url.Values) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, server+path, strings.NewReader(fields.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.AddCookie(&http.Cookie{Name: cookie, Value: w.secrets[who]})
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := w.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	a := &answer{status: res.StatusCode, to: res.Header.Get("Location"), body: string(body), header: res.Header}
	for _, c := range res.Cookies() {
		if c.Name == cookie+"-done" {
			a.flash = c.Value
		}
	}
	return a, nil
}

// post sends a form. Without an answer nobody knows whether it had its effect.
func (w *world) post(ctx context.Context, replica int, in gatemodel.Input, f form) (gatemodel.Output, error) {
	a, err := w.send(ctx, replica, in.Who, http.MethodPost, f.path, f.fields)
	if err != nil {
		return gatemodel.Output{Unknown: true}, nil
	}
	out := gatemodel.Output{}
	switch a.status {
	case http.StatusSeeOther:
		out.Result, out.Passed = gatemodel.OK, a.flash == "passed"
	case http.StatusUnauthorized:
		out.Result = gatemodel.Nobody
	case http.StatusNotFound:
		out.Result = gatemodel.Hidden
	case http.StatusForbidden:
		out.Result = gatemodel.Denied
	case http.StatusUnprocessableEntity:
		out.Result = gatemodel.Invalid
	case http.StatusConflict:
		out.Result = conflictOf(in, a.body)
	default:
		out.Unknown = true
		return out, w.excused(string(in.Op), a)
	}
	return out, nil
}

// excused is nil for an answer that says that the database did not answer in
// time: nobody knows then what became of the request.
func (w *world) excused(what string, a *answer) error {
	said := w.log.about(a.body)
	if a.status == http.StatusServiceUnavailable || a.status == http.StatusInternalServerError && driverTimeout(said) {
		return nil
	}
	return fmt.Errorf("%s: status %d: %s\nthe server logged: %s", what, a.status, words(a.body), said)
}

// driverTimeout reports whether the driver took a timeout of its own for that of
// a request. On a machine that has more to do than it can, it reads in the
// background while it writes; when the request is cancelled meanwhile, what that
// reading ends with is kept for the next user of the connection, once in many
// thousands of requests.
func driverTimeout(said string) bool { return strings.Contains(said, "i/o timeout") }

// conflictOf tells the reasons apart that share a status, by their titles.
func conflictOf(in gatemodel.Input, body string) gatemodel.Result {
	switch {
	case in.Op == gatemodel.Answer:
		return gatemodel.Conflict
	case strings.Contains(body, "<strong>The content has changed."):
		return gatemodel.Stale
	case strings.Contains(body, "<strong>Not ready for sign-off."):
		return gatemodel.Blocked
	}
	return gatemodel.Refused
}
