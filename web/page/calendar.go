package page

import "time"

// MakeCalendarURL and EndCalendarURL are where somebody gets an address for their calendar,
// and gives it up.
const (
	MakeCalendarURL = AccountURL + "/calendar"
	EndCalendarURL  = MakeCalendarURL + "/end"
)

// CalendarPath is what the addresses of calendars begin with. What follows is a secret that
// no log may hold.
const CalendarPath = "/calendar/"

// CalendarEnd is how they end.
const CalendarEnd = ".ics"

// CalendarURL is the calendar that a secret opens.
func CalendarURL(secret string) string { return CalendarPath + secret + CalendarEnd }

// CalendarData is what somebody sees of the address of their calendar.
type CalendarData struct {
	Made    time.Time // zero: there is none
	Address string    // that was just made; empty afterwards
}
