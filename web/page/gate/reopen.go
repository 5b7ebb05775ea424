package gate

import (
	"slices"
	"strconv"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// mayReopen reports whether the reader can take back that the gate has passed.
func (v *view) mayReopen() bool { return !v.Past && v.Review.MayReopen(v.Actor, v.Stage, v.Now) }

// reopener names who reopened a gate, and who authorised it.
func (v *view) reopener(o *review.Reopening) string {
	if o.Authorised != 0 {
		return v.Name(o.By) + ", authorised by " + v.Name(o.Authorised)
	}
	return v.Name(o.By)
}

func (v *view) reopenReason() ui.Field {
	f := v.field(FormAgain, "reason", "Why it has to be decided again")
	f.Hint = "What do you know now that the signers did not?"
	return f
}

func (v *view) reopenImpact() ui.Field {
	f := v.field(FormAgain, "impact", "Expected impact")
	f.Hint = "What waits for the new decision, what goes on, and for how long."
	return f
}

func (v *view) reopenAuthorised() ui.Field {
	f := v.field(FormAgain, "authorised", "Authorised by")
	f.Hint = "Somebody who could reopen it, too."
	return f
}

// authorisers are the reader, and others who lead the project or sign here.
func (v *view) authorisers() []ui.Option {
	out := []ui.Option{{Value: "", Label: "Me"}}
	seen := []review.PersonID{v.Actor.Person}
	add := func(p review.PersonID) {
		if p != 0 && !slices.Contains(seen, p) && !slices.Contains(v.Review.Away, p) {
			seen = append(seen, p)
			out = append(out, ui.Option{Value: strconv.FormatInt(int64(p), 10), Label: v.Name(p)})
		}
	}
	add(v.Review.Project.Holder(review.DutyOwner))
	add(v.Review.Project.Holder(review.DutyDeputy))
	for _, seat := range v.last.Policy.Seats {
		for _, p := range v.Holders[seat].People {
			add(p)
		}
	}
	return out
}
