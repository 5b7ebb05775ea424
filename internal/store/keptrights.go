package store

import (
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/lru"
	"github.com/slipway-prr/slipway/internal/review"
)

// Everybody who works asks again and again with the same session, and what they may
// do changes a few times a year. So a session's rights are kept, under the version
// of everybody's rights: each change of anybody's, whichever server makes it, gives
// the directory's stream another number. That number, the person and the session are
// read with each request, as always; what is kept only saves reading the rights
// themselves, when the number is still the same. Rights that come and go with the
// clock are not kept.

const (
	keptRightsBytes = 2 << 20  // of all sessions
	keptRightsMost  = 16 << 10 // of one: nobody holds more than some hundred seats
)

// keptRights are the rights of a session. They never change.
type keptRights struct {
	person review.PersonID
	rights int64
	gap    review.GroupsGap
	keeps  string
	roles  []review.Role
	seats  []review.SeatHeld
	since  time.Time
	read   time.Time // by the database's clock
}

func newKeptRights() *lru.Cache[Token, *keptRights] {
	return lru.New(keptRightsBytes, keptRightsMost, func(_ Token, k *keptRights) int { return 256 + 32*len(k.roles) + 80*len(k.seats) })
}

// queueKnownViewer asks who is asking like [Store.queueViewer], without their rights
// when those are kept. What it returns is to be called once the batch has been
// answered: it gives the viewer their rights, or reports that they have changed and
// have to be read.
func (s *Store) queueKnownViewer(b *pgx.Batch, by By, v *Viewer) (complete func() bool) {
	kept, ok := s.rights.Get(by.token)
	if !ok || by.person != 0 {
		s.queueViewer(b, by, v)
		return func() bool {
			s.keepRights(by, v)
			return true
		}
	}
	b.Queue(sessionOnlySQL, by.token[:], s.idle).Query(s.viewer(by, v))
	return func() bool {
		if !kept.of(v) {
			s.rights.Drop(by.token)
			return false
		}
		v.Actor.Roles, v.Actor.Seats, v.Rights = slices.Clone(kept.roles), slices.Clone(kept.seats), kept.since
		return true
	}
}

// keepRights keeps the rights that were just read.
func (s *Store) keepRights(by By, v *Viewer) {
	if by.person != 0 || v.lent {
		return
	}
	s.rights.Put(by.token, &keptRights{
		person: v.Actor.Person, rights: v.rights, gap: v.Gap, keeps: v.keeps,
		roles: slices.Clone(v.Actor.Roles), seats: slices.Clone(v.Actor.Seats), since: v.Rights, read: v.Now,
	})
}

// of reports whether what is kept are the rights of whoever was found to ask. Where the
// clock has gone back, a seat may be lent again that was lent no more.
func (k *keptRights) of(v *Viewer) bool {
	return k.person == v.Actor.Person && k.rights == v.rights && k.gap == v.Gap && k.keeps == v.keeps && !v.Now.Before(k.read)
}
