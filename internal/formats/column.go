package formats

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
	ColumnEvidence Column = "evidence"
	ColumnSeats    Column = "seats"
	ColumnLink     Column = "link"
)

// Columns lists them in the order in which pages show them.
func Columns() []Column {
	return []Column{
		ColumnTitle, ColumnSection, ColumnID, ColumnText, ColumnWhy, ColumnDone, ColumnShow, ColumnLevel, ColumnTier2, ColumnTier3,
		ColumnEvidence, ColumnSeats, ColumnLink,
	}
}
