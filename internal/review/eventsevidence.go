package review

import (
	"fmt"
	"github.com/slipway-prr/slipway/internal/plan"
)

// Events of a project's stream that concern evidence.
type (
	// EvidenceAdded links evidence to an item.
	EvidenceAdded struct {
		Stage     plan.StageKey     `json:"stage"`
		Item      plan.ItemKey      `json:"item"`
		No        int               `json:"no"`
		URL       SafeURL           `json:"url"`
		Title     string            `json:"title"`
		Type      plan.EvidenceKind `json:"type"`
		Effective string            `json:"effective"`
		Expires   string            `json:"expires,omitempty"`
		Commit    string            `json:"commit,omitempty"`
		// Renews is the round whose signatures it leaves in force. Evidence from
		// before there were renewals has none, and was a change.
		Renews int `json:"renews,omitempty"`
		// From is the project with whose answer it was taken over.
		From ProjectID `json:"from,omitempty"`
	}
	// EvidenceRemoved takes a link away; its row and entry stay readable.
	EvidenceRemoved struct {
		Stage plan.StageKey `json:"stage"`
		Item  plan.ItemKey  `json:"item"`
		No    int           `json:"no"`
	}
)

func (EvidenceAdded) Kind() string   { return "EvidenceAdded" }
func (EvidenceRemoved) Kind() string { return "EvidenceRemoved" }

func (e EvidenceAdded) Subject() (plan.StageKey, plan.ItemKey)   { return e.Stage, e.Item }
func (e EvidenceRemoved) Subject() (plan.StageKey, plan.ItemKey) { return e.Stage, e.Item }

func (EvidenceAdded) People() []PersonID   { return nil }
func (EvidenceRemoved) People() []PersonID { return nil }

func (e EvidenceAdded) fold(r *Review, en Entry) error {
	s, it, err := r.place(e.Stage, e.Item)
	if err != nil {
		return err
	}
	if e.No != s.nextEvidence() {
		return fmt.Errorf("evidence %d where %d is next", e.No, s.nextEvidence())
	}
	if e.Renews != 0 && e.Renews != s.renews(it, e.Type) {
		return fmt.Errorf("evidence %d is said to renew round %d, which it does not", e.No, e.Renews)
	}
	by, err := it.standsFor(en)
	if err != nil {
		return err
	}
	s.Evidence = append(s.Evidence, Evidence{
		No: e.No, Item: e.Item, URL: e.URL, Title: e.Title, Type: e.Type, Effective: parseDate(e.Effective),
		Expires: parseDate(e.Expires), Commit: e.Commit, By: by, At: en.At, Renews: e.Renews, From: e.From,
	})
	return nil
}

func (e EvidenceRemoved) fold(r *Review, en Entry) error {
	s, it, err := r.place(e.Stage, e.Item)
	if err != nil {
		return err
	}
	link := s.link(e.No)
	if link == nil {
		return fmt.Errorf("no evidence %d", e.No)
	}
	link.RemovedBy, err = it.standsFor(en)
	link.RemovedAt = en.At
	return err
}
