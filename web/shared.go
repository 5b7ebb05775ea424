package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// shared is the page on which a project takes over answers of others, and offers
// its own.
func (s *Server) shared(w http.ResponseWriter, r *http.Request) error {
	return s.showShared(w, r, http.StatusOK, &page.SharedData{})
}

func (s *Server) showShared(w http.ResponseWriter, r *http.Request, status int, d *page.SharedData) error {
	v, err := s.Store.Shared(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	d.Review, d.Actor, d.Now, d.Names, d.Others, d.Followed = v.Review, v.Actor, v.Now, v.Names.Of, v.Others, v.Followed
	for _, o := range v.Offers {
		d.Offers = append(d.Offers, page.OfferFound(o))
	}
	for _, f := range v.Followers {
		d.Followers = append(d.Followers, page.Follower(f))
	}
	m := s.projectMeta(w, r, &v.Viewer, v.Review, "Shared answers, "+v.Review.Project.Name, ui.NavPortfolio)
	m.Path, m.ErrorCount = page.SharedURL(v.Review.Project.Key), len(d.Errors)
	return s.render(w, r, status, page.Shared(m, d))
}

// share takes the forms of that page, and those of an item's page about the same:
// all that was chosen is done, or none.
func (s *Server) share(w http.ResponseWriter, r *http.Request) error {
	posted, err := readForm(r, "do", "from", "item"+several, "text", "back")
	d := &page.SharedData{Do: posted.Get("do"), From: review.ProjectKey(posted.Get("from")), Picked: posted["item"], Text: posted.Get("text")}
	items := make([]plan.ItemKey, len(d.Picked))
	for i, k := range d.Picked {
		items[i] = plan.ItemKey(k)
	}
	var change func(rv *review.Review, who review.Actor, at time.Time) error
	done := flashSaved
	if err == nil {
		switch d.Do {
		case page.ShareTake:
			var o *review.Offering
			if o, err = s.offering(r, d.From); err != nil {
				break
			}
			done = flashTaken
			change = func(rv *review.Review, who review.Actor, at time.Time) error {
				return rv.InheritAnswers(who, items, o, at)
			}
		case page.ShareKeep:
			done = flashKeptHere
			change = func(rv *review.Review, who review.Actor, at time.Time) error {
				return rv.KeepAllInherited(who, items, at)
			}
		case page.ShareOffer:
			done = flashOffered
			change = func(rv *review.Review, who review.Actor, at time.Time) error {
				return rv.OfferAnswers(who, items, d.Text, at)
			}
		case page.ShareWithdraw:
			done = flashOfferEnded
			change = func(rv *review.Review, who review.Actor, at time.Time) error {
				return rv.WithdrawOffers(who, items, at)
			}
		default:
			err = invalidField("form", "does nothing that this page knows; open the page again")
		}
	}
	var changed *store.Changed
	if err == nil {
		changed, err = s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r)}, change)
	}
	if err != nil {
		return s.sharedAgain(w, r, d, err)
	}
	if len(changed.Events) == 0 {
		done = flashAlready
	}
	back := page.SharedURL(projectKey(r))
	if len(items) == 1 && posted.Get("back") == page.BackToItem {
		if def, stage := changed.Review.Plan.Find(items[0]); def != nil {
			back = page.ItemURL(projectKey(r), stage.Key, items[0])
		}
	}
	return s.done(w, r, back, done)
}

// offering reads what a project offers. One that the person may not see is none.
func (s *Server) offering(r *http.Request, key review.ProjectKey) (*review.Offering, error) {
	o, err := s.Store.Offering(r.Context(), s.by(r), key)
	if errors.Is(err, review.ErrNotFound) {
		return nil, invalidField("from", "is the key of no project that you can see")
	}
	return o, err
}

// sharedAgain shows the page with what could not be done.
func (s *Server) sharedAgain(w http.ResponseWriter, r *http.Request, d *page.SharedData, err error) error {
	var refused bool
	if d.Errors, d.Problem, refused = formRefusal(err); !refused {
		return err
	}
	return s.showShared(w, r, explain(err).status, d)
}
