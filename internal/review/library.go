package review

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
)

// Library is the stream of what is published, which is no project.
const Library ProjectID = -1

// Published is a document of the library with its versions: the aggregate of the
// library's stream.
type Published struct {
	Key      string
	Kind     plan.Kind
	Owner    PersonID           // who answers questions about it; 0: nobody
	Versions []PublishedVersion // oldest first
	Default  bool               // new projects pin its newest version; of readiness definitions one at most

	recorded []Entry
}

// PublishedVersion is what the trail says of a version.
type PublishedVersion struct {
	Ref         plan.Ref
	At          time.Time
	By          PersonID // [System] for those that come with the program
	Reason      string
	ValidatedBy PersonID // 0: it does not say
	ValidatedOn string   // a date
	Retired     Retirement
}

// Retirement is that no new project may pin a version. The zero value: they may.
type Retirement struct {
	At     time.Time
	By     PersonID
	Reason string
}

// Recorded are the events since the document was loaded, oldest first.
func (d *Published) Recorded() []Entry { return d.recorded }

// Newest is the newest version; nil while there is none.
func (d *Published) Newest() *PublishedVersion {
	if len(d.Versions) == 0 {
		return nil
	}
	return &d.Versions[len(d.Versions)-1]
}

// Version finds a version; nil when there is none.
func (d *Published) Version(n int) *PublishedVersion {
	for i := range d.Versions {
		if d.Versions[i].Ref.Version == n {
			return &d.Versions[i]
		}
	}
	return nil
}

// Next is the number that the next version gets.
func (d *Published) Next() int {
	if newest := d.Newest(); newest != nil {
		return newest.Ref.Version + 1
	}
	return 1
}

// BuiltIn reports whether the document comes with the program. Whoever wants it
// otherwise copies it: its next version comes with the program too.
func (d *Published) BuiltIn() bool { return len(d.Versions) > 0 && d.Versions[0].By == System }

// MayDraft says whether somebody may write the document's next version.
func (d *Published) MayDraft(by Actor) error {
	if err := May(by, EditLibrary, nil); err != nil {
		return err
	}
	if d.BuiltIn() {
		return refuse("This document comes with Slipway, and so do its next versions. Make a copy of it, and change that.")
	}
	return nil
}

// Publication is what somebody says about a version that they publish.
type Publication struct {
	Reason      string
	ValidatedBy PersonID // 0: nobody did
	ValidatedOn string   // a date; empty: today, if somebody did
}

// Publish makes a version known. The reference carries [Published.Next].
func (d *Published) Publish(by Actor, kind plan.Kind, ref plan.Ref, in Publication, at time.Time) error {
	if err := d.MayDraft(by); err != nil {
		return err
	}
	switch {
	case ref.Key != d.Key || ref.Version != d.Next():
		return fmt.Errorf("%s version %d does not follow version %d of %s", ref.Key, ref.Version, d.Next()-1, d.Key)
	case len(d.Versions) > 0 && kind != d.Kind:
		return refuse("%s is published as a %s; give the %s a key of its own.", d.Key, d.Kind, kind)
	}
	var c input
	reason := c.text("reason", in.Reason, MaxReason)
	c.require("reason", reason, "say why there is a new version; projects that are asked to upgrade read it")
	on := c.date("validated-on", in.ValidatedOn)
	switch {
	case in.ValidatedBy == 0 && in.ValidatedOn != "":
		c.problems.Add("validated-by", "say who validated it, or leave out when")
	case in.ValidatedBy < 0:
		c.problems.Add("validated-by", "is nobody we know; choose a person from the list")
	case on.After(at):
		c.problems.Add("validated-on", "lies in the future")
	}
	if err := c.problems.Err(); err != nil {
		return err
	}
	ev := DocumentPublished{
		Document: d.Key, Sort: kind, Version: ref.Version, Digest: ref.Digest, Reason: reason, ValidatedBy: in.ValidatedBy, ValidatedOn: in.ValidatedOn,
	}
	if in.ValidatedBy != 0 && in.ValidatedOn == "" {
		ev.ValidatedOn = at.Format(DateLayout)
	}
	if len(d.Versions) == 0 {
		ev.Owner = by.Person
	}
	return d.record(by.Person, at, ev)
}

// Install makes a version known that comes with the program.
func (d *Published) Install(kind plan.Kind, ref plan.Ref, at time.Time) error {
	if d.Version(ref.Version) != nil {
		return nil
	}
	return d.record(System, at, DocumentPublished{Document: d.Key, Sort: kind, Version: ref.Version, Digest: ref.Digest})
}

// Retire keeps new projects from pinning a version. Those that follow it go on.
func (d *Published) Retire(by Actor, version int, reason string, at time.Time) error {
	if err := May(by, EditLibrary, nil); err != nil {
		return err
	}
	v := d.Version(version)
	if v == nil {
		return ErrNotFound
	}
	var c input
	reason = c.text("reason", reason, MaxReason)
	c.require("reason", reason, "say why no new project should follow this version")
	if err := c.problems.Err(); err != nil {
		return err
	}
	if !v.Retired.At.IsZero() {
		return nil
	}
	if d.Default && !slices.ContainsFunc(d.Versions, func(o PublishedVersion) bool { return o.pinnable() && o.Ref.Version != version }) {
		return refuse("New projects pin this definition, and it has no other version that they can pin. Publish one first, or name another default.")
	}
	return d.record(by.Person, at, VersionRetired{Document: d.Key, Version: version, Reason: reason})
}

// GiveTo makes somebody else the owner, or with 0 nobody.
func (d *Published) GiveTo(by Actor, owner PersonID, at time.Time) error {
	if err := May(by, EditLibrary, nil); err != nil {
		return err
	}
	switch {
	case len(d.Versions) == 0:
		return ErrNotFound
	case d.BuiltIn():
		return refuse("This document comes with Slipway, which answers for it.")
	case owner == d.Owner:
		return nil
	}
	return d.record(by.Person, at, OwnerChanged{Document: d.Key, From: d.Owner, Owner: owner})
}

// pinnable reports whether new projects may pin the version.
func (v PublishedVersion) pinnable() bool { return v.Retired.At.IsZero() }

// NameDefault has new projects pin the definition, or with false pin none.
func (d *Published) NameDefault(by Actor, on bool, reason string, at time.Time) error {
	if err := May(by, EditLibrary, nil); err != nil {
		return err
	}
	switch {
	case len(d.Versions) == 0:
		return ErrNotFound
	case d.Kind != plan.KindDefinition:
		return refuse("Only a readiness definition is a default that the library names.")
	case on && !slices.ContainsFunc(d.Versions, PublishedVersion.pinnable):
		return refuse("All versions of this definition are retired, so no project can pin it.")
	}
	var c input
	reason = c.text("reason", reason, MaxReason)
	c.require("reason", reason, "say why, so that people who come later understand")
	if err := c.problems.Err(); err != nil || d.Default == on {
		return err
	}
	return d.record(by.Person, at, DefaultNamed{d.Key, on, reason})
}

func (d *Published) record(by PersonID, at time.Time, ev libraryEvent) error {
	entry := Entry{At: trailTime(at), Actor: by, Event: ev}
	if err := ev.fold(d, entry); err != nil {
		return fmt.Errorf("%s: %w", ev.Kind(), err)
	}
	d.recorded = append(d.recorded, entry)
	return nil
}

// ReplayLibrary rebuilds all documents from the library's stream, or one from the
// entries that are about it and those that name a default.
func ReplayLibrary(entries []Entry) (map[string]*Published, error) {
	all := map[string]*Published{}
	for i, en := range entries {
		event, ok := en.Event.(libraryEvent)
		if !ok {
			return nil, fmt.Errorf("entry %d: %s is not an event of the library", i+1, en.Event.Kind())
		}
		key := event.About()
		if all[key] == nil {
			all[key] = &Published{Key: key}
		}
		if err := event.fold(all[key], en); err != nil {
			return nil, fmt.Errorf("entry %d: %w", i+1, err)
		}
		if _, named := event.(DefaultNamed); named { // there is one at most
			for other, d := range all {
				d.Default = d.Default && other == key
			}
		}
	}
	return all, nil
}

func (d *Published) insert(v PublishedVersion) error {
	at, there := slices.BinarySearchFunc(d.Versions, v.Ref.Version, func(v PublishedVersion, n int) int { return cmp.Compare(v.Ref.Version, n) })
	if there || v.Ref.Version < 1 {
		return fmt.Errorf("version %d of %s is published already", v.Ref.Version, d.Key)
	}
	d.Versions = slices.Insert(d.Versions, at, v)
	return nil
}
