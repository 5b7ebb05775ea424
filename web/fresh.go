package web

import (
	"errors"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// errSignInAgain means that somebody's sign-in is too old or too weak for what
// they want to decide.
var errSignInAgain = errors.New("the sign-in is not enough for a decision")

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
// everything that was typed.
func (s *Server) askToSignInAgain(w http.ResponseWriter, r *http.Request) {
	v, _ := s.viewer(r)
	factsOf(r).why = "sign-in not enough for a decision"
	s.keepTyped(w, r, s.meta(w, r, v, "Sign in again to decide", ui.NavNone), factsOf(r).person, page.SignInAgain)
}

// projectOf is the page of the project that a form's address names; nothing where
// it names none.
func projectOf(r *http.Request) page.Way {
	key := projectKey(r)
	if key == "" {
		key, _, _, _ = page.ReadWaiverID(chi.URLParam(r, "id"))
	}
	if key == "" {
		return page.Way{}
	}
	return page.Way{To: page.ProjectURL(key), Text: "Open the project's page"}
}
