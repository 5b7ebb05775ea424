package web

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/secret"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// maybeSecret means that something in a form looks like a password, a key or a
// token. Nothing of the form is stored until its sender says that it is none.
type maybeSecret struct {
	fields map[string][]secret.Found
	mark   string // stands for all of them, see [secret.Mark]
}

func (e *maybeSecret) Error() string {
	return "something in the form looks like a secret"
}

// withoutSecrets looks through everything that people type, whichever form it is
// in, before a handler has it stored: notes and records stay on the trail for good,
// and many can read them.
func withoutSecrets(next handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if isMultipart(r) {
			return next(w, r) // reads its files itself
		}
		facts := factsOf(r)
		facts.parsed, facts.unread = true, parseForm(r)
		if facts.unread == nil {
			if found := lookForSecrets(r); found != nil && r.PostForm.Get(page.NoSecret) != found.mark {
				return found
			}
		}
		return next(w, r)
	}
}

// lookForSecrets lists what looks like a secret in a form; nil when nothing does.
func lookForSecrets(r *http.Request) *maybeSecret {
	var all []secret.Found
	fields := map[string][]secret.Found{}
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		for _, value := range r.PostForm[name] {
			if found := secret.Find(value); len(found) > 0 {
				fields[name] = append(fields[name], found...)
				all = append(all, found...)
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	return &maybeSecret{fields, secret.Mark(all)}
}

// askAboutSecret shows a form again, with everything that was typed, and what in it
// looks like a secret. The log has the kinds alone.
func (s *Server) askAboutSecret(w http.ResponseWriter, r *http.Request, found *maybeSecret) {
	v, nobody := s.viewer(r)
	if nobody {
		s.askToSignIn(w, r)
		return
	}
	said := make(map[string]string, len(found.fields))
	var kinds []string
	for name, fs := range found.fields {
		lines := strings.Contains(r.PostForm.Get(name), "\n")
		var words []string
		for _, f := range fs {
			if !slices.Contains(kinds, f.Kind) {
				kinds = append(kinds, f.Kind)
			}
			word := "looks like " + f.Kind
			if lines {
				word = fmt.Sprintf("line %d %s", f.Line, word)
			}
			if !slices.Contains(words, word) && len(words) < secretsNamed {
				words = append(words, word)
			}
		}
		said[name] = page.Capital(strings.Join(words, "; ")) + "."
	}
	slices.Sort(kinds)
	s.event(r, slog.LevelInfo, "asked about what looks like a secret", slog.String("route", routeOf(r)), slog.String("kinds", strings.Join(kinds, ", ")))
	m := s.meta(w, r, v, "This looks like a secret", ui.NavNone)
	m.Posted, m.ErrorCount = false, len(said) // the page holds the only copy of what was typed
	typed := maps.Clone(r.PostForm)
	delete(typed, page.NoSecret)
	err := s.render(w, r, http.StatusUnprocessableEntity, page.LooksSecret(m, r.URL.RequestURI(), typed, said, found.mark))
	if err != nil && r.Context().Err() == nil {
		s.Log.ErrorContext(r.Context(), "showing what looks like a secret failed", "request", requestID(r), "err", err)
	}
}

// secretsNamed is how many places of a field are named.
const secretsNamed = 5
