package store

import "time"

// ForgetStandings has the totals of the portfolio read what was written since, however
// lately they were read.
func (s *Store) ForgetStandings() {
	s.standings.mu.Lock()
	defer s.standings.mu.Unlock()
	s.standings.at = time.Time{}
}
