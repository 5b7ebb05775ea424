package gate

import (
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/sheet"
	"github.com/slipway-prr/slipway/web/page"
)

// ItemColumns are the columns of a project's items as a file.
func ItemColumns() []sheet.Column {
	return []sheet.Column{
		{Title: "Item", Width: 60, Stays: true}, {Title: "Key", Width: 28}, {Title: "Stage", Width: 24}, {Title: "Weight", Width: 14}, {Title: "Answer", Width: 16}, {Title: "Lacks", Width: 30},
		{Title: "Note", Width: 48}, {Title: "Answered by", Width: 22}, {Title: "Answered on", Width: 12}, {Title: "Approved", Width: 22}, {Title: "Waived until", Width: 12},
		{Title: "Assigned to", Width: 22}, {Title: "Due", Width: 12}, {Title: "Evidence", Width: 60}, {Title: "Address", Width: 40},
	}
}

// ItemRows hands on a row for each item that applies, stage by stage in the order of the
// checklists, until one is not taken. origin is the address of this Slipway.
func ItemRows(d ReportData, origin string, take func(...any) error) error {
	zone := d.At.Location()
	v := newReportView(d)
	for i := range v.stages {
		s := &v.stages[i]
		for j := range s.Stage.Items {
			it := &s.Stage.Items[j]
			if it.Level == plan.LevelNone {
				continue
			}
			row := s.gateItem(it)
			var assignee string
			if it.Assignee != 0 {
				assignee = v.Name(it.Assignee)
			}
			var waived time.Time
			if w := s.waived(it); w != nil {
				waived = w.Until
			}
			if err := take(
				row.title, string(it.Def.Key), s.title(), row.level, row.answer, row.lacks,
				row.noteWords(), row.who, page.OnDay(row.at, zone), row.approval, waived,
				assignee, it.Due, row.evidenceWords(), origin+page.ItemURL(v.key(), s.stage, it.Def.Key),
			); err != nil {
				return err
			}
		}
	}
	return nil
}

// noteWords are what was said with an answer, and what it rests on.
func (it *gateItem) noteWords() string {
	var said []string
	for _, text := range []string{it.chosen, it.note, it.inherited} {
		if text != "" {
			said = append(said, text)
		}
	}
	return strings.Join(said, "\n")
}

// evidenceWords are the links of an item, a line each.
func (it *gateItem) evidenceWords() string {
	lines := make([]string, len(it.evidence))
	for i := range it.evidence {
		e := &it.evidence[i]
		lines[i] = e.title + " (" + e.kind + e.untilWords() + "): " + e.url
	}
	return strings.Join(lines, "\n")
}

func (e *gateEvidence) untilWords() string {
	switch {
	case e.expired:
		return ", expired " + e.expires.Format(time.DateOnly)
	case !e.expires.IsZero():
		return ", until " + e.expires.Format(time.DateOnly)
	}
	return ""
}

// SheetName names a file of a project's items.
func SheetName(d ReportData) string {
	name := string(d.Review.Project.Key) + "-items"
	if n := d.Review.No; n > 1 {
		name += "-review-" + strconv.Itoa(n)
	}
	return name
}
