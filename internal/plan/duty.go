package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Duty is to tell somebody of an incident in time.
type Duty struct {
	Authority string `json:"authority"`      // in plain words: "supervisory authority"
	What      string `json:"what"`           // they are told, and when that is needed
	Hours     int    `json:"hours"`          // from when the incident was detected
	When      []Flag `json:"when,omitempty"` // answers by which it applies: any of these; empty: always
}

// Bounds of duties.
const (
	MaxDuties    = 20
	MaxDutyHours = 8760 // a year
)

// By is the last moment at which it is done in time.
func (d Duty) By(detected time.Time) time.Time {
	return detected.Add(time.Duration(d.Hours) * time.Hour)
}

// DutyOf is a duty and the name of the module that it comes from.
type DutyOf struct {
	Duty
	Module string
}

// Duties are those of the plan's modules that a project with a profile has, the
// soonest first.
func (p *Plan) Duties(profile Profile) []DutyOf {
	var out []DutyOf
	for _, m := range p.Modules {
		for _, d := range m.Notify {
			if profile.HasAny(d.When) {
				out = append(out, DutyOf{d, m.Name})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b DutyOf) int { return a.Hours - b.Hours })
	return out
}

// Duty is the one of a name; false when there is none. Where an authority is told more
// than once, it is the soonest after so many earlier ones.
func (p *Plan) Duty(profile Profile, authority string, earlier int) (Duty, bool) {
	all := slices.DeleteFunc(p.Duties(profile), func(d DutyOf) bool { return !strings.EqualFold(d.Authority, strings.TrimSpace(authority)) })
	if len(all) == 0 {
		return Duty{}, false
	}
	return all[min(earlier, len(all)-1)].Duty, true
}

func (c *checker) duties(ds []Duty) {
	if len(ds) > MaxDuties {
		c.addf("notify: there are %d; at most %d are possible", len(ds), MaxDuties)
	}
	var seen []string
	for i, d := range ds {
		c.where = fmt.Sprintf("duty number %d", i+1)
		c.line("authority", d.Authority, MaxName)
		c.line("what", d.What, MaxName)
		if d.Hours < 1 || d.Hours > MaxDutyHours {
			c.addf("hours: is %d; it has to lie between 1 and %d", d.Hours, MaxDutyHours)
		}
		c.answers("when", d.When)
		seen = append(seen, fmt.Sprint(strings.ToLower(d.Authority), d.Hours))
	}
	c.where = ""
	unique(c, "notify", seen)
}
