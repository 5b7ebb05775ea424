package web

import (
	"net/http"
	"strings"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/page/records"
)

// lessonParts adds to a lesson's page where its proposal can go, for somebody who may
// decide on it, and what became of one that was accepted.
func (s *Server) lessonParts(r *http.Request, v *store.RecordView, d *records.Data) error {
	if v.Record.Kind != record.Lesson {
		return nil
	}
	answer, err := s.Store.LessonAnswer(r.Context(), v.Review, v.Record)
	if err != nil {
		return err
	}
	if answer != nil {
		d.Answer = &records.Answer{
			Key: answer.Key, Name: answer.Name, Version: answer.Version, Published: answer.Published, Says: answer.Says, Draft: answer.Draft,
			Item: answer.Item, Edits: review.May(v.Actor, review.EditLibrary, nil) == nil,
		}
	}
	accepted := v.Record.Def().State(record.LessonAccepted)
	if v.Record.State != record.LessonProposed || v.Review.MayMove(v.Actor, v.Record, accepted) != nil {
		return nil
	}
	places, err := s.Store.LessonPlaces(r.Context(), v.Review, v.Record)
	if err != nil {
		return err
	}
	d.PlacesSays = places.Says
	for i := range places.All {
		p := &places.All[i]
		d.Places = append(d.Places, records.Place{
			Key: p.Key, Name: p.Name, Version: p.Version, Draft: p.Draft, Followed: p.Followed, CopyOf: p.CopyOf, Says: p.Says, Gone: p.Gone,
		})
	}
	return nil
}

// acceptLesson takes up what a lesson proposes: it goes into the draft of a document.
func (s *Server) acceptLesson(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r, "no")
	if err != nil {
		return err
	}
	posted, err := readForm(r, "into", "says", "shown")
	if err != nil {
		return err
	}
	if recordKind(r).Key != record.Lesson {
		return review.ErrNotFound
	}
	if err := s.mayDecide(r); err != nil {
		return err
	}
	in := store.AcceptLesson{No: no, Shown: shown(posted), Into: posted.Get("into"), Says: posted.Get("says")}
	changed, err := s.Store.AcceptLesson(r.Context(), s.by(r), projectKey(r), in)
	if err != nil {
		return s.moveFailed(w, r, no, records.MoveForm{To: string(record.LessonAccepted), Into: in.Into}, err)
	}
	s.metrics.decided(changed.Events)
	return s.done(w, r, page.RecordURL(projectKey(r), record.Lesson, no), flashLessonAccepted)
}

// proposedLessons are lessons as pages of the library list them.
func proposedLessons(list []store.ProposedLesson) []page.ProposedLesson {
	out := make([]page.ProposedLesson, len(list))
	for i, l := range list {
		out[i] = page.ProposedLesson{Project: l.Project, Name: l.Name, No: l.No, Title: l.Title, At: l.At}
	}
	return out
}

// lessonReason is a reason to publish a draft, to begin with: the lessons that it takes
// up. Everybody reads it later, so lessons of restricted projects are left out.
func (s *Server) lessonReason(r *http.Request) (string, error) {
	shelf, err := s.Store.DocumentDraft(r.Context(), s.by(r), documentKey(r))
	if err != nil {
		return "", err
	}
	list, _, err := s.Store.AnsweredLessons(r.Context(), s.by(r), documentKey(r), shelf.Published.Next())
	if err != nil {
		return "", err
	}
	var lines []string
	for _, l := range list {
		if !l.Restricted {
			lesson := page.ProposedLesson{No: l.No}
			lines = append(lines, "Takes up "+lesson.Mark()+" of "+string(l.Project)+": "+l.Title)
		}
	}
	return page.Cut(strings.Join(lines, "\n"), review.MaxReason), nil
}
