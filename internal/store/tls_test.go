package store_test

import (
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/store"
)

// Whoever runs the database elsewhere encrypts the way there, or says that it
// need not be.
func TestTheWayToTheDatabaseIsEncrypted(t *testing.T) {
	t.Parallel()
	for address, fine := range map[string]bool{
		"postgres://app:secret@127.0.0.1/slipway?sslmode=disable":                   true,
		"postgres://app:secret@[::1]/slipway":                                       true,
		"postgres://app:secret@localhost:5433/slipway":                              true,
		"postgres:///slipway?host=/run/postgresql&user=app&sslmode=disable":         true,
		"postgres://app:secret@db.example.test/slipway?sslmode=verify-full":         true,
		"postgres://app:secret@db.example.test/slipway?sslmode=require":             true,
		"postgres://app:secret@db.example.test/slipway":                             false, // prefer
		"postgres://app:secret@db.example.test/slipway?sslmode=prefer":              false,
		"postgres://app:secret@db.example.test/slipway?sslmode=allow":               false,
		"postgres://app:secret@db.example.test/slipway?sslmode=disable":             false,
		"postgres://app:secret@127.0.0.1,10.0.0.7/slipway?sslmode=disable":          false, // the second may be asked too
		"host=10.0.0.7 user=app password=secret dbname=slipway sslmode=disable":     false,
		"postgres://app:secret@127.0.0.1.example.test/slipway?sslmode=disable":      false,
		"postgres://app:secret@db.example.test/slipway?sslmode=wrong":               false,
		"postgres://app:secret@localhost.example.test/slipway?sslmode=disable&x=%2": false,
	} {
		err := store.CheckEncrypted(address)
		if (err == nil) != fine {
			t.Errorf("%s: %v", address, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error gives the password away: %v", err)
		}
	}
}
