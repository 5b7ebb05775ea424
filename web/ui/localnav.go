package ui

// LocalNav is the way between the pages of one thing, such as a project. It stands
// between the frame's navigation and the page.
type LocalNav struct {
	Label string // what screen readers call it: Pages of Ledger
	Name  string // of the thing; leads to its overview
	Href  string
	Here  bool // the page is the overview
	Links []LocalLink
}

// LocalLink leads to one of the pages.
type LocalLink struct {
	Text, Href string
	Here       bool // the page is this one, or belongs to it
}
