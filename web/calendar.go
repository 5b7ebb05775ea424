package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/internal/calendar"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
)

// makeCalendar gives the person an address for their calendar, and shows it this once.
func (s *Server) makeCalendar(w http.ResponseWriter, r *http.Request) error {
	if _, err := readForm(r); err != nil {
		return err
	}
	secret := strings.ToLower(rand.Text())
	if err := s.Store.MakeCalendar(r.Context(), s.by(r), store.HashToken(secret)); err != nil {
		return err
	}
	return s.showAccount(w, r, s.Origin+page.CalendarURL(secret))
}

// endCalendar takes it away.
func (s *Server) endCalendar(w http.ResponseWriter, r *http.Request) error {
	if _, err := readForm(r); err != nil {
		return err
	}
	if err := s.Store.EndCalendar(r.Context(), s.by(r)); err != nil {
		return err
	}
	return s.done(w, r, page.AccountURL, flashNoCalendar)
}

// feedName is the part of an address that opens a calendar: a secret, and what calendars
// know the file by.
func feedName(s string) bool {
	secret, ok := strings.CutSuffix(s, page.CalendarEnd)
	return ok && validDraftID(secret)
}

// calendarFeed is a person's due dates for their calendar. Whoever has the address reads
// them without signing in, as long as the person could.
func (s *Server) calendarFeed(w http.ResponseWriter, r *http.Request) error {
	secret := strings.TrimSuffix(chi.URLParam(r, "feed"), page.CalendarEnd)
	token := store.HashToken(secret)
	person, err := s.Store.CalendarOf(r.Context(), token)
	if err != nil {
		return err
	}
	v, err := s.Store.Calendar(r.Context(), person, token)
	if errors.Is(err, store.ErrNoSession) { // blocked between the two
		return review.ErrNotFound
	}
	if err != nil {
		return err
	}
	factsOf(r).person = person
	body := calendar.Write("Slipway: "+v.Name, s.calendarDays(v), v.Now)
	h := w.Header()
	h.Set("Content-Type", calendar.MediaType)
	h.Set("Content-Disposition", `inline; filename="slipway.ics"`)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write([]byte(body)) // the client went away: nothing left to tell it
	return nil
}

// calendarDays are the days of what waits for somebody.
func (s *Server) calendarDays(v *store.CalendarView) []calendar.Day {
	var out []calendar.Day
	host := s.Origin
	if u, err := url.Parse(s.Origin); err == nil && u.Host != "" {
		host = u.Host
	}
	// What it is about makes the identifier: a new date moves a day in calendars. Where there
	// are several of a kind, such as links of an item that expire, they are numbered.
	times := map[string]int{}
	add := func(what, path string, on time.Time, title, project string) {
		if on.IsZero() {
			return
		}
		id := what + path
		if times[id]++; times[id] > 1 {
			id += "-" + strconv.Itoa(times[id])
		}
		out = append(out, calendar.Day{
			UID: id + "@" + host, On: on, Title: title + " (" + project + ")", Link: s.Origin + path,
		})
	}
	for i := range v.Items {
		it := &v.Items[i]
		path := page.ItemURL(it.Project, it.Stage, it.Item)
		if it.Ask != review.AskWaived && it.Ask != review.AskRenewSoon { // what is done is no longer due
			add("due", path, it.Due, "Due: "+it.Title, it.Name)
		}
		switch it.Ask {
		case review.AskWaived:
			add("waiver", path, it.Until, "Waiver ends: "+it.Title, it.Name)
		case review.AskRenewSoon:
			add("evidence", path, it.Until, "Evidence expires: "+it.Title, it.Name)
		}
	}
	for _, e := range v.Expiring {
		add("evidence", page.ItemURL(e.Project, e.Stage, e.Item), e.Expires, "Evidence expires: "+e.Title+", "+e.Subject, e.Name)
	}
	for _, c := range v.Owed {
		add("condition", page.ConditionURL(c.Project, c.Stage, c.No), c.Due, "Condition due: "+page.Cut(c.Text, 100), c.Name)
	}
	for _, c := range v.Confirm {
		add("confirm", page.ConditionURL(c.Project, c.Stage, c.No), c.Due, "Condition to confirm: "+page.Cut(c.Text, 100), c.Name)
	}
	for _, g := range v.Forced {
		add("break-glass", page.GateURL(g.Project, g.Stage), g.Due, "Review of break-glass due", g.Name)
	}
	for _, o := range v.OwnStages {
		add("gate", page.GateURL(o.Project, o.Stage), o.Target, "Target of “"+o.Title+"” and its gate “"+o.Gate+"”", o.Name)
		for i, m := range o.Milestones {
			if !m.Done {
				add("milestone-"+strconv.Itoa(i+1), page.StageURL(o.Project, o.Stage), m.DueDay(), "Milestone of “"+o.Title+"”: "+m.Name, o.Name)
			}
		}
	}
	for i := range v.Records {
		rec := &v.Records[i]
		add("record", page.RecordURL(rec.Project, rec.Kind, rec.No), rec.Due, page.Capital(record.Of(rec.Kind).One)+" due: "+rec.Title, rec.Name)
	}
	for i := range v.Projects {
		p := &v.Projects[i]
		if p.Status != review.StatusActive || p.Duty != review.DutyOwner && p.Duty != review.DutyDeputy {
			continue
		}
		if p.Live == review.NotLive {
			add("target", page.ProjectURL(p.Key), p.Target, "Target date", p.Name)
		}
		add("review", page.ProjectURL(p.Key), p.ReviewDue, "Next review due", p.Name)
	}
	for _, p := range v.Policies {
		add("policy", page.DocumentURL(p.Key), p.Due, "Review of the policy due", p.Name)
	}
	return out
}
