package page

import (
	"bytes"
	"context"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// At is an address as of a moment.
func At(address string, t time.Time) string {
	return address + "?at=" + url.QueryEscape(MomentText(t))
}

// MomentText is a moment as addresses carry it, to the microsecond, as exact as
// the trail.
func MomentText(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// Moment is a moment as a person reads it.
func Moment(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 MST") }

const backToNow = "Back to now"

// PastBanner says of when a page is; back leads to the same page of now.
func PastBanner(t time.Time, back string) ui.Banner {
	return ui.Banner{
		Kind: ui.Info, Text: "As it was on " + Moment(t) + ". Ages count from then, and nothing can be changed here. ", Href: back,
		Link: backToNow,
	}
}

// InThePast is a page about a project whose links to the project's other pages
// keep the moment. Only the way back to now does not.
func InThePast(page templ.Component, p review.ProjectKey, at time.Time) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var buf bytes.Buffer
		if err := page.Render(ctx, &buf); err != nil {
			return err
		}
		_, err := w.Write(keepMoment(buf.Bytes(), p, at))
		return err
	})
}

// keepMoment adds a moment to the addresses of a project's pages in a page of
// ours. What people typed cannot look like such a link: its quotes are escaped.
func keepMoment(html []byte, p review.ProjectKey, at time.Time) []byte {
	base := []byte(ProjectURL(p))
	attribute := append([]byte(`href="`), base...)
	moment := "at=" + url.QueryEscape(MomentText(at))
	out := make([]byte, 0, len(html)+len(html)/16)
	for {
		i := bytes.Index(html, attribute)
		if i < 0 {
			return append(out, html...)
		}
		from := i + len(`href="`)
		to := from + bytes.IndexByte(html[from:], '"')
		if to < from { // no closing quote: not a link
			return append(out, html...)
		}
		out = append(out, html[:from]...)
		address := string(html[from:to])
		if !bytes.HasPrefix(html[to:], []byte(`">`+backToNow)) {
			address = withMoment(address, string(base), moment)
		}
		out = append(out, address...)
		html = html[to:]
	}
}

// withMoment adds the moment to an address if it is of a page that can show
// the past and has none yet.
func withMoment(address, base, moment string) string {
	rest, fragment, found := strings.Cut(address, "#")
	if found {
		fragment = "#" + fragment
	}
	path, query, queried := strings.Cut(rest, "?")
	if path != base && path != base+"/report" && path != base+"/policies" && path != base+"/environments" && !strings.HasPrefix(path, base+"/stages/") {
		return address
	}
	switch {
	case strings.Contains("&"+strings.ReplaceAll(query, "&amp;", "&"), "&at="):
		return address
	case queried:
		return path + "?" + query + "&amp;" + moment + fragment
	}
	return path + "?" + moment + fragment
}

// TimeLeft says how long it is until a moment, in the two largest units that say
// something: "2 days and 23 hours".
func TimeLeft(d time.Duration) string {
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	two := func(a int, large string, b int, small string) string {
		if b == 0 {
			return CountOf(a, large)
		}
		return CountOf(a, large) + " and " + CountOf(b, small)
	}
	switch {
	case days > 0:
		return two(days, "day", hours, "hour")
	case hours > 0:
		return two(hours, "hour", minutes, "minute")
	case minutes > 0:
		return CountOf(minutes, "minute")
	}
	return "less than a minute"
}

// DayOrNone is a date in words; empty for none.
func DayOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2 Jan 2006")
}

// DayOf is the day of a moment in words, where the organisation is; empty for none.
func DayOf(moment, now time.Time) string { return DayOrNone(inZone(moment, now)) }

// inZone is a moment told in the time zone of another; none stays none.
func inZone(moment, now time.Time) time.Time {
	if moment.IsZero() {
		return moment
	}
	return moment.In(now.Location())
}

// ZoneWords says where days end, with a time zone as people write it.
func ZoneWords(zone *time.Location) string {
	if zone == time.UTC || zone.String() == "UTC" {
		return "Days end at midnight UTC"
	}
	_, city, found := strings.Cut(zone.String(), "/")
	if !found {
		city = zone.String()
	}
	return "Days end at midnight in " + strings.ReplaceAll(city, "_", " ")
}
