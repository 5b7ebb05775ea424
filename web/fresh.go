package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// errSignInAgain means that somebody's sign-in is too old or too weak for what
// they want to decide.
var errSignInAgain = errors.New("the sign-in is not enough for a decision")

// errTypedByAnother means that somebody sends a decision that was kept for somebody
// else, who left the page open for them to sign in.
var errTypedByAnother = errors.New("the decision was typed by somebody else")

// mayDecide asks whether the sign-in of whoever sends a request is enough for a
// decision. Whether they have the right, the domain decides afterwards.
func (s *Server) mayDecide(r *http.Request) error {
	if s.Signing.IsZero() {
		return nil
	}
	v, err := s.Store.Who(r.Context(), s.by(r))
	if err != nil {
		return err
	}
	// Before anything is shown again: the one must not read what the other typed.
	if typed := r.PostForm.Get(page.TypedBy); typed != "" && personNumber(typed) != v.Actor.Person {
		return errTypedByAnother
	}
	if s.Signing.Check(v.SignedIn, v.ACR, v.Now) != nil {
		return errSignInAgain
	}
	return nil
}

// demand is what a sign-in has to be.
func (s *Server) demand(again bool) auth.Demand {
	if again {
		return s.Signing
	}
	return auth.Demand{}
}

// again reports whether the field of that name asks for a sign-in that is enough
// for a decision, and whether there is such a thing.
func (s *Server) again(field string) bool { return field == "1" && !s.Signing.IsZero() }

func loginTo(to string, again bool) string {
	if again {
		return page.LoginAgain(to)
	}
	return page.LoginTo(to)
}

// askToSignInAgain shows a decision again that needs another sign-in first, with
// everything that was typed. It notes who typed it: somebody else may sign in.
func (s *Server) askToSignInAgain(w http.ResponseWriter, r *http.Request) {
	v, _ := s.viewer(r)
	if who := factsOf(r).person; who != 0 && r.PostForm != nil {
		r.PostForm.Set(page.TypedBy, strconv.FormatInt(int64(who), 10))
	}
	factsOf(r).why = "sign-in not enough for a decision"
	s.keepTyped(w, r, s.meta(w, r, v, "Sign in again to decide", ui.NavNone), page.SignInAgain)
}

// projectOf is the page of the project that a form's address names.
func projectOf(r *http.Request) page.Way {
	key := projectKey(r)
	if key == "" {
		key, _, _, _ = page.ReadWaiverID(chi.URLParam(r, "id"))
	}
	return page.Way{To: page.ProjectURL(key), Text: "Open the project's page"}
}
