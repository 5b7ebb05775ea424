package review

import (
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
)

// Events of a project's stream that concern waivers.
type (
	// WaiverRequested asks for leave to pass without an item until a date.
	WaiverRequested struct {
		Stage   plan.StageKey `json:"stage"`
		Item    plan.ItemKey  `json:"item"`
		No      int           `json:"no"`
		Reason  string        `json:"reason"`
		Risk    string        `json:"risk"`
		Measure string        `json:"measure"`
		Until   string        `json:"until"` // date: the last day on which it counts
	}
	// WaiverGranted puts a waiver in force.
	WaiverGranted struct {
		Stage  plan.StageKey `json:"stage"`
		Item   plan.ItemKey  `json:"item"`
		No     int           `json:"no"`
		Reason string        `json:"reason,omitempty"`
		For    PersonID      `json:"for,omitempty"` // who holds the seat, when a stand-in decides
	}
	// WaiverDenied refuses a waiver.
	WaiverDenied struct {
		Stage  plan.StageKey `json:"stage"`
		Item   plan.ItemKey  `json:"item"`
		No     int           `json:"no"`
		Reason string        `json:"reason"`
		For    PersonID      `json:"for,omitempty"` // who holds the seat, when a stand-in decides
	}
	// WaiverExtended moves the date until which a waiver counts.
	WaiverExtended struct {
		Stage  plan.StageKey `json:"stage"`
		Item   plan.ItemKey  `json:"item"`
		No     int           `json:"no"`
		From   string        `json:"from"`
		Until  string        `json:"until"`
		Reason string        `json:"reason"`
		For    PersonID      `json:"for,omitempty"` // who holds the seat, when a stand-in decides
	}
	// WaiverRevoked ends a waiver before its date.
	WaiverRevoked struct {
		Stage  plan.StageKey `json:"stage"`
		Item   plan.ItemKey  `json:"item"`
		No     int           `json:"no"`
		Reason string        `json:"reason"`
		For    PersonID      `json:"for,omitempty"` // who holds the seat, when a stand-in decides
	}
)

func (WaiverRequested) Kind() string { return "WaiverRequested" }
func (WaiverGranted) Kind() string   { return "WaiverGranted" }
func (WaiverDenied) Kind() string    { return "WaiverDenied" }
func (WaiverExtended) Kind() string  { return "WaiverExtended" }
func (WaiverRevoked) Kind() string   { return "WaiverRevoked" }

func (e WaiverRequested) Subject() (plan.StageKey, plan.ItemKey) { return e.Stage, e.Item }
func (e WaiverGranted) Subject() (plan.StageKey, plan.ItemKey)   { return e.Stage, e.Item }
func (e WaiverDenied) Subject() (plan.StageKey, plan.ItemKey)    { return e.Stage, e.Item }
func (e WaiverExtended) Subject() (plan.StageKey, plan.ItemKey)  { return e.Stage, e.Item }
func (e WaiverRevoked) Subject() (plan.StageKey, plan.ItemKey)   { return e.Stage, e.Item }

func (WaiverRequested) People() []PersonID  { return nil }
func (e WaiverGranted) People() []PersonID  { return []PersonID{e.For} }
func (e WaiverDenied) People() []PersonID   { return []PersonID{e.For} }
func (e WaiverExtended) People() []PersonID { return []PersonID{e.For} }
func (e WaiverRevoked) People() []PersonID  { return []PersonID{e.For} }

func (e WaiverRequested) fold(r *Review, en Entry) error {
	s, _, err := r.place(e.Stage, e.Item)
	if err != nil {
		return err
	}
	if e.No != s.nextWaiver() {
		return fmt.Errorf("waiver %d where %d is next", e.No, s.nextWaiver())
	}
	s.Waivers = append(s.Waivers, Waiver{
		No: e.No, Item: e.Item, Reason: e.Reason, Risk: e.Risk, Measure: e.Measure, Until: parseDate(e.Until),
		RequestedBy: en.Actor, RequestedAt: en.At,
	})
	return nil
}

func (e WaiverGranted) fold(r *Review, en Entry) error {
	w, err := r.waiverNo(e.Stage, e.Item, e.No)
	if err != nil {
		return err
	}
	w.GrantedBy, w.GrantedFor, w.GrantedAt, w.Why = en.Actor, e.For, en.At, e.Reason
	return nil
}

func (e WaiverDenied) fold(r *Review, en Entry) error {
	w, err := r.waiverNo(e.Stage, e.Item, e.No)
	if err != nil {
		return err
	}
	w.DeniedBy, w.DeniedFor, w.DeniedAt, w.Why = en.Actor, e.For, en.At, e.Reason
	return nil
}

func (e WaiverExtended) fold(r *Review, _ Entry) error {
	w, err := r.waiverNo(e.Stage, e.Item, e.No)
	if err != nil {
		return err
	}
	w.Until, w.Why = parseDate(e.Until), e.Reason
	return nil
}

func (e WaiverRevoked) fold(r *Review, en Entry) error {
	w, err := r.waiverNo(e.Stage, e.Item, e.No)
	if err != nil {
		return err
	}
	w.RevokedBy, w.RevokedFor, w.RevokedAt, w.Why = en.Actor, e.For, en.At, e.Reason
	return nil
}

// waiverNo finds a waiver, also of an item that the plan no longer asks.
func (r *Review) waiverNo(sk plan.StageKey, ik plan.ItemKey, no int) (*Waiver, error) {
	s, err := r.loaded(sk)
	if err != nil {
		return nil, err
	}
	w := s.Waiver(no)
	if w == nil || w.Item != ik {
		return nil, fmt.Errorf("no waiver %d of item %s", no, ik)
	}
	return w, nil
}
