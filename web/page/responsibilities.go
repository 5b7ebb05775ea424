package page

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// ResponsibilityData is who builds, runs and approves a project, and who is informed
// of it.
type ResponsibilityData struct {
	Actor   review.Actor
	Project *review.Project
	Names   Names
	Away    []review.PersonID
	Find    string   // what people are searched by
	People  []Choice // found
	Many    bool     // there are more
	Form    *ResponsibilityForm
}

// ResponsibilityForm is what was typed and could not be saved.
type ResponsibilityForm struct {
	Rows    []review.Responsibility
	Shown   review.Digest
	Errors  map[string]string // by field
	Problem string            // where no field is at fault
}

// What the fields of a row begin with; its number follows, from 1.
const (
	RowPerson = "person-"
	RowTeam   = "team-"
	RowPart   = "part-" // and then the part, see [review.Part]

	RowTicked = "yes" // what a box of a row posts
)

// MayEdit reports whether the reader may say who has which part.
func (d *ResponsibilityData) MayEdit() bool {
	return review.May(d.Actor, review.ManageMembers, d.Project) == nil
}

// matrixRow is a row of the page.
type matrixRow struct {
	no          int
	who, note   string
	said        review.Responsibility
	follows     []review.Part
	wrong       string
	person      ui.Field // of the row that is to be added
	team        ui.Field
	isNew, away bool
}

func (r *matrixRow) box(p review.Part) string { return r.name(RowPart) + "-" + string(p) }

func (r *matrixRow) name(prefix string) string { return prefix + strconv.Itoa(r.no) }

// rows are those that there are, as they were typed where they were.
func (d *ResponsibilityData) rows() []matrixRow {
	var out []matrixRow
	for i, m := range d.Project.Matrix() {
		r := d.row(m, i+1)
		if d.Form != nil && i < len(d.Form.Rows) && d.Form.Rows[i].Person == m.Person && d.Form.Rows[i].Team == m.Team {
			r.said.Parts = slices.Concat(m.Follows, d.Form.Rows[i].Parts)
		}
		if d.Form != nil {
			for _, field := range []string{"person", "team"} {
				if text := d.Form.Errors[review.ResponsibilityField(field, r.no)]; text != "" {
					r.wrong = FieldSentence(r.who, text)
				}
			}
		}
		out = append(out, r)
	}
	return out
}

func (d *ResponsibilityData) row(m review.MatrixRow, no int) matrixRow {
	r := matrixRow{no: no, who: m.Team, note: "Team", said: m.Responsibility, follows: m.Follows}
	if m.Person != 0 {
		r.who, r.note = d.Names(m.Person), Capital(string(m.Duty))
		r.away = slices.Contains(d.Away, m.Person)
	}
	return r
}

// added is the row that somebody can fill in.
func (d *ResponsibilityData) added(no int) matrixRow {
	r := matrixRow{no: no, isNew: true}
	r.person = ui.Field{Name: r.name(RowPerson), Label: "Person", Hint: d.foundHint(), Optional: true}
	r.team = ui.Field{Name: r.name(RowTeam), Label: "Or a team", Hint: "By its name.", Optional: true}
	if f := d.Form; f != nil {
		if no <= len(f.Rows) {
			r.said = f.Rows[no-1]
			r.team.Value = r.said.Team
		}
		if text := f.Errors[r.person.Name]; text != "" {
			r.person.Error = FieldSentence("Person", text)
		}
		if text := f.Errors[r.team.Name]; text != "" {
			r.team.Error = FieldSentence("Team", text)
		}
	}
	return r
}

func (d *ResponsibilityData) foundHint() string {
	if d.Many {
		return "There are more people than fit here; find them by a part of their name."
	}
	return "Somebody who can see the project."
}

// shownDigest is of what the form was made from: where somebody else saved
// meanwhile, the page shows theirs, and saving again puts the form in its place.
func (d *ResponsibilityData) shownDigest() review.Digest { return d.Project.ResponsibilitiesDigest() }

// errors are the problems of the form, for the summary above it.
func (d *ResponsibilityData) errors() []ui.FieldError {
	if d.Form == nil {
		return nil
	}
	var names []string
	for name := range d.Form.Errors {
		names = append(names, name)
	}
	slices.Sort(names)
	var out []ui.FieldError
	for _, name := range names {
		label, no, _ := strings.Cut(name, "-")
		text := FieldSentence(Capital(label), d.Form.Errors[name])
		for _, r := range d.rows() {
			if strconv.Itoa(r.no) == no {
				text = FieldSentence(r.who, d.Form.Errors[name])
			}
		}
		out = append(out, ui.FieldError{Name: name, Text: text})
	}
	return out
}

// matrixPerson is somebody as the form carries them; empty for a team.
func matrixPerson(r matrixRow) string {
	if r.said.Person == 0 {
		return ""
	}
	return idValue(r.said.Person)
}

// partColumns are the columns of the table.
func partColumns() []ui.Column {
	out := []ui.Column{{Label: "Who"}}
	for _, p := range review.Parts() {
		out = append(out, ui.Column{Label: p.Label()})
	}
	return out
}

// responsibilityLines say who has which part beside what follows, a line each.
func responsibilityLines(rows []review.Responsibility, name Names) []string {
	out := make([]string, len(rows))
	for i := range rows {
		who := rows[i].Team
		if rows[i].Person != 0 {
			who = name(rows[i].Person)
		}
		out[i] = who + ": " + partWords(rows[i].Parts)
	}
	return out
}

func partWords(parts []review.Part) string {
	words := make([]string, len(parts))
	for i, p := range parts {
		words[i] = strings.ToLower(p.Label())
	}
	return Enumerate(words, "and")
}

// responsibilityChanges say what a change did, a line each.
func responsibilityChanges(e review.ResponsibilitiesSet, name Names) string {
	was, is := responsibilityLines(e.Was, name), responsibilityLines(e.Rows, name)
	var lines []string
	for _, line := range was {
		if !slices.Contains(is, line) {
			lines = append(lines, "No longer "+line)
		}
	}
	for _, line := range is {
		if !slices.Contains(was, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// MatrixOf is the matrix of a project to read.
func MatrixOf(p *review.Project, names Names, away []review.PersonID) *ResponsibilityData {
	return &ResponsibilityData{Project: p, Names: names, Away: away}
}
