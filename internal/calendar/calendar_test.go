package calendar_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slipway-prr/slipway/internal/calendar"
)

func TestAFeed(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	got := calendar.Write("Slipway, Ada", []calendar.Day{{
		UID: "item.ledger.idea.scope@slipway.example", On: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC), Title: "Agree; scope, \\ all", Link: "https://slipway.example/projects/a,b",
	}}, at)
	want := strings.Join([]string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Slipway//Slipway//EN", `X-WR-CALNAME:Slipway\, Ada`, "X-PUBLISHED-TTL:PT2H",
		"BEGIN:VEVENT", "UID:item.ledger.idea.scope@slipway.example", "DTSTAMP:20261128T120000Z", "DTSTART;VALUE=DATE:20261130", "DTEND;VALUE=DATE:20261201",
		`SUMMARY:Agree\; scope\, \\ all`, "URL:https://slipway.example/projects/a,b", "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR", "",
	}, "\r\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Whatever stands in a title, no line is longer than 75 bytes, none breaks within a
// character, and none begins a property that we did not write.
func FuzzFeed(f *testing.F) {
	f.Add("a\r\nEND:VEVENT\r\nBEGIN:VALARM")
	f.Add("a\rATTENDEE:mailto:x@example.com\x07")
	f.Add(strings.Repeat("größe 漢字 🚢,;\\", 30))
	f.Add("\u2028\u0085\xff\xfe")
	f.Fuzz(func(t *testing.T, title string) {
		got := calendar.Write(title, []calendar.Day{{UID: "x@y", Title: title, About: title, Link: "https://slipway.example/"}}, time.Unix(0, 0))
		open := 0
		for line := range strings.SplitSeq(strings.TrimSuffix(got, "\r\n"), "\r\n") {
			if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n\x00\x07") {
				t.Errorf("line %q", line)
			}
			switch name, _, _ := strings.Cut(line, ":"); {
			case strings.HasPrefix(line, " "):
			case strings.HasPrefix(name, "BEGIN"):
				open++
			case strings.HasPrefix(name, "END"):
				open--
			default:
				name, _, _ = strings.Cut(name, ";")
				if !strings.Contains(" VERSION PRODID X-WR-CALNAME X-PUBLISHED-TTL UID DTSTAMP DTSTART DTEND SUMMARY DESCRIPTION URL TRANSP ", " "+name+" ") {
					t.Errorf("a property of its own: %q", line)
				}
			}
		}
		if open != 0 || strings.Count(got, "BEGIN:") != 2 && !strings.Contains(title, "BEGIN") {
			t.Errorf("parts do not match in %q", got)
		}
	})
}
