package provider

import (
	"bytes"
	_ "embed" // for the stylesheet and the templates
	"github.com/slipway-prr/slipway/internal/devstack"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

//go:embed provider.css
var providerCSS []byte

//go:embed provider.html
var providerHTML string

// providerPage is what every template of provider.html gets.
type providerPage struct {
	Stylesheet string
	Title      string
	Problem    string
	Action     string
	Hidden     url.Values
	Sections   []peopleSection
}

type peopleSection struct {
	ID     string
	Title  string
	People []offeredPerson
}

type offeredPerson struct {
	devstack.Person
	Initials string
	First    bool // gets the focus
}

// showPeople is the sign-in page: one button a person, the hinted one on top.
func (p *Provider) showPeople(w http.ResponseWriter, r *http.Request, status int, req authRequest, problem string) {
	p.render(w, status, "people", providerPage{
		Title:    "Pick a demo person",
		Problem:  problem,
		Action:   p.prefix + "/authorize?" + r.URL.RawQuery,
		Sections: offer(p.people, req.hint),
	})
}

func (p *Provider) showProblem(w http.ResponseWriter, status int, problem string) {
	p.render(w, status, "problem", providerPage{Title: "This sign-in cannot go on", Problem: problem})
}

// showSignOut asks for confirmation; the answer carries the rest of the request along.
func (p *Provider) showSignOut(w http.ResponseWriter, form url.Values) {
	hidden := url.Values{}
	for _, name := range []string{"client_id", "post_logout_redirect_uri", "state"} {
		if form.Has(name) {
			hidden.Set(name, form.Get(name))
		}
	}
	p.render(w, http.StatusOK, "sign-out", providerPage{Title: "Sign out?", Action: p.prefix + "/logout", Hidden: hidden})
}

func (p *Provider) showSignedOut(w http.ResponseWriter) {
	p.render(w, http.StatusOK, "signed-out", providerPage{Title: "You are signed out"})
}

func (p *Provider) stylesheet(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=300")
	_, _ = w.Write(providerCSS)
}

func (p *Provider) render(w http.ResponseWriter, status int, name string, page providerPage) {
	page.Stylesheet = p.prefix + "/provider.css"
	var body bytes.Buffer
	if err := p.templates.ExecuteTemplate(&body, name, page); err != nil {
		p.log.Error("demo provider: page", "name", name, "err", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}

func parseProviderTemplates() (*template.Template, error) {
	return template.New("provider").Parse(providerHTML)
}

// offer arranges people by what they are for. hint is an id or an e-mail address, or nothing.
func offer(people []devstack.Person, hint string) []peopleSection {
	sections := []peopleSection{
		{ID: "hinted", Title: "Suggested"},
		{ID: "everywhere", Title: "Work across all projects"},
		{ID: "seats", Title: "Sign gates"},
		{ID: "teams", Title: "Everybody else"},
	}
	for _, person := range people {
		at := 3
		switch {
		case hint != "" && (person.ID == hint || strings.EqualFold(person.Email, hint)):
			at = 0
		case slices.ContainsFunc(person.Groups, func(g string) bool { return strings.HasPrefix(g, devstack.SeatPrefix) }):
			at = 2
		case slices.ContainsFunc(person.Groups, func(g string) bool { return !strings.HasPrefix(g, devstack.TeamPrefix) }):
			at = 1
		}
		s := &sections[at]
		s.People = append(s.People, offeredPerson{Person: person, Initials: initials(person.Name), First: at == 0 && len(s.People) == 0})
	}
	return slices.DeleteFunc(sections, func(s peopleSection) bool { return len(s.People) == 0 })
}

func initials(name string) string {
	var out []rune
	for _, word := range strings.Fields(name) {
		if r, _ := utf8.DecodeRuneInString(word); len(out) < 2 {
			out = append(out, r)
		}
	}
	return string(out)
}
