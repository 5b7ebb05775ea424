package plan

import (
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/record"
)

// Share is the percentage with which the objective of a goal begins: 99.9 of "99.9 %
// of requests are answered without an error". False where it begins with none.
func (g Goal) Share() (record.Decimal, bool) {
	figure, _, found := strings.Cut(g.Objective, "%")
	if !found {
		return 0, false
	}
	d, err := record.ParseDecimal(strings.TrimSpace(figure))
	return d, err == nil
}

// Days is how long the window of a goal is: 28 of "28 days". False where it is not
// said in days or weeks.
func (g Goal) Days() (int, bool) {
	number, unit, _ := strings.Cut(strings.TrimSpace(g.Window), " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return 0, false
	}
	switch strings.ToLower(strings.TrimSpace(unit)) {
	case "day", "days":
		return n, true
	case "week", "weeks":
		return 7 * n, true
	}
	return 0, false
}

// Looser says why an objective asks for less than the goal; empty: it does not. Its
// share is smaller; or its window is so much longer that one outage, with requests
// that come evenly, can last longer than the whole budget of the goal. What the goal
// says in other words than a percentage and a number of days nobody can compare but
// people; where only its share is such words, a longer window is looser.
func (g Goal) Looser(share record.Decimal, days int) string {
	asked, comparable := g.Share()
	if comparable && share < asked {
		return "its share is smaller: " + share.String() + " %, where " + asked.String() + " % is asked"
	}
	window, timed := g.Days()
	if !timed || days <= window {
		return ""
	}
	if !comparable {
		return "its window is longer: " + strconv.Itoa(days) + " days, where " + strconv.Itoa(window) + " are asked"
	}
	if float64(record.Whole-share)*float64(days) <= float64(record.Whole-asked)*float64(window) { // exact for what people write
		return ""
	}
	return "its window is longer: " + record.OfTime(record.Whole-share, days) + " may fail in a row, where " +
		record.OfTime(record.Whole-asked, window) + " are allowed; a window of " + strconv.Itoa(window) + " days would do"
}

// Goal is what a definition asks of an indicator, by its name; nil when nothing.
func (t *Terms) Goal(indicator string) *Goal {
	for i := range t.Objectives {
		if strings.EqualFold(t.Objectives[i].Indicator, strings.TrimSpace(indicator)) {
			return &t.Objectives[i]
		}
	}
	return nil
}

// Laxer reports whether another definition in the place of this one lets more pass at
// a tier: it tolerates more risk, or leaves out or loosens an objective. No definition
// at all lets everything pass; in its place none is laxer.
func (d *Definition) Laxer(then *Definition, t Tier) bool {
	if d == nil {
		return false
	}
	if then == nil {
		return true
	}
	has, gets := d.At(t), then.At(t)
	if gets.Tolerated > has.Tolerated {
		return true
	}
	for i := range has.Objectives {
		was := &has.Objectives[i]
		is := gets.Goal(was.Indicator)
		if is == nil {
			return true
		}
		if *is == *was {
			continue
		}
		share, comparable := is.Share()
		days, timed := is.Days()
		if !comparable || !timed || was.Looser(share, days) != "" {
			return true // what nobody can compare may be less
		}
	}
	return false
}
