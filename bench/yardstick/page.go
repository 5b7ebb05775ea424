package yardstick

import (
	"encoding/hex"
	"time"
)

// Page is what the checklist page shows.
type Page struct {
	ID          int64
	Name, Owner string
	Tier        int
	User        string
	CSRF        []byte
	Stages      [stages]stage
}

type stage struct {
	Items    []item
	Done     int // met or not applicable
	SignedBy string
	SignedAt time.Time
}

type item struct {
	ID                 int64
	Status             int16
	Version            int32
	Title, Help, Owner string
	Evidence           []link
}

type link struct{ Title, URL string }

// add appends an item to a stage (from 1).
func (p *Page) add(number int, it item) {
	s := &p.Stages[number-1]
	s.Items = append(s.Items, it)
	if done(it.Status) {
		s.Done++
	}
}

func done(status int16) bool { return status == met || status == notApplicable }

func (p *Page) token() string { return hex.EncodeToString(p.CSRF) }

// How a status looks.
func class(status int16) string   { return [...]string{"todo", "done", "na", "fail"}[status&3] }
func pressed(status int16) string { return [...]string{"false", "true", "false", "false"}[status&3] }
