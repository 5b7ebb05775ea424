package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/page/records"
)

// noteReading keeps a figure that was read of a record.
func (s *Server) noteReading(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	posted, err := readForm(r, "value", "at", "note", "url")
	form := records.ReadingForm{Value: posted.Get("value"), At: posted.Get("at"), Note: posted.Get("note"), URL: posted.Get("url")}
	if err == nil {
		err = s.changeOne(r, store.Target{Project: projectKey(r)}, no, func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.NoteReading(who, no, review.NewReading{Value: form.Value, At: form.At, Note: form.Note, URL: form.URL, Rules: s.Links}, at)
		})
	}
	return s.readingDone(w, r, no, form, flashNoted, err)
}

// strikeReading strikes out a figure that was wrong.
func (s *Server) strikeReading(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	posted, err := readForm(r, "reading", "reason")
	form := records.ReadingForm{Strike: posted.Get("reading"), Reason: posted.Get("reason")}
	if err == nil {
		reading, _ := strconv.Atoi(form.Strike) // 0 finds none
		err = s.changeOne(r, store.Target{Project: projectKey(r)}, no, func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.StrikeReading(who, no, reading, form.Reason, at)
		})
	}
	return s.readingDone(w, r, no, form, flashStruck, err)
}

// readingDone leads to the record, or shows it around what was refused.
func (s *Server) readingDone(w http.ResponseWriter, r *http.Request, no int, form records.ReadingForm, said flash, err error) error {
	if err == nil {
		return s.done(w, r, page.RecordURL(projectKey(r), recordKind(r).Key, no), said)
	}
	fields, problem, refused := formRefusal(err)
	if !refused {
		return err
	}
	form.Errors = fields
	return s.showRecord(w, r, explain(err).status, no, recordForms{reading: form, move: records.MoveForm{Problem: problem}})
}
