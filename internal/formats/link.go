package formats

import (
	"net/url"
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
)

const maxURL = 2000

// webAddress reports whether s may stand behind a link on a page.
func webAddress(s string) bool {
	if len(s) > maxURL || s != strings.TrimSpace(s) || clean(s) != s || strings.ContainsAny(s, " \"<>\\") {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil
}

// link adds a link to an item or choice, or counts it as lost where it leads to no
// page on the web.
func (d *draft) link(links []plan.Link, title, address string) []plan.Link {
	address = strings.TrimSpace(address)
	if address == "" {
		return links
	}
	if !webAddress(address) {
		d.lose("link that is no web address was left out", "links that are no web addresses were left out")
		return links
	}
	if slices.ContainsFunc(links, func(l plan.Link) bool { return l.URL == address }) {
		return links
	}
	short, cutOff := shorten(clean(title), maxName)
	if cutOff {
		d.lose("title of a link was cut", "titles of links were cut")
	}
	return append(links, plan.Link{Title: short, URL: address})
}
