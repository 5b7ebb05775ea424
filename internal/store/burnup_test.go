package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// A burn-up has the days that are kept, and nothing for whoever may not see the project.
func TestBurnUp(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.create("one")
	f.snapshotAt(time.Now())
	day := f.backdate(9)
	f.answerIdea("one")
	f.snapshotAt(time.Now())
	said := func(who string) string {
		days, err := f.BurnUp(context.Background(), f.as(who), "one")
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(days)
	}
	today := review.Today(time.Now())
	if got, want := said("mona"), fmt.Sprintf("[{%s 1 4 0} {%s 1 4 2}]", day, today); got != want {
		t.Errorf("a manager reads %s, want %s", got, want)
	}
	if got := said("out"); got != "[]" {
		t.Errorf("an outsider reads %s", got)
	}
}
