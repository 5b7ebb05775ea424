package page

import (
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// shared says what happened to answers that projects share.
func (t Teller) shared(out *ui.Entry, ev review.Event) {
	switch e := ev.(type) {
	case review.AnswerOffered:
		out.What, out.Why = "offered to other projects the answer to", "It holds for: "+e.Text
	case review.OfferWithdrawn:
		out.State, out.What = ui.Warn, "withdrew from other projects the answer to"
	case review.AnswerInherited:
		from := OtherCalled(t.Others, e.From)
		out.What, out.Why = "took over from "+from+" the answer to", ""
		if e.Lost != "" {
			out.State, out.What, out.Why = ui.Warn, "no longer takes over from "+from+" the answer to", "Because "+e.Lost.Because()+"."
		}
	case review.InheritanceEnded:
		out.What = "made this project's own the answer to"
	}
}
