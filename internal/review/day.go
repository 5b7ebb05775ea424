package review

import "time"

// A date is a whole day of the organisation, its last one included: evidence that
// expires on a day counts on that day, what is due on a day is overdue after it.
// Dates are kept as their midnight in UTC, whatever the zone, and compare as
// they are. What a moment's day is depends on where one is, so moments at which
// rules are asked come in the organisation's time zone.

// DueAhead is for how many days before its date a review counts as due, and
// evidence or a waiver as about to end.
const DueAhead = 14

// Today is the date of a moment in the moment's own time zone.
func Today(at time.Time) time.Time {
	y, m, d := at.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// Over reports whether a date has gone by at a moment; never where there is none.
func Over(date, at time.Time) bool { return !date.IsZero() && Today(at).After(date) }

// Soon reports whether a date comes within 14 days and has not gone by.
func Soon(date, at time.Time) bool {
	today := Today(at)
	return !date.IsZero() && !today.After(date) && !today.Before(date.AddDate(0, 0, -DueAhead))
}

// EndOf is the first moment after a date, in a time zone; never where there is none.
func EndOf(date time.Time, zone *time.Location) time.Time {
	if date.IsZero() {
		return date
	}
	y, m, d := date.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, zone).UTC()
}

// begins is the first moment of a date, in a time zone.
func begins(date time.Time, zone *time.Location) time.Time {
	return EndOf(date.AddDate(0, 0, -1), zone)
}

// zoneName is the time zone of a moment as events keep it: empty for UTC.
func zoneName(at time.Time) string {
	if name := at.Location().String(); name != "UTC" {
		return name
	}
	return ""
}
