package web

import (
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/slipway-prr/slipway/internal/review"
)

// maxPage is the last page of a list that can be asked for.
const maxPage = 10_000

// withoutEmpty is the address without parameters that have no value, as forms
// send them for fields that nobody filled in.
func withoutEmpty(r *http.Request) (address string, empty bool) {
	if r.URL.RawQuery == "" {
		return "", false
	}
	q := r.URL.Query()
	for name, values := range q {
		if len(values) == 1 && values[0] == "" {
			q.Del(name)
			empty = true
		}
	}
	address = r.URL.EscapedPath()
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address, empty
}

// searchText is a filter typed by a person, without what no text can hold:
// the database would refuse it.
func searchText(r *http.Request, name string) string {
	return searchWords(r.URL.Query().Get(name))
}

func searchWords(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, ""))
	if runes := []rune(s); len(runes) > review.MaxName {
		s = string(runes[:review.MaxName])
	}
	return strings.TrimSpace(s)
}

// pageNumber is the page of a list that is asked for, from 1.
func pageNumber(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > maxPage {
		return 1
	}
	return n
}

// personNumber is a person named in a query or form; 0 for nobody, and for
// whatever is not a number.
func personNumber(s string) review.PersonID {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0
	}
	return review.PersonID(n)
}
