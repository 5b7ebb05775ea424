package ui

// Theme is the person's choice of colours; Auto follows the system.
type Theme string

// The three themes, as they travel in the cookie and in the form.
const (
	Auto  Theme = "auto"
	Light Theme = "light"
	Dark  Theme = "dark"
)

// attr is the value of html[data-theme]; anything but an explicit choice leaves it to the system.
func (t Theme) attr() string {
	if t == Light || t == Dark {
		return string(t)
	}
	return string(Auto)
}

// NavItem is a place in the main navigation.
type NavItem string

// The main navigation. NavNone marks nothing as current.
const (
	NavNone      NavItem = ""
	NavWork      NavItem = "work"
	NavPortfolio NavItem = "portfolio"
	NavSignOffs  NavItem = "sign-offs"
	NavWaivers   NavItem = "waivers"
	NavLibrary   NavItem = "library"
	NavPeople    NavItem = "people"
	NavSearch    NavItem = "search"
)

// Width is how much of a large screen the page takes.
type Width string

// Pages are Normal unless they are one long form (Slim) or a big table (Wide).
const (
	Normal Width = ""
	Slim   Width = "slim"
	Wide   Width = "wide"
)

// Assets are the content-hashed addresses of the static files.
type Assets struct{ CSS, JS, HTMX, Icon, EditCSS, EditJS string }

// Banner is a message at the top of the page. A Success banner also tells app.js that the last post was kept,
// so that its draft of the typed text is dropped.
type Banner struct {
	Kind NoticeKind
	Text string
	Href string // optional place to act
	Link string // the words of that link
}

// PageMeta is what the frame around every page needs.
type PageMeta struct {
	Title      string // without the product's name, which the layout appends
	Person     string // signed-in person's name; empty shows the frame without navigation
	Who        string // what tells the signed-in person from others, for the drafts of app.js
	Nav        NavItem
	Local      *LocalNav // the way to the other pages of the same thing; nil: there is none
	Waiting    int       // gates waiting for this person's sign-off, shown beside the navigation; 0 shows nothing
	Banners    []Banner
	Theme      Theme
	Path       string // path and query of this page: where the theme switch and sign-in return to
	Posted     bool   // the page answers a form, so that the browser has the form's address for it and not Path
	Width      Width
	CanCreate  bool // shows the New project button
	Version    string
	Zone       string // says where days end; empty: nobody is signed in
	Assets     Assets
	ErrorCount int  // above 0 the title begins with "Error:", as screen readers read it first
	Editor     bool // the page is one on which documents are written, and has a style and a script more
	Saved      bool // the last post was kept although no Success banner says so
}

func (m PageMeta) title() string {
	t := m.Title + " \u2013 Slipway"
	if m.ErrorCount > 0 {
		return "Error: " + t
	}
	return t
}

// saved reports whether drafts of submitted forms may be dropped.
func (m PageMeta) saved() bool {
	if m.Saved {
		return true
	}
	for _, b := range m.Banners {
		if b.Kind == Success {
			return true
		}
	}
	return false
}

// htmxConfig keeps htmx inside the Content-Security-Policy (no style of its own) and off the history, and names the
// answers that must not replace anything on the page; app.js says in words what happened instead.
const htmxConfig = `{"includeIndicatorCSS":false,"history":false,"noSwap":[204,304,401,403,404,429,"5xx"]}`
