// Package calendar writes days on which something is due as a feed that calendars
// subscribe to (iCalendar, RFC 5545).
package calendar

import (
	"strings"
	"time"
	"unicode"

	ics "github.com/arran4/golang-ical"
)

// MediaType is what a feed is sent as.
const MediaType = "text/calendar; charset=utf-8"

// Day is a whole day on which something is due.
type Day struct {
	UID   string // the same as long as it is about the same thing
	On    time.Time
	Title string
	About string // more words; may be empty
	Link  string // to the page where something can be done about it
}

// Write writes a feed as of a moment. Its days block no time.
func Write(name string, days []Day, now time.Time) string {
	c := ics.NewCalendarFor("Slipway")
	c.SetProductId("-//Slipway//Slipway//EN")
	c.SetXWRCalName(oneLine(name))
	c.SetXPublishedTTL(refresh)
	for _, d := range days {
		e := ics.NewEvent(oneLine(d.UID))
		e.SetDtStampTime(now)
		e.SetAllDayStartAt(d.On)
		e.SetAllDayEndAt(d.On.AddDate(0, 0, 1)) // the first day that is no longer part of it
		e.SetSummary(oneLine(d.Title))
		if d.About != "" {
			e.SetDescription(oneLine(d.About))
		}
		e.SetURL(oneLine(d.Link))
		e.SetTimeTransparency(ics.TransparencyTransparent)
		c.AddVEvent(e)
	}
	return c.Serialize(ics.WithNewLineWindows)
}

// refresh is how often a calendar should ask again.
const refresh = "PT2H"

// oneLine keeps a text from beginning a property of its own: what is written escapes line
// feeds, but takes other characters that break lines as they come.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
