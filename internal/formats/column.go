package formats

import (
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/fold"
)

// Column says what a column of a table holds.
type Column string

// The columns that are read. All but the title may be missing.
const (
	ColumnTitle    Column = "title"
	ColumnSection  Column = "section" // becomes the stage
	ColumnID       Column = "id"      // becomes the key
	ColumnText     Column = "text"
	ColumnWhy      Column = "why"
	ColumnDone     Column = "done_when"
	ColumnShow     Column = "show"
	ColumnLevel    Column = "level"
	ColumnTier2    Column = "tier2"
	ColumnTier3    Column = "tier3"
	ColumnGrade1   Column = "grade1" // marked where grade 1 asks for the item, see graded
	ColumnGrade2   Column = "grade2"
	ColumnGrade3   Column = "grade3"
	ColumnEvidence Column = "evidence"
	ColumnSeats    Column = "seats"
	ColumnLink     Column = "link"
)

type columnWords struct {
	column Column
	label  string
	words  []string // headings that mean it, in the form of fold.Text; the best first
}

func columnTable() []columnWords {
	return []columnWords{
		{ColumnTitle, "Title", []string{
			"title", "item", "checklist item", "requirement", "check", "question", "control", "task", "criterion", "criteria", "practice", "req_description",
			"requirement description", "what", "name", "action", "statement", "check name", "control name", "item name", "requirement name", "activity",
		}},
		{ColumnSection, "Section", []string{
			"section", "stage", "category", "phase", "chapter", "chapter_name", "section_name", "area", "group", "domain", "topic", "pillar", "family", "theme",
		}},
		{ColumnID, "Key", []string{"key", "id", "req_id", "ref", "reference", "number", "no", "nr", "no.", "nr.", "#", "identifier", "control id", "requirement id", "check id", "item id", "check code"}},
		{ColumnText, "Text", []string{"text", "description", "guidance", "details", "detail", "explanation", "notes", "note", "comment", "comments", "remarks", "help"}},
		{ColumnWhy, "Why", []string{"why", "rationale", "reason", "risk"}},
		{ColumnDone, "Done when", []string{"done when", "done_when", "acceptance criteria", "how to verify", "verification", "definition of done", "how to check", "test"}},
		{ColumnShow, "Show", []string{"show", "what to show", "what to link", "proof", "evidence required"}},
		{ColumnLevel, "Level", []string{
			"level", "priority", "severity", "importance", "requirement level", "moscow", "must/should", "must/should/could", "required", "mandatory", "obligation",
			"how important", "how important is it", "criticality", "weight", "urgency", "need", "necessity",
		}},
		{ColumnTier2, "Tier 2", []string{"tier 2", "tier2"}},
		{ColumnTier3, "Tier 3", []string{"tier 3", "tier3"}},
		{ColumnGrade1, "Level 1", []string{"l1", "level 1", "level1", "maturity 1", "maturity level 1"}},
		{ColumnGrade2, "Level 2", []string{"l2", "level 2", "level2", "maturity 2", "maturity level 2"}},
		{ColumnGrade3, "Level 3", []string{"l3", "level 3", "level3", "maturity 3", "maturity level 3"}},
		{ColumnEvidence, "Evidence", []string{"evidence", "kinds of evidence", "evidence kind", "evidence type", "artifact", "artefact"}},
		{ColumnSeats, "Seats", []string{"seats", "seat", "role", "owner", "responsible", "discipline"}},
		{ColumnLink, "Link", []string{"link", "links", "url", "more info", "reference link", "documentation"}},
	}
}

// Columns lists them in the order in which pages show them.
func Columns() []Column {
	var out []Column
	for _, c := range columnTable() {
		out = append(out, c.column)
	}
	return out
}

// Label is the column's name on pages, and the heading that we write.
func (c Column) Label() string {
	for _, w := range columnTable() {
		if w.column == c {
			return w.label
		}
	}
	return string(c)
}

// guessColumns finds what columns hold by their headings.
func guessColumns(headings []string) map[Column]int {
	folded := make([]string, len(headings))
	for i, h := range headings {
		folded[i] = strings.Trim(fold.Text(h), " :*?")
	}
	found, used := map[Column]int{}, map[int]bool{}
	for _, c := range columnTable() {
		for _, w := range c.words {
			if i := slices.Index(folded, w); i >= 0 && !used[i] {
				found[c.column], used[i] = i, true
				break
			}
		}
	}
	// "Check name", "Control ID" and "Launch priority" say by their last word what they are.
	for _, c := range []struct {
		column Column
		ends   []string
	}{{ColumnTitle, []string{" name", " title", "_name", "_title"}}, {ColumnID, []string{" id", " code", " number", " no", "_id"}}, {ColumnLevel, []string{" priority", " importance", " severity", " criticality"}}} {
		if _, there := found[c.column]; there {
			continue
		}
		for i, h := range folded {
			if !used[i] && slices.ContainsFunc(c.ends, func(end string) bool { return strings.HasSuffix(h, end) }) {
				found[c.column], used[i] = i, true
				break
			}
		}
	}
	// A list with nothing but descriptions has them as titles.
	if i, ok := found[ColumnText]; ok {
		if _, titled := found[ColumnTitle]; !titled {
			found[ColumnTitle] = i
			delete(found, ColumnText)
		}
	}
	return found
}
