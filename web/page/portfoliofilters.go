package page

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// listFilter is a parameter of the portfolio's address. Reading an address, writing one, what
// of one is ignored, and the words beside the folded filters all go by [listFilters].
type listFilter struct {
	name  string
	text  func(f *PortfolioFilter) *string        // where it takes whatever is typed; nil: see read
	read  func(f *PortfolioFilter, v string) bool // takes a value, unless it is none of its choices
	write func(f *PortfolioFilter) string         // its value; empty: none
	words func(d *PortfolioData, v string) string // what a value narrows the list to; nil: it narrows nothing, or has a field that always shows
}

// listFilters are all of them, in the order in which words say them.
var listFilters = []listFilter{
	typed("q", func(f *PortfolioFilter) *string { return &f.Search }, nil),
	typed("waits", func(f *PortfolioFilter) *string { return &f.Waits }, after("waiting for ")),
	typed("owner", func(f *PortfolioFilter) *string { return &f.Owner }, after("owner ")),
	typed("person", func(f *PortfolioFilter) *string { return &f.Person }, func(_ *PortfolioData, v string) string { return v + " on it" }),
	oneOf("gate", func(f *PortfolioFilter) *string { return &f.Gate }, gateKeys(), func(d *PortfolioData, _ string) string { return "a gate " + lowerChosen(d.gateOptions()) }),
	{
		name: "stage",
		read: func(f *PortfolioFilter, v string) bool {
			if !plan.ValidKey(v) {
				return false
			}
			f.Stage = plan.StageKey(v)
			return true
		},
		write: func(f *PortfolioFilter) string { return string(f.Stage) },
		words: func(d *PortfolioData, v string) string { return "in stage " + cmp.Or(chosen(d.stageOptions()), v) },
	},
	typed("team", func(f *PortfolioFilter) *string { return &f.Team }, after("team ")),
	typed("tag", func(f *PortfolioFilter) *string { return &f.Tag }, after("tag ")),
	{
		name: "tier",
		read: func(f *PortfolioFilter, v string) bool {
			tier, err := strconv.Atoi(v)
			if err != nil || !plan.Tier(tier).Valid() {
				return false
			}
			f.Tier = plan.Tier(tier)
			return true
		},
		write: func(f *PortfolioFilter) string { return number(int(f.Tier)) },
		words: after("tier "),
	},
	oneOf("status", func(f *PortfolioFilter) *review.Status { return &f.Status }, Statuses(), after("")),
	oneOf("live", func(f *PortfolioFilter) *review.Live { return &f.Live }, LiveStates(), func(d *PortfolioData, _ string) string { return lowerChosen(d.liveOptions()) }),
	oneOf("keeps", func(f *PortfolioFilter) *string { return &f.Keeps }, keepsKeys(), func(d *PortfolioData, _ string) string { return lowerChosen(d.keepsOptions()) }),
	{
		name: "uses",
		read: func(f *PortfolioFilter, v string) bool {
			key, version, ok := plan.ParseName(v)
			if !ok || version > MostVersions {
				return false
			}
			f.Uses, f.Version = key, version
			return true
		},
		write: (*PortfolioFilter).uses,
		words: after("goes by "),
	},
	{
		name: "month",
		read: func(f *PortfolioFilter, v string) bool {
			if _, ok := ParseMonth(v); !ok && v != MonthNone {
				return false
			}
			f.Month = v
			return true
		},
		write: func(f *PortfolioFilter) string { return f.Month },
		words: func(_ *PortfolioData, v string) string { return "target: " + monthWords(v) },
	},
	oneOf("exposure", func(f *PortfolioFilter) *review.Exposure { return &f.Exposure }, exposureValues(), after("exposure ")),
	ticked("late", "1", func(f *PortfolioFilter) *bool { return &f.Late }, "late"),
	ticked("risk", "1", func(f *PortfolioFilter) *bool { return &f.Risk }, "at risk"),
	ticked("deputy", "none", func(f *PortfolioFilter) *bool { return &f.NoDeputy }, "without a deputy"),
	ticked("unowned", "1", func(f *PortfolioFilter) *bool { return &f.NoOwner }, "without an owner"),
	ticked("waivers", "expiring", func(f *PortfolioFilter) *bool { return &f.Waivers }, "a waiver ends soon"),
	ticked("evidence", "expired", func(f *PortfolioFilter) *bool { return &f.Expired }, "evidence has expired"),
	ticked("behind", "1", func(f *PortfolioFilter) *bool { return &f.Behind }, "behind a newer version"),
	oneOf("group", func(f *PortfolioFilter) *string { return &f.Group }, Groupings(), nil),
	{
		name: "columns",
		read: func(f *PortfolioFilter, v string) bool {
			if !plan.ValidKey(v) {
				return false
			}
			f.Columns = v
			return true
		},
		write: func(f *PortfolioFilter) string { return f.Columns },
	},
	{
		name: "sort",
		read: func(f *PortfolioFilter, v string) bool {
			by, desc := strings.CutPrefix(v, "-")
			if !slices.Contains(PortfolioSorts(), by) {
				return false
			}
			f.Sort, f.Desc = by, desc
			return true
		},
		write: (*PortfolioFilter).order,
	},
	{
		name: "page",
		read: func(f *PortfolioFilter, v string) bool {
			n, err := strconv.Atoi(v)
			if err != nil || n < 1 {
				return false
			}
			f.Page = n
			return true
		},
		write: func(f *PortfolioFilter) string {
			if f.Page == 1 {
				return ""
			}
			return number(f.Page)
		},
	},
}

// typed is a filter that takes whatever is typed.
func typed(name string, field func(*PortfolioFilter) *string, words func(*PortfolioData, string) string) listFilter {
	return listFilter{name: name, text: field, write: func(f *PortfolioFilter) string { return *field(f) }, words: words}
}

// oneOf is a filter that takes one of its choices.
func oneOf[T ~string](name string, field func(*PortfolioFilter) *T, choices []T, words func(*PortfolioData, string) string) listFilter {
	return listFilter{
		name: name,
		read: func(f *PortfolioFilter, v string) bool {
			if !slices.Contains(choices, T(v)) {
				return false
			}
			*field(f) = T(v)
			return true
		},
		write: func(f *PortfolioFilter) string { return string(*field(f)) },
		words: words,
	}
}

// ticked is a filter that is on or off.
func ticked(name, on string, field func(*PortfolioFilter) *bool, words string) listFilter {
	return listFilter{
		name: name,
		read: func(f *PortfolioFilter, v string) bool {
			*field(f) = v == on
			return v == on
		},
		write: func(f *PortfolioFilter) string {
			if *field(f) {
				return on
			}
			return ""
		},
		words: func(*PortfolioData, string) string { return words },
	}
}

func after(word string) func(*PortfolioData, string) string {
	return func(_ *PortfolioData, v string) string { return word + v }
}

// number is a number in an address; empty for none.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// chosen is what a choice is called.
func chosen(options []ui.Option) string {
	for _, o := range options {
		if o.Selected {
			return o.Label
		}
	}
	return ""
}

func lowerChosen(options []ui.Option) string { return strings.ToLower(chosen(options)) }

// PortfolioParameters are the names of all that the portfolio reads from its address.
func PortfolioParameters() (names []string) {
	for _, l := range listFilters {
		names = append(names, l.name)
	}
	return names
}

// ReadPortfolioFilter reads an address. What makes no sense there narrows nothing and is
// handed back: what the list does not know, and what is none of its choices. clean takes from
// a text what no text can hold.
func ReadPortfolioFilter(q url.Values, clean func(string) string) (PortfolioFilter, []Ignored) {
	f := PortfolioFilter{Sort: PortfolioSorts()[0], Page: 1}
	ignored := map[string]bool{} // with whether the list has such a filter
	for name := range q {
		ignored[name] = false
	}
	for _, l := range listFilters {
		v := q.Get(l.name)
		delete(ignored, l.name)
		switch {
		case v == "":
		case l.text != nil:
			*l.text(&f) = clean(v)
		case !l.read(&f, v):
			ignored[l.name] = true
		}
	}
	var out []Ignored
	for name, known := range ignored {
		if v := q.Get(name); v != "" {
			out = append(out, Ignored{Name: name, Value: v, Known: known})
		}
	}
	slices.SortFunc(out, func(a, b Ignored) int { return cmp.Compare(a.Name, b.Name) })
	return f, out
}

// url is the portfolio with this filter.
func (f PortfolioFilter) url() string {
	q := url.Values{}
	for _, l := range listFilters {
		if v := l.write(&f); v != "" {
			q.Set(l.name, v)
		}
	}
	if len(q) == 0 {
		return PortfolioURL
	}
	return PortfolioURL + "?" + q.Encode()
}

// narrowing says in words what narrows the list beside the search.
func (d *PortfolioData) narrowing() (words []string) {
	for _, l := range listFilters {
		if v := l.write(&d.Filter); v != "" && l.words != nil {
			words = append(words, l.words(d, v))
		}
	}
	return words
}
