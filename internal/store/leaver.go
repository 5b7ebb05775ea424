package store

import (
	"context"
	"fmt"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// FormerMember is the name of an erased person.
func FormerMember(id review.PersonID) string { return fmt.Sprintf("Former member %d", id) }

// ErasePerson drops a person's name and address, for whoever runs Slipway.
func (s *Store) ErasePerson(ctx context.Context, person review.PersonID, reason string) error {
	_, err := s.changeRights(ctx, By{}, person, func(e *review.Entitlements, _ review.Actor, at time.Time) error {
		return e.EraseByOperator(reason, at)
	})
	return err
}
