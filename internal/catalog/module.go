package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
)

// checkModule says what is wrong with a module. asked are the questions that a
// profile answers already.
func checkModule(m *plan.Module, file string, asked []plan.Flag, problems *Invalid) {
	c := newChecker(problems, file)
	c.asks = func(f plan.Flag) bool { return m.Asks(f) || slices.Contains(asked, f) }
	c.asker = "this module or of a lifecycle"
	if m.Kind != plan.KindModule {
		c.addf("kind: %q is not module, and nothing else is read from one file", m.Kind)
	}
	c.name(m.Key, m.Version, m.Name, m.Summary)
	if m.Notice != "" {
		c.paragraph("notice", m.Notice)
	}
	c.flags(m.Flags)
	for _, q := range m.Flags {
		if slices.Contains(asked, q.Key) {
			c.addf("flags: %q is asked by a lifecycle already", q.Key)
		}
	}
	c.answers("proposed_when", m.ProposedWhen)
	c.moduleSeats(m)
	if len(m.Items) == 0 {
		c.addf("items: lists none")
	}
	for i := range m.Items {
		d := &m.Items[i]
		c.where = fmt.Sprintf("item %s", nameOr(string(d.Key), i))
		c.phase(d.Phase)
		c.item(&d.Item)
		if !strings.HasPrefix(string(d.Key), m.Key+"-") {
			c.addf("key: %q does not begin with %q, the module's key and a hyphen", d.Key, m.Key+"-")
		}
	}
}

func (c *checker) moduleSeats(m *plan.Module) {
	seen := map[string]bool{}
	for i := range m.Seats {
		s := &m.Seats[i]
		c.where = fmt.Sprintf("seat number %d", i+1)
		c.phase(s.Phase)
		c.gateSeat(&s.GateSeat)
		place := fmt.Sprintf("%s signs for the phase %q", s.Seat, s.Phase)
		if seen[place] {
			c.addf("seat: %s already", place)
		}
		seen[place] = true
	}
	c.where = ""
	if m.Notice == "" && slices.ContainsFunc(m.Seats, func(s plan.ModuleSeat) bool { return s.Seat == plan.SeatCompliance }) {
		c.addf("notice: is missing; a module that has compliance sign says what it does not do, such as legal advice")
	}
}

func (c *checker) phase(p plan.Phase) {
	if !slices.Contains(plan.Phases(), p) {
		c.addf("phase: %q is not known here", p)
	}
}
