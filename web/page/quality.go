package page

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/sheet"
	"github.com/slipway-prr/slipway/web/ui"
)

// showQuality begins what a checklist lists of one quality, which follows.
const showQuality = "quality-"

// quality is the one whose items are listed; empty: the list is of something else.
func (s Show) quality() string {
	if q, ok := strings.CutPrefix(string(s), showQuality); ok && slices.Contains(plan.Qualities(), q) {
		return q
	}
	return ""
}

// projectQuality is a quality of a project.
type projectQuality struct {
	word string
	review.QualityCount
	open []qualityPlace // where required items of it are open
}

// done says how many of its required items are.
func (q *projectQuality) done() string {
	return strconv.Itoa(int(q.Done)) + " of " + strconv.Itoa(int(q.Asked))
}

// qualityPlace is a stage with open items of a quality.
type qualityPlace struct {
	words, href string
}

// qualities are those that the project is asked for, the weakest first.
func (v *projectView) qualities() []projectQuality {
	var out []projectQuality
	for i, word := range plan.Qualities() {
		q := projectQuality{word: word}
		for j := range v.rollups {
			n := v.rollups[j].Qualities[i]
			q.Asked, q.Done = q.Asked+n.Asked, q.Done+n.Done
			if open := int(n.Asked - n.Done); open > 0 && !v.Past {
				stage := v.Review.Stages[j].Def
				q.open = append(q.open, qualityPlace{strconv.Itoa(open) + " in " + stageShort(stage), StageURL(v.key(), stage.Key) + "?" + Show(showQuality+word).Query("")})
			}
		}
		if q.Asked > 0 {
			out = append(out, q)
		}
	}
	slices.SortStableFunc(out, func(a, b projectQuality) int { return int(a.Done)*int(b.Asked) - int(b.Done)*int(a.Asked) })
	return out
}

// QualityTotal is what the projects of the portfolio amount to in a quality.
type QualityTotal struct {
	Quality     string
	Projects    int // that are asked for something
	Asked, Done int // required items
	Weakest     []WeakProject
}

// WeakProject is one that has little of a quality done.
type WeakProject struct {
	Key         review.ProjectKey
	Name        string
	Asked, Done int
}

func (w *WeakProject) words() string {
	return w.Name + ": " + ui.Number(w.Done) + " of " + ui.Number(w.Asked)
}

// QualitiesData are the projects of the portfolio by quality.
type QualitiesData struct {
	PortfolioData
	Qualities []QualityTotal
}

func (d *QualitiesData) columns() []ui.Column {
	return []ui.Column{{Label: "Quality"}, {Label: "Projects", Num: true}, {Label: "Done"}, {Label: "Least done"}}
}

// SheetColumns are the columns of the qualities as a file.
func (d *QualitiesData) SheetColumns() []sheet.Column {
	return []sheet.Column{
		{Title: "Quality", Width: 20, Stays: true}, {Title: "Projects", Width: 10}, {Title: "Required items", Width: 14}, {Title: "Done", Width: 10},
		{Title: "Done in %", Width: 10}, {Title: "Least done", Width: 60},
	}
}

// SheetRow is a quality as a row of that file.
func (d *QualitiesData) SheetRow(q *QualityTotal) []any {
	weakest := make([]string, len(q.Weakest))
	for i := range q.Weakest {
		weakest[i] = q.Weakest[i].words()
	}
	return []any{Capital(q.Quality), q.Projects, q.Asked, q.Done, q.Done * 100 / max(1, q.Asked), strings.Join(weakest, "; ")}
}
