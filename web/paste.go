package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/formats"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// maxPaste is how long a text of rows may be: [review.MaxPicked] of them with long notes.
const maxPaste = 1 << 20

// toPaste is where answers are pasted from a spreadsheet.
func (s *Server) toPaste(w http.ResponseWriter, r *http.Request) error {
	view, err := s.Store.Checklist(r.Context(), s.by(r), projectKey(r), stageKey(r))
	if err != nil {
		return err
	}
	return s.showPaste(w, r, http.StatusOK, view, &page.PasteData{})
}

func (s *Server) showPaste(w http.ResponseWriter, r *http.Request, status int, view *store.ProjectView, d *page.PasteData) error {
	d.View = stageView(view, stageKey(r))
	if view.Review.Stage(d.View.Stage) == nil {
		return review.ErrNotFound
	}
	if err := review.May(view.Actor, review.AnswerItem, &view.Review.Project); err != nil {
		return err
	}
	m := s.projectMeta(w, r, &view.Viewer, view.Review, "Paste answers, "+d.StageName(), ui.NavPortfolio)
	if m.Posted {
		m.Path = page.PasteURL(view.Review.Project.Key, d.View.Stage)
	}
	if d.Error != "" {
		m.ErrorCount = 1
	}
	return s.render(w, r, status, page.Paste(m, d))
}

// pasteForm is what the form of pasted rows says.
type pasteForm struct {
	text  string
	apply bool
	means []string // what rows mean that nothing is called like, see [page.PasteRow.Meaning]
	shown string   // see [pasteForm.mark]
	picks []review.Picked
}

// mark stands for the rows of which a preview was shown, and what they were said to mean.
func (f *pasteForm) mark() string {
	return page.TextMark(strings.Join(append([]string{f.text}, f.means...), "\x00"))
}

// paste shows what would come of pasted rows, or does it, for what was shown.
func (s *Server) paste(w http.ResponseWriter, r *http.Request) error {
	form, wrong, err := s.readPasted(r)
	if err != nil {
		return err
	}
	// All of it: an answer may turn gates that rest on other stages.
	view, err := s.Store.Records(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	d := &page.PasteData{Text: form.text, Error: wrong}
	d.View = stageView(view, stageKey(r))
	if view.Review.Stage(d.View.Stage) == nil {
		return review.ErrNotFound
	}
	if wrong == "" {
		s.matchPasted(d, form.means)
	}
	switch {
	case d.Error != "":
		return s.showPaste(w, r, http.StatusUnprocessableEntity, view, d)
	case form.apply && form.shown == form.mark():
		return s.applyPasted(w, r, view, d, form.picks)
	case form.apply:
		d.Problem = "Nothing was changed, because the rows are no longer those of the preview. Look at what they would do now."
	}
	return s.previewPasted(w, r, view, d, form.mark())
}

// previewPasted tries the rows out on what was read for the page, which nothing is
// written from. mark stands for them.
func (s *Server) previewPasted(w http.ResponseWriter, r *http.Request, view *store.ProjectView, d *page.PasteData, mark string) error {
	if err := review.May(view.Actor, review.AnswerItem, &view.Review.Project); err != nil {
		return err
	}
	err := s.tryPasted(view, d)
	status := http.StatusOK
	var invalid *review.Invalid
	var refused *review.Refused
	switch {
	case errors.As(err, &invalid):
		d.Error, status = invalid.Fields[0].Message, http.StatusUnprocessableEntity
	case errors.As(err, &refused):
		d.Problem, status = refused.Why, http.StatusConflict
	case err != nil:
		return err
	default:
		d.Previews, d.Shown = true, mark
		s.warnOfSecrets(r, d)
	}
	if d.Problem != "" {
		status = http.StatusConflict
	}
	return s.showPaste(w, r, status, view, d)
}

// tryPasted does all that the rows say to what was read for the page, so that each row knows what
// comes of it.
func (s *Server) tryPasted(view *store.ProjectView, d *page.PasteData) error {
	says := d.Says(nil)
	if len(says) == 0 {
		return nil
	}
	left, err := view.Review.AnswerEach(view.Actor, d.View.Stage, says, s.Links, view.Now)
	if err != nil {
		return err
	}
	d.Tell(view.Review.Recorded(), left)
	return nil
}

// warnOfSecrets says in the preview what looks like a secret. The rows of a file were not asked
// about before, since nothing of it is stored yet; of pasted ones it is known that they are none.
func (s *Server) warnOfSecrets(r *http.Request, d *page.PasteData) {
	typed := url.Values{"text": {d.Text}}
	found := lookForSecrets(typed)
	if found == nil {
		return
	}
	d.Secret, d.NoSecret = found.words(typed)["text"], found.mark
	if d.Said = r.PostForm.Get(page.NoSecret) == found.mark; !d.Said {
		s.noteSecret(r, found)
	}
}

// applyPasted changes the items that were shown, as one change of several. The rows are tried out
// again on what was read, since only that tells how many of them come to nothing.
func (s *Server) applyPasted(w http.ResponseWriter, r *http.Request, seen *store.ProjectView, d *page.PasteData, picks []review.Picked) error {
	says := d.Says(picks)
	if err := s.tryPasted(seen, d); err != nil {
		return s.pasteFailed(w, r, d, err)
	}
	var left []review.Left
	stage := stageKey(r)
	changed, err := s.Store.Change(r.Context(), s.by(r), store.Target{Project: projectKey(r), Stage: stage},
		func(rv *review.Review, who review.Actor, at time.Time) error {
			var err error
			left, err = rv.AnswerEach(who, stage, says, s.Links, at)
			return err
		})
	if err != nil {
		return s.pasteFailed(w, r, d, err)
	}
	s.metrics.decided(changed.Events)
	touched := make([]plan.ItemKey, len(says))
	for i := range says {
		touched[i] = says[i].Item
	}
	return s.told(w, r, changed, outcome{what: page.BulkPaste, flash: flashPasted, left: left, touched: touched, pasted: d.Refusals()})
}

// pasteFailed shows the rows again with why nothing of them was done.
func (s *Server) pasteFailed(w http.ResponseWriter, r *http.Request, d *page.PasteData, err error) error {
	var invalid *review.Invalid
	var refused *review.Refused
	if !errors.As(err, &invalid) && !errors.As(err, &refused) {
		return err
	}
	d.Problem = explain(err).text
	view, readErr := s.Store.Checklist(r.Context(), s.by(r), projectKey(r), stageKey(r))
	if readErr != nil {
		return readErr
	}
	return s.showPaste(w, r, explain(err).status, view, d)
}

// readPasted reads the form, or the rows of a file; wrong is what is wrong with them.
func (s *Server) readPasted(r *http.Request) (form pasteForm, wrong string, err error) {
	if isMultipart(r) {
		form.text, wrong, err = s.readPastedFile(r)
		return form, wrong, err
	}
	posted, err := readForm(r, "text", "do", "shown", "pick"+several, "means"+several)
	if err != nil {
		return form, "", err
	}
	form.text = strings.Trim(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(posted.Get("text")), "\n")
	form.apply, form.shown, form.means = posted.Get("do") == "apply", posted.Get("shown"), posted["means"]
	form.means = form.means[:min(len(form.means), review.MaxPicked)] // as many as there are rows
	switch {
	case len(form.text) > maxPaste:
		size := len(form.text)
		form.text = ""
		return form, fmt.Sprintf("paste at most %d KiB at once; these are %d", maxPaste>>10, size>>10), nil
	case strings.TrimSpace(form.text) == "":
		return form, "copy rows in your spreadsheet and paste them here", nil
	}
	if form.apply {
		bulk, err := readPicks(posted["pick"])
		if err != nil {
			return form, "", err
		}
		form.picks = bulk
	}
	return form, "", nil
}

// readPastedFile makes a text of the rows of a file, which is shown like a pasted one.
func (s *Server) readPastedFile(r *http.Request) (text, wrong string, err error) {
	if _, err := s.Store.Who(r.Context(), s.by(r)); err != nil { // before anything large is read
		return "", "", err
	}
	up, err := readUpload(r)
	if err != nil {
		return "", "", err
	}
	name, body, _, wrong := up.choose()
	if wrong != "" {
		return "", wrong, nil
	}
	leave, err := s.reading(r)
	if err != nil {
		return "", "", err
	}
	defer leave()
	answers, bad := formats.ReadAnswers(name, body)
	switch {
	case bad != nil:
		return "", strings.TrimSpace(bad.Message + " " + bad.Do), nil
	case len(answers.Rows) == 0:
		return "", "The file has no rows.", nil
	case len(answers.Rows) > review.MaxPicked:
		return "", tooManyRows(len(answers.Rows)), nil
	}
	text, err = answers.Text()
	if err == nil && len(text) > maxPaste {
		return "", fmt.Sprintf("The rows of the file come to %d KiB; at most %d KiB are read.", len(text)>>10, maxPaste>>10), nil
	}
	return strings.Trim(text, "\n"), "", err
}

// matchPasted finds the items of the rows.
func (s *Server) matchPasted(d *page.PasteData, meant []string) {
	answers, bad := formats.ReadAnswers("", []byte(d.Text))
	switch {
	case bad != nil && bad.Line > 0:
		d.Error = fmt.Sprintf("cannot be read at line %d: %s", bad.Line, bad.Message)
		return
	case bad != nil:
		d.Error = "cannot be read: " + bad.Message
		return
	case len(answers.Rows) == 0:
		d.Error = "copy the rows below the headings too"
		return
	case len(answers.Rows) > review.MaxPicked:
		d.Error = tooManyRows(len(answers.Rows))
		return
	}
	rows := make([]page.PastedRow, len(answers.Rows))
	for i, row := range answers.Rows {
		rows[i] = page.PastedRow(row)
	}
	d.Unread, d.Rows = answers.Unread, page.ReadPaste(d.View, rows, s.Links, meant)
}

func tooManyRows(n int) string {
	return fmt.Sprintf("paste at most %d rows at once; these are %d", review.MaxPicked, n)
}
