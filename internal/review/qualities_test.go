package review

import (
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
)

// There are as many counts as words.
func TestQualitiesHaveAPlaceEach(t *testing.T) {
	if n := len(plan.Qualities()); n != qualities {
		t.Errorf("%d qualities, and %d are counted: rows of the portfolio have to be written anew, by a migration", n, qualities)
	}
}
