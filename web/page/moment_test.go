package page

import (
	"testing"
	"time"
)

func TestKeepMoment(t *testing.T) {
	at := time.Date(2026, 11, 3, 14, 5, 6, 7000, time.UTC)
	const m = "at=2026-11-03T14%3A05%3A06.000007Z"
	for in, want := range map[string]string{
		`<a href="/projects/led">x</a>`:                    `<a href="/projects/led?` + m + `">x</a>`,
		`<a href="/projects/led#stages">x</a>`:             `<a href="/projects/led?` + m + `#stages">x</a>`,
		`<a href="/projects/led/stages/a/gate#b">x</a>`:    `<a href="/projects/led/stages/a/gate?` + m + `#b">x</a>`,
		`<a href="/projects/led/stages/a?show=x">x</a>`:    `<a href="/projects/led/stages/a?show=x&amp;` + m + `">x</a>`,
		`<a href="/projects/led/report#p">x</a>`:           `<a href="/projects/led/report?` + m + `#p">x</a>`,
		`<a href="/projects/led?at=2026">x</a>`:            `<a href="/projects/led?at=2026">x</a>`,
		`<a href="/projects/led?a=b&amp;at=2026">x</a>`:    `<a href="/projects/led?a=b&amp;at=2026">x</a>`,
		`<a href="/projects/led-2/stages/a">x</a>`:         `<a href="/projects/led-2/stages/a">x</a>`,
		`<a href="/projects/led/history">x</a>`:            `<a href="/projects/led/history">x</a>`,
		`<a href="/projects/led/settings">x</a>`:           `<a href="/projects/led/settings">x</a>`,
		`<a href="/portfolio">x</a>`:                       `<a href="/portfolio">x</a>`,
		`<a href="/projects/led">Back to now</a>`:          `<a href="/projects/led">Back to now</a>`,
		`href=&#34;/projects/led&#34; href="/projects/led`: `href=&#34;/projects/led&#34; href="/projects/led`,
		``: ``,
		`<a href="/projects/led">a</a><a href="/projects/led">Back to now</a><a href="/projects/led">b</a>`: `<a href="/projects/led?` + m + `">a</a><a href="/projects/led">Back to now</a><a href="/projects/led?` + m + `">b</a>`,
	} {
		if got := string(keepMoment([]byte(in), "led", at)); got != want {
			t.Errorf("%s\n gives %s\n want  %s", in, got, want)
		}
	}
}

func TestTimeLeft(t *testing.T) {
	for d, want := range map[time.Duration]string{
		71*time.Hour + 59*time.Minute: "2 days and 23 hours", 72 * time.Hour: "3 days", 25 * time.Hour: "1 day and 1 hour", 24 * time.Hour: "1 day",
		23*time.Hour + 5*time.Minute: "23 hours and 5 minutes", time.Hour: "1 hour", 61 * time.Second: "1 minute", 59 * time.Second: "less than a minute",
	} {
		if got := TimeLeft(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}
