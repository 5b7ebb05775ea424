package web

import (
	"errors"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// maxBody is the largest form that is read: large enough to tell a person how
// much too long a note is instead of cutting the connection.
const maxBody = 4 << 20

// several marks a field that may stand in a form more than once.
const several = "[]"

// each marks fields of a form whose names begin so, one for each of a list.
const each = "*"

// readForm reads a posted form and refuses fields that the form does not have,
// or has twice, so that a misspelt or smuggled field never passes in silence.
// What stands in the address was looked at before; see [once].
func readForm(r *http.Request, fields ...string) (url.Values, error) {
	facts := factsOf(r)
	facts.fields = fields
	if !facts.parsed {
		facts.unread = parseForm(r)
	}
	if facts.unread != nil {
		return nil, facts.unread
	}
	var bad review.Invalid
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		switch {
		case slices.Contains(fields, name+several):
		case begins(name, fields) && len(r.PostForm[name]) == 1:
		case name == page.TypedBy && len(r.PostForm[name]) == 1: // see [Server.by]
		case name == page.NoSecret && len(r.PostForm[name]) == 1: // see [withoutSecrets]
		case !slices.Contains(fields, name):
			bad.Add("form", "has a field that this page does not know: "+printable(name, 40))
		case len(r.PostForm[name]) > 1:
			return r.PostForm, &repeated{"form", name}
		}
	}
	return r.PostForm, bad.Err()
}

// parseForm reads a form as it was sent.
func parseForm(r *http.Request) error {
	if ct, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || ct != "application/x-www-form-urlencoded" {
		return errMediaType
	}
	if err := r.ParseForm(); err != nil {
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			return errTooBig
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return errTooSlow
		}
		return errUnreadable
	}
	return nil
}

// begins reports whether a field is one of a list.
func begins(name string, fields []string) bool {
	return slices.ContainsFunc(fields, func(f string) bool {
		start, list := strings.CutSuffix(f, each)
		return list && strings.HasPrefix(name, start)
	})
}

// repeated means that something came twice that takes one value. Which of the two
// somebody meant, nobody can tell.
type repeated struct{ where, name string }

func (e *repeated) Error() string {
	return "the " + e.where + " has a field twice that it has once: " + e.name
}

// once refuses an address that gives a parameter twice: all of them take one value.
func once(r *http.Request) error {
	if r.URL.RawQuery == "" {
		return nil
	}
	q := r.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if len(q[name]) > 1 {
			return &repeated{"address", name}
		}
	}
	return nil
}

// printable is a short, harmless rendering of hostile text.
func printable(s string, most int) string {
	out := []rune{}
	for _, c := range s {
		if len(out) == most {
			return string(out) + "…"
		}
		if !unicode.IsPrint(c) || c == 0xfffd {
			c = '?'
		}
		out = append(out, c)
	}
	return string(out)
}
