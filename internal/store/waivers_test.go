package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// askWaiver asks for a waiver of an item in a project's first stage.
func (f *fixture) askWaiver(name string, key review.ProjectKey, item plan.ItemKey, until time.Time) {
	f.t.Helper()
	f.change(name, store.Target{Project: key, Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RequestWaiver(who, "idea", item, review.NewWaiver{Reason: "Late.", Risk: "Small.", Measure: "By hand.", Until: review.FormatDate(until)}, at)
	})
}

func (f *fixture) decideWaiver(name string, key review.ProjectKey, do func(r *review.Review, who review.Actor, at time.Time) error) {
	f.t.Helper()
	f.change(name, store.Target{Project: key, Stage: "idea"}, do)
}

func grantFirst(r *review.Review, who review.Actor, at time.Time) error {
	return r.GrantWaiver(who, "idea", 1, r.Stage("idea").Waivers[0].Digest(), "", at)
}

// waivers lists a part of the register as somebody sees it at a moment: the
// projects, in order.
func (f *fixture) waivers(by store.By, filter store.WaiverFilter) ([]string, *store.WaiversView) {
	f.t.Helper()
	v, err := f.Waivers(context.Background(), by, filter)
	if err != nil {
		f.t.Fatal(err)
	}
	var keys []string
	for _, r := range v.Rows {
		keys = append(keys, fmt.Sprintf("%s.%d", r.Project, r.Waiver.No))
	}
	return keys, v
}

func TestWaiverRegister(t *testing.T) {
	f := newFixture(t)
	now := time.Now().UTC()
	for i, key := range []review.ProjectKey{"asked", "granted-long", "granted-short", "denied", "revoked"} {
		f.create(string(key))
		f.askWaiver("olga", key, "risks-listed", now.AddDate(0, 0, []int{60, 35, 10, 24, 50}[i]))
	}
	f.decideWaiver("pat", "granted-long", grantFirst)
	f.decideWaiver("mona", "granted-short", grantFirst)
	f.decideWaiver("pat", "denied", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.DenyWaiver(who, "idea", 1, r.Stage("idea").Waivers[0].Digest(), "No.", at)
	})
	f.decideWaiver("pat", "revoked", grantFirst)
	f.decideWaiver("sre", "revoked", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.RevokeWaiver(who, "idea", 1, r.Stage("idea").Waivers[0].Digest(), "It is over.", at)
	})
	for kind, want := range map[store.WaiverKind]string{
		store.WaiversCurrent: "asked.1 granted-short.1 granted-long.1", store.WaiversWaiting: "asked.1", store.WaiversInForce: "granted-short.1 granted-long.1",
		store.WaiversExpiring: "granted-short.1", store.WaiversExpired: "", store.WaiversDenied: "denied.1", store.WaiversRevoked: "revoked.1",
	} {
		if got, _ := f.waivers(f.as("audit"), store.WaiverFilter{Kind: kind}); strings.Join(got, " ") != want {
			t.Errorf("%q lists %v, want %s", kind, got, want)
		}
	}
	_, v := f.waivers(f.as("sre"), store.WaiverFilter{})
	if want := (store.WaiverCounts{Waiting: 1, InForce: 2, Expiring: 1, Denied: 1, Revoked: 1}); v.Counts != want || v.Mine != want {
		t.Errorf("counts %+v, of those mine %+v, want %+v", v.Counts, v.Mine, want)
	}
	if _, v := f.waivers(f.as("olga"), store.WaiverFilter{}); v.Mine != (store.WaiverCounts{}) {
		t.Errorf("who asked may decide on %+v", v.Mine)
	}
	row := v.Rows[0]
	if row.Title != "Risks are listed" || row.Gate != "Worth building" || row.Level != plan.LevelMust || row.Lacks != review.MustOpen || row.State != review.WaiverWaiting ||
		row.Waiver.RequestedBy != f.people["olga"] || v.Names.Of(row.Waiver.RequestedBy) != "Person olga" {
		t.Errorf("row: %+v", row)
	}
	if got, _ := f.waivers(f.as("sre"), store.WaiverFilter{Project: "asked", Team: "Blue"}); len(got) != 1 {
		t.Errorf("one project: %v", got)
	}
	if got, v := f.waivers(f.as("sre"), store.WaiverFilter{Team: "Red"}); len(got) != 0 || v.Counts != (store.WaiverCounts{}) {
		t.Errorf("another team: %v %+v", got, v.Counts)
	}
}

// A waiver moves from in force to expired at the very moment of its end, and
// what hangs on it is said.
func TestWaiverRegisterAtTheEnd(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	end := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 20)
	f.askWaiver("olga", "ledger", "risks-listed", end.AddDate(0, 0, -1)) // its last day
	f.decideWaiver("pat", "ledger", grantFirst)
	for _, tt := range []struct {
		at      time.Time
		kind    store.WaiverKind
		present bool
	}{
		{end.AddDate(0, 0, -15).Add(-time.Microsecond), store.WaiversExpiring, false}, {end.AddDate(0, 0, -15), store.WaiversExpiring, true},
		{end.Add(-time.Microsecond), store.WaiversInForce, true}, {end.Add(-time.Microsecond), store.WaiversExpired, false},
		{end, store.WaiversInForce, false}, {end, store.WaiversExpired, true},
	} {
		got, v := f.waivers(store.ByPerson(f.people["audit"], tt.at), store.WaiverFilter{Kind: tt.kind})
		if (len(got) == 1) != tt.present {
			t.Errorf("%s at %s: %v", tt.kind, tt.at, got)
		}
		if tt.present && (v.Rows[0].State == review.WaiverExpired) != (tt.kind == store.WaiversExpired) {
			t.Errorf("%s at %s stands as %s", tt.kind, tt.at, v.Rows[0].State)
		}
	}
	f.change("mike", store.Target{Project: "ledger", Stage: "idea"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "risks-listed", review.Met, "", 0, at)
	})
	if _, v := f.waivers(f.as("audit"), store.WaiverFilter{}); v.Rows[0].Lacks != "" {
		t.Errorf("the item is met, and still lacks %s", v.Rows[0].Lacks)
	}
}

// Who is told that a waiver is theirs to decide on is whom the domain lets
// decide, and hidden projects stay hidden.
func TestWaiversAgreeWithTheDomain(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	until := time.Now().AddDate(0, 0, 30)
	for _, key := range []review.ProjectKey{"open-one", "secret-one"} {
		f.create(string(key))
		f.askWaiver("olga", key, "risks-listed", until)
		f.change("olga", store.Target{Project: key, Stage: "live"}, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.RequestWaiver(who, "live", "restore-tested", review.NewWaiver{Reason: "Late.", Risk: "Small.", Measure: "By hand.", Until: review.FormatDate(until)}, at)
		})
	}
	f.change("olga", store.Target{Project: "secret-one"}, func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Edit(who, review.ProjectFields{Name: "Secret", Team: "Hidden", Tier: 1, Exposure: review.ExposurePilot, Restricted: true}, at)
	})
	errTried := errors.New("only tried")
	for name := range f.people {
		mine, v := f.waivers(f.as(name), store.WaiverFilter{Mine: true})
		if work, err := f.MyWork(ctx, f.as(name)); err != nil || len(work.Waivers) != len(mine) {
			t.Errorf("%s: my work has %d waivers, the register %v: %v", name, len(work.Waivers), mine, err)
		}
		if v.Mine.Waiting != len(mine) {
			t.Errorf("%s: counted %d, listed %v", name, v.Mine.Waiting, mine)
		}
		var may, flagged int
		_, all := f.waivers(f.as(name), store.WaiverFilter{})
		for _, r := range all.Rows {
			if _, err := f.Project(ctx, f.as(name), r.Project); err != nil {
				t.Errorf("%s reads of a waiver in %s: %v", name, r.Project, err)
			}
			if r.Mine {
				flagged++
			}
		}
		for _, key := range []review.ProjectKey{"open-one", "secret-one"} {
			for _, stage := range []plan.StageKey{"idea", "live"} {
				_, err := f.Change(ctx, f.as(name), store.Target{Project: key, Stage: stage}, func(r *review.Review, who review.Actor, at time.Time) error {
					return errors.Join(r.GrantWaiver(who, stage, 1, r.Stage(stage).Waivers[0].Digest(), "", at), errTried)
				})
				var denied *review.Denied
				if err != nil && !errors.As(err, &denied) && !errors.Is(err, review.ErrNotFound) {
					may++
				}
			}
		}
		if may != len(mine) || flagged != may {
			t.Errorf("%s may decide on %d waivers; listed are %v, marked %d", name, may, mine, flagged)
		}
	}
	if got, _ := f.waivers(f.as("eng"), store.WaiverFilter{Mine: true}); !slices.Equal(got, []string{"open-one.1"}) {
		t.Errorf("engineering decides on %v", got)
	}
}
