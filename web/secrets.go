package web

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
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
			return next(w, r) // reads its files itself, see [Server.upload]
		}
		facts := factsOf(r)
		facts.parsed, facts.unread = true, parseForm(r)
		if facts.unread == nil {
			if found := lookForSecrets(r.PostForm); found != nil && r.PostForm.Get(page.NoSecret) != found.mark {
				return found
			}
		}
		return next(w, r)
	}
}

// lookForSecrets lists what looks like a secret in a form; nil when nothing does.
func lookForSecrets(form url.Values) *maybeSecret {
	var all []secret.Found
	fields := map[string][]secret.Found{}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
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
	said := found.words(r.PostForm)
	s.noteSecret(r, found)
	m := s.meta(w, r, v, "This looks like a secret", ui.NavNone)
	m.Posted, m.ErrorCount = false, len(said) // the page holds the only copy of what was typed
	typed := maps.Clone(r.PostForm)
	delete(typed, page.NoSecret)
	err := s.render(w, r, http.StatusUnprocessableEntity, page.LooksSecret(m, r.URL.RequestURI(), typed, said, found.mark))
	if err != nil && r.Context().Err() == nil {
		s.Log.ErrorContext(r.Context(), "showing what looks like a secret failed", "request", requestID(r), "err", err)
	}
}

// words say of each field of a form what in it looks like a secret.
func (e *maybeSecret) words(form url.Values) map[string]string {
	said := make(map[string]string, len(e.fields))
	for name, fs := range e.fields {
		lines := strings.Contains(form.Get(name), "\n")
		var words []string
		for _, f := range fs {
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
	return said
}

// noteSecret logs that somebody was asked, with the kinds alone.
func (s *Server) noteSecret(r *http.Request, found *maybeSecret) {
	var kinds []string
	for _, fs := range found.fields {
		for _, f := range fs {
			kinds = append(kinds, f.Kind)
		}
	}
	slices.Sort(kinds)
	s.event(r, slog.LevelInfo, "asked about what looks like a secret", slog.String("route", routeOf(r)), slog.String("kinds", strings.Join(slices.Compact(kinds), ", ")))
}

// secretsNamed is how many places of a field are named.
const secretsNamed = 5
