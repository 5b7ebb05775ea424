package review

import (
	"fmt"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Events of the library's stream.
type (
	// DocumentPublished makes a version known. The bytes are not on the trail, but
	// for their digest.
	DocumentPublished struct {
		Document    string    `json:"document"`
		Sort        plan.Kind `json:"kind"`
		Version     int       `json:"version"`
		Digest      string    `json:"digest"`
		Reason      string    `json:"reason,omitempty"` // empty for what comes with the program
		ValidatedBy PersonID  `json:"validated_by,omitempty"`
		ValidatedOn string    `json:"validated_on,omitempty"`
		Owner       PersonID  `json:"owner,omitempty"` // with the first version
	}
	// VersionRetired keeps new projects from pinning a version.
	VersionRetired struct {
		Document string `json:"document"`
		Version  int    `json:"version"`
		Reason   string `json:"reason"`
	}
	// OwnerChanged says who answers questions about a document from now on.
	OwnerChanged struct {
		Document string   `json:"document"`
		From     PersonID `json:"from,omitempty"`
		Owner    PersonID `json:"owner,omitempty"`
	}
	// DefaultNamed has new projects pin a readiness definition, in the place of any
	// other that they pinned so far, or takes that back.
	DefaultNamed struct {
		Document string `json:"document"`
		Default  bool   `json:"default"`
		Reason   string `json:"reason"`
	}
)

func (DocumentPublished) Kind() string { return "DocumentPublished" }
func (VersionRetired) Kind() string    { return "VersionRetired" }
func (OwnerChanged) Kind() string      { return "OwnerChanged" }
func (DefaultNamed) Kind() string      { return "DefaultNamed" }

func (DocumentPublished) Subject() (plan.StageKey, plan.ItemKey) { return "", "" }
func (VersionRetired) Subject() (plan.StageKey, plan.ItemKey)    { return "", "" }
func (OwnerChanged) Subject() (plan.StageKey, plan.ItemKey)      { return "", "" }
func (DefaultNamed) Subject() (plan.StageKey, plan.ItemKey)      { return "", "" }

// About is the key of the document that an event of the library is about.
func (e DocumentPublished) About() string { return e.Document }
func (e VersionRetired) About() string    { return e.Document }
func (e OwnerChanged) About() string      { return e.Document }
func (e DefaultNamed) About() string      { return e.Document }

func (e DocumentPublished) People() []PersonID { return []PersonID{e.ValidatedBy, e.Owner} }
func (e VersionRetired) People() []PersonID    { return nil }
func (e OwnerChanged) People() []PersonID      { return []PersonID{e.From, e.Owner} }
func (DefaultNamed) People() []PersonID        { return nil }

func (e DocumentPublished) fold(d *Published, en Entry) error {
	if len(d.Versions) > 0 && d.Kind != e.Sort {
		return fmt.Errorf("version %d of %s is a %s; it was a %s", e.Version, d.Key, e.Sort, d.Kind)
	}
	d.Kind = e.Sort
	if e.Owner != 0 {
		d.Owner = e.Owner
	}
	return d.insert(PublishedVersion{
		Ref: plan.Ref{Key: e.Document, Version: e.Version, Digest: e.Digest}, At: en.At, By: en.Actor, Reason: e.Reason,
		ValidatedBy: e.ValidatedBy, ValidatedOn: e.ValidatedOn,
	})
}

func (e VersionRetired) fold(d *Published, en Entry) error {
	v := d.Version(e.Version)
	if v == nil {
		return fmt.Errorf("version %d of %s was never published", e.Version, d.Key)
	}
	v.Retired = Retirement{At: en.At, By: en.Actor, Reason: e.Reason}
	return nil
}

func (e OwnerChanged) fold(d *Published, _ Entry) error {
	if e.From != d.Owner {
		return fmt.Errorf("%s is taken from person %d; it was person %d's", d.Key, e.From, d.Owner)
	}
	d.Owner = e.Owner
	return nil
}

func (e DefaultNamed) fold(d *Published, _ Entry) error {
	d.Default = e.Default
	return nil
}
