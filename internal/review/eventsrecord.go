package review

import (
	"fmt"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

// Events of a project's stream that concern its records.
type (
	// RecordOpened adds a record.
	RecordOpened struct {
		No     int          `json:"no"`
		Type   record.Key   `json:"type"`
		Record RecordFields `json:"record"`
		Gates  []GateThen   `json:"gates,omitempty"` // where the kind keeps how they stood
	}
	// RecordEdited changes what a record says.
	RecordEdited struct {
		No      int           `json:"no"`
		Type    record.Key    `json:"type"`
		Was     plan.StageKey `json:"was,omitempty"` // the stage at whose gate it counted
		Record  RecordFields  `json:"record"`
		Changes []Change      `json:"changes"` // but for its owner, whom an event names by number only
	}
	// RecordMoved brings a record into another state.
	RecordMoved struct {
		No     int             `json:"no"`
		Type   record.Key      `json:"type"`
		Stage  plan.StageKey   `json:"stage,omitempty"`
		From   record.StateKey `json:"from"`
		To     record.StateKey `json:"to"`
		Set    record.Values   `json:"set,omitempty"`   // what was filled in with it
		Due    string          `json:"due,omitempty"`   // the record's date after it
		About  plan.ItemKey    `json:"about,omitempty"` // the item that was chosen with it
		Reason string          `json:"reason,omitempty"`
		Gates  []GateThen      `json:"gates,omitempty"` // where the state keeps how they stood
	}
	// RecordHandedOn gives a record to another owner, because its owner leaves or
	// somebody goes on in their place.
	RecordHandedOn struct {
		No     int           `json:"no"`
		Type   record.Key    `json:"type"`
		Stage  plan.StageKey `json:"stage,omitempty"`
		From   PersonID      `json:"from"`
		Owner  PersonID      `json:"owner"`
		Reason string        `json:"reason,omitempty"`
	}
	// RecordDiscussed is a contribution to a record's discussion.
	RecordDiscussed struct {
		No       int           `json:"no"`
		Type     record.Key    `json:"type"`
		Stage    plan.StageKey `json:"stage,omitempty"`
		Comment  int           `json:"comment"`
		Text     string        `json:"text"`
		Once     string        `json:"once,omitempty"`
		Mentions []PersonID    `json:"mentions,omitempty"`
	}
	// ReadingNoted keeps a figure that was read of a record.
	ReadingNoted struct {
		No      int            `json:"no"`
		Type    record.Key     `json:"type"`
		Stage   plan.StageKey  `json:"stage,omitempty"`
		Reading int            `json:"reading"`
		Value   record.Decimal `json:"value"`
		At      string         `json:"at"`
		Note    string         `json:"note,omitempty"`
		URL     SafeURL        `json:"url,omitempty"`
	}
	// ReadingStruck strikes out a figure that was wrong.
	ReadingStruck struct {
		No      int           `json:"no"`
		Type    record.Key    `json:"type"`
		Stage   plan.StageKey `json:"stage,omitempty"`
		Reading int           `json:"reading"`
		Reason  string        `json:"reason"`
	}
)

func (RecordOpened) Kind() string    { return "RecordOpened" }
func (RecordEdited) Kind() string    { return "RecordEdited" }
func (RecordMoved) Kind() string     { return "RecordMoved" }
func (RecordHandedOn) Kind() string  { return "RecordHandedOn" }
func (RecordDiscussed) Kind() string { return "RecordDiscussed" }
func (ReadingNoted) Kind() string    { return "ReadingNoted" }
func (ReadingStruck) Kind() string   { return "ReadingStruck" }

// RecordIn is the number of the record that an event concerns; 0: none.
func RecordIn(e Event) int {
	if e, ok := e.(interface{ recordNo() int }); ok {
		return e.recordNo()
	}
	return 0
}

func (e RecordOpened) recordNo() int    { return e.No }
func (e RecordEdited) recordNo() int    { return e.No }
func (e RecordMoved) recordNo() int     { return e.No }
func (e RecordHandedOn) recordNo() int  { return e.No }
func (e RecordDiscussed) recordNo() int { return e.No }
func (e ReadingNoted) recordNo() int    { return e.No }
func (e ReadingStruck) recordNo() int   { return e.No }

// Subject has no stage where the gates of several can have to do with it.
func (e RecordOpened) Subject() (plan.StageKey, plan.ItemKey) { return e.Record.Stage, "" }
func (e RecordEdited) Subject() (plan.StageKey, plan.ItemKey) {
	if e.Was != e.Record.Stage {
		return "", ""
	}
	return e.Was, ""
}
func (e RecordMoved) Subject() (plan.StageKey, plan.ItemKey)     { return e.Stage, "" }
func (e RecordHandedOn) Subject() (plan.StageKey, plan.ItemKey)  { return e.Stage, "" }
func (e RecordDiscussed) Subject() (plan.StageKey, plan.ItemKey) { return e.Stage, "" }
func (e ReadingNoted) Subject() (plan.StageKey, plan.ItemKey)    { return e.Stage, "" }
func (e ReadingStruck) Subject() (plan.StageKey, plan.ItemKey)   { return e.Stage, "" }

func (e RecordOpened) People() []PersonID    { return []PersonID{e.Record.Owner} }
func (e RecordEdited) People() []PersonID    { return []PersonID{e.Record.Owner} }
func (RecordMoved) People() []PersonID       { return nil }
func (e RecordHandedOn) People() []PersonID  { return []PersonID{e.From, e.Owner} }
func (e RecordDiscussed) People() []PersonID { return e.Mentions }
func (ReadingNoted) People() []PersonID      { return nil }
func (ReadingStruck) People() []PersonID     { return nil }

func (e RecordOpened) fold(r *Review, en Entry) error {
	if err := r.everyRecord(); err != nil {
		return err
	}
	k := record.Of(e.Type)
	switch {
	case k == nil:
		return fmt.Errorf("no kind of records %q", e.Type)
	case e.No != len(r.Records)+1:
		return fmt.Errorf("record %d follows %d", e.No, len(r.Records))
	}
	r.Records = append(r.Records, Record{
		No: e.No, RecordFields: e.Record, Kind: e.Type, State: k.States[0].Key, Version: 1, By: en.Actor, At: en.At,
		Gates: r.gatesThen(e.Gates, en.At),
	})
	return nil
}

func (e RecordEdited) fold(r *Review, _ Entry) error {
	rec, err := r.recordOf(e.No, e.Type)
	if err != nil {
		return err
	}
	rec.RecordFields = e.Record
	rec.Version++
	return nil
}

func (e RecordMoved) fold(r *Review, en Entry) error {
	rec, err := r.recordOf(e.No, e.Type)
	if err != nil {
		return err
	}
	if rec.State != e.From || rec.Def().State(e.To) == nil {
		return fmt.Errorf("record %d goes from %q to %q, and is %q", e.No, e.From, e.To, rec.State)
	}
	rec.Values = rec.Def().Standing(e.To, rec.Values.With(e.Set))
	if e.About != "" {
		rec.Item = e.About
	}
	rec.State, rec.Due, rec.Why, rec.MovedBy, rec.MovedAt = e.To, e.Due, e.Reason, en.Actor, en.At
	if gates := r.gatesThen(e.Gates, en.At); gates != nil {
		rec.Gates = gates
	}
	rec.Version++
	return nil
}

func (e RecordHandedOn) fold(r *Review, _ Entry) error {
	rec, err := r.recordOf(e.No, e.Type)
	if err != nil {
		return err
	}
	rec.Owner = e.Owner
	rec.Version++
	return nil
}

func (e RecordDiscussed) fold(r *Review, _ Entry) error {
	rec, err := r.recordOf(e.No, e.Type)
	if err != nil {
		return err
	}
	rec.Comments = e.Comment
	return nil
}

// recordOf finds a record of a kind.
func (r *Review) recordOf(no int, kind record.Key) (*Record, error) {
	rec, err := r.Record(no)
	if err == nil && rec.Kind != kind {
		return nil, fmt.Errorf("record %d is a %s and no %s", no, rec.Kind, kind)
	}
	return rec, err
}
