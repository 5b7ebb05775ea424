package page

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// SearchURL is the search over everything.
const SearchURL = "/search"

// SearchData is what a search found.
type SearchData struct {
	Text      string // as it was typed
	Cut       bool   // only the beginning of it was looked for
	Blank     bool   // there was nothing in it to look for
	Instead   string // the spelling that was looked for in its place
	Kind      string // the only one that is listed; empty: some of each
	Ignored   []Ignored
	Counts    []SearchCount // in the order of sections
	Page      int
	PerPage   int
	Projects  []FoundProject
	Items     []FoundItem
	Evidence  []FoundEvidence
	Records   []FoundRecord
	People    []FoundPerson
	Documents []plan.Document
}

// SearchCount is how many hits of a kind there are.
type SearchCount struct {
	Kind string // as in the address
	N    int
	More bool // than N
}

// FoundIn is the project that a hit is of.
type FoundIn struct {
	Project review.ProjectKey
	Name    string
}

// FoundProject is a project that was found.
type FoundProject struct {
	FoundIn
	Team   string
	Status review.Status
}

// FoundItem is an item that was found: of the library, or one that a project added.
type FoundItem struct {
	LibraryItem     // its Item is nil where a project added it
	FoundIn         // where the person can answer it, if anywhere
	Projects    int // that ask it
	Stage       plan.StageKey
	Key         plan.ItemKey
	Title       string
}

// FoundEvidence is evidence that was found.
type FoundEvidence struct {
	FoundIn
	Stage plan.StageKey
	Item  plan.ItemKey
	Asked string // the item's title; empty where the library does not have it
	Title string
	URL   string
}

// FoundRecord is a record that was found.
type FoundRecord struct {
	FoundIn
	Kind  record.Key
	No    int
	Title string
	State record.StateKey
}

// FoundPerson is a person who was found.
type FoundPerson struct {
	ID    review.PersonID
	Name  string
	Email string
}

// kindFound is the name of what can be found, by what addresses call it.
func kindFound(kind string) string {
	switch kind {
	case "projects":
		return "Projects"
	case "items":
		return "Items"
	case "evidence":
		return "Evidence"
	case "records":
		return "Records"
	case "people":
		return "People"
	}
	return "Library"
}

func (d *SearchData) url(kind string, page int) string {
	q := url.Values{"q": {d.Text}}
	if kind != "" {
		q.Set("kind", kind)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return SearchURL + "?" + q.Encode()
}

// Heading says on paper and among tabs what was looked for.
func (d *SearchData) Heading() string {
	if d.Text == "" {
		return "Search"
	}
	return "Search for “" + d.Text + "”"
}

// none reports whether nothing was found.
func (d *SearchData) none() bool {
	for _, c := range d.Counts {
		if c.N > 0 {
			return false
		}
	}
	return true
}

// words is the number of hits as it is shown: "100+" where there are more.
func (c SearchCount) words() string {
	if c.More {
		return strconv.Itoa(c.N) + "+"
	}
	return strconv.Itoa(c.N)
}

// shown are how many hits of the kind the page lists.
func (d *SearchData) shown(kind string) int {
	return map[string]int{
		"projects": len(d.Projects), "items": len(d.Items), "evidence": len(d.Evidence), "records": len(d.Records), "people": len(d.People), "library": len(d.Documents),
	}[kind]
}

// sections are the kinds of which the page lists something.
func (d *SearchData) sections() []SearchCount {
	var out []SearchCount
	for _, c := range d.Counts {
		if d.shown(c.Kind) > 0 {
			out = append(out, c)
		}
	}
	return out
}

func (d *SearchData) pager() ui.Page {
	var c SearchCount
	for _, of := range d.Counts {
		if of.Kind == d.Kind {
			c = of
		}
	}
	p := ui.Page{From: (d.Page-1)*d.PerPage + 1, Total: c.N, Noun: "hits"}
	p.To = p.From + d.shown(d.Kind) - 1
	if d.Page > 1 {
		p.Prev = d.url(d.Kind, d.Page-1)
	}
	if p.To < c.N {
		p.Next = d.url(d.Kind, d.Page+1)
	}
	return p
}

// url is where an item can be answered, or else where the library has it.
func (it *FoundItem) url() string {
	if it.Project != "" {
		return ItemURL(it.Project, it.Stage, it.Key)
	}
	return it.LibraryItem.url()
}

// asking says how many projects ask an item of the library.
func (it *FoundItem) asking() string {
	switch it.Projects {
	case 0:
		return "asked by no project that you may see"
	case 1:
		return "asked by 1 project that you may see"
	}
	return "asked by " + ui.Number(it.Projects) + " projects that you may see"
}

func (r *FoundRecord) title() string {
	name := string(r.Kind)
	if k := record.Of(r.Kind); k != nil {
		name = strings.ToUpper(k.One[:1]) + k.One[1:]
	}
	return name + " " + strconv.Itoa(r.No) + ": " + r.Title
}

// about says how a record stands, and whose it is.
func (r *FoundRecord) about() string {
	if k := record.Of(r.Kind); k != nil && k.State(r.State) != nil {
		return k.State(r.State).Label + " · " + r.Name
	}
	return r.Name
}

func (p *FoundProject) about() string {
	words := string(p.Project) + " · " + p.Team
	if p.Status != review.StatusActive {
		words += " · " + string(p.Status)
	}
	return words
}

// about says what evidence is for, and its link without what all links begin with.
func (e *FoundEvidence) about() string {
	words := e.Name + " · " + strings.TrimPrefix(strings.TrimPrefix(e.URL, "https://"), "http://")
	if e.Asked != "" {
		words = "for “" + e.Asked + "” · " + words
	}
	return words
}
