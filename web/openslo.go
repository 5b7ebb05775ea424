package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/formats"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/page/records"
	"github.com/slipway-prr/slipway/web/ui"
)

// exportObjectives sends a project's objectives that are agreed on in the OpenSLO form.
func (s *Server) exportObjectives(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Store.Records(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	key := string(v.Review.Project.Key)
	var out []formats.Objective
	for i := range v.Review.Records {
		rec := &v.Review.Records[i]
		if rec.Kind == record.Objective && !rec.Closed() {
			out = append(out, formats.Objective{Name: key + "-" + strings.ToLower(rec.Name()), Title: rec.Title, Text: rec.Text, Values: rec.Values})
		}
	}
	b, err := formats.WriteOpenSLO(key, out)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/yaml")
	h.Set("Content-Disposition", `attachment; filename="`+key+`-objectives.yaml"`)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	_, _ = w.Write(b) // the client went away: nothing left to tell it
	return nil
}

// toImportObjectives is where objectives in the OpenSLO form are pasted.
func (s *Server) toImportObjectives(w http.ResponseWriter, r *http.Request) error {
	return s.showImportObjectives(w, r, http.StatusOK, records.ImportData{})
}

func (s *Server) showImportObjectives(w http.ResponseWriter, r *http.Request, status int, d records.ImportData) error {
	v, err := s.Store.Records(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return err
	}
	if err := review.May(v.Actor, review.KeepRecords, &v.Review.Project); err != nil {
		return err
	}
	if err := v.Review.MayAddKind(record.Of(record.Objective)); err != nil && len(d.Problems) == 0 {
		return err
	}
	d.View = recordsView(v)
	m := s.projectMeta(w, r, &v.Viewer, v.Review, "Import objectives, "+v.Review.Project.Name, ui.NavPortfolio)
	m.ErrorCount = len(d.Problems)
	if m.Posted {
		m.Path = page.ImportObjectivesURL(v.Review.Project.Key)
	}
	return s.render(w, r, status, records.ImportPage(m, &d))
}

// importObjectives adds the objectives of a file, all or none. Those with a title
// that the project keeps already are left as they are.
func (s *Server) importObjectives(w http.ResponseWriter, r *http.Request) error {
	posted, err := readForm(r, "text")
	d := records.ImportData{Text: posted.Get("text")}
	if err == nil {
		read, problems := formats.ReadOpenSLO([]byte(strings.ReplaceAll(d.Text, "\r\n", "\n")))
		if d.Problems = sloProblems(problems); len(d.Problems) > 0 {
			return s.showImportObjectives(w, r, http.StatusUnprocessableEntity, d)
		}
		err = s.changeRecord(r, store.Target{Project: projectKey(r)}, func(rv *review.Review, who review.Actor, at time.Time) error {
			return rv.OpenRecords(who, record.Objective, newObjectives(read, who.Person, at, s.Links), at)
		})
	}
	if err == nil {
		return s.done(w, r, page.RecordKindURL(projectKey(r), record.Objective), flashObjectives)
	}
	fields, problem, refused := formRefusal(err)
	if !refused {
		return err
	}
	if problem != "" {
		d.Problems = append(d.Problems, problem)
	}
	for name, text := range fields {
		d.Problems = append(d.Problems, name+" "+text+".")
	}
	slices.Sort(d.Problems)
	return s.showImportObjectives(w, r, explain(err).status, d)
}

func sloProblems(problems []formats.Problem) []string {
	var out []string
	for _, p := range problems {
		text := p.Message + " " + p.Do
		if p.Line > 0 {
			text = fmt.Sprintf("Line %d: %s", p.Line, text)
		}
		out = append(out, text)
	}
	return out
}

// newObjectives are objectives of a file as whoever reads it adds them.
func newObjectives(read []formats.Objective, owner review.PersonID, at time.Time, rules review.LinkRules) []review.NewRecord {
	due := review.FormatDate(review.Today(at).AddDate(0, 0, record.Of(record.Objective).DueIn))
	out := make([]review.NewRecord, len(read))
	for i, o := range read {
		out[i] = review.NewRecord{RecordFields: review.RecordFields{Title: o.Title, Text: o.Text, Owner: owner, Due: due, Values: o.Values}, Rules: rules}
	}
	return out
}
