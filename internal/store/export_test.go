package store

import "time"

// ForgetStandings has the totals of the portfolio read what was written since, however
// lately they were read.
func (s *Store) ForgetStandings() {
	s.standings.mu.Lock()
	defer s.standings.mu.Unlock()
	s.standings.at = time.Time{}
}

// OrganisationTable is a table of which the list of those in an export says something.
type OrganisationTable struct{ Name, Kind, Why string }

// Organisation is that list.
func Organisation() []OrganisationTable {
	out := make([]OrganisationTable, len(organisation))
	for i, t := range organisation {
		out[i] = OrganisationTable{t.table, t.kind, t.why}
	}
	return out
}

// MeSQL is who asks, in statements of lists.
const MeSQL = meSQL
