package yardstick

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

const (
	stages = 10
	// Sessions is how many people are signed in: the cookies of Cookie(1) to Cookie(Sessions) are known.
	Sessions = 64
	// maxHelp bounds Fit: beyond it the page is no longer a checklist.
	maxHelp = 16 << 10
)

// Shape is the size of the synthetic portfolio. Everything in it follows from these numbers: the same shape gives the same rows
// and pages every time, in the database and without one.
type Shape struct {
	Projects  int
	Items     int // of a project, all on its page; at least 10
	HelpBytes int // length of each item's help text
}

// DefaultShape has pages of about 60 KiB.
func DefaultShape() Shape { return Shape{Projects: 1000, Items: 120, HelpBytes: 120} }

// Fit returns the shape with help texts of the length that makes its pages, on average, as large as asked, to within half a byte
// per item. It is an error when even empty texts are too much or absurdly long ones too little.
func (s Shape) Fit(ctx context.Context, pageBytes int) (Shape, error) {
	s.HelpBytes = 0
	bare, err := s.meanPage(ctx)
	if err != nil {
		return s, err
	}
	s.HelpBytes = int(float64(pageBytes-bare)/float64(s.Items) + 0.5)
	if pageBytes < bare || s.HelpBytes > maxHelp {
		return s, fmt.Errorf("yardstick: a page of %d items cannot have %d bytes: it has %d without help texts", s.Items, pageBytes, bare)
	}
	return s, nil
}

// meanPage renders the pages of a run of projects long enough to see every number of sign-offs and every mix of answers.
func (s Shape) meanPage(ctx context.Context) (int, error) {
	run := min(s.Projects, (stages+1)*20)
	total := 0
	var b bytes.Buffer
	for p := 1; p <= run; p++ {
		b.Reset()
		page := s.page(p)
		if err := checklist(&page).Render(ctx, &b); err != nil {
			return 0, fmt.Errorf("yardstick: render: %w", err)
		}
		total += b.Len()
	}
	return total / run, nil
}

// What an item's status says. The numbers are those of the item table.
const (
	open = iota
	met
	notApplicable
	notMet
)

// definition is what all projects' items at one place of the list have in common.
type definition struct{ title, help string }

func (s Shape) definitions() []definition {
	defs := make([]definition, s.Items)
	for i := range defs {
		r := rand.New(rand.NewPCG(uint64(i), 1))
		defs[i] = definition{title: sentence(r, 56), help: sentence(r, s.HelpBytes)}
	}
	return defs
}

// sentence makes a text of exactly n bytes that needs no escaping.
func sentence(r *rand.Rand, n int) string {
	words := [...]string{
		"alert", "backup", "budget", "cache", "canary", "capacity", "contract", "dashboard", "dependency", "deploy", "drill", "failover",
		"forecast", "handover", "health", "incident", "latency", "limit", "load", "migration", "notice", "objective", "owner", "pager",
		"patch", "probe", "queue", "quota", "region", "release", "restore", "retention", "review", "rollback", "rotation", "runbook",
		"scan", "schema", "secret", "threat", "timeout", "training",
	}
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(words[r.IntN(len(words))])
		b.WriteByte(' ')
	}
	return b.String()[:n]
}

// Rows of project p (from 1) and item i (from 0).

func (s Shape) itemID(p, i int) int64 { return int64(p-1)*int64(s.Items) + int64(i) + 1 }
func (s Shape) stage(i int) int       { return i*stages/s.Items + 1 }

// Three in five are met and have evidence.
func status(p, i int) int {
	switch n := (p*31 + i*7) % 20; {
	case n < 12:
		return met
	case n == 12:
		return notApplicable
	case n == 13:
		return notMet
	default:
		return open
	}
}

func evidence(item int64) link {
	kinds := [...]string{"Runbook", "Dashboard", "Ticket", "Design", "Test report", "Change"}
	return link{
		Title: fmt.Sprintf("%s %06x", kinds[item%int64(len(kinds))], item%0xffffff),
		URL:   fmt.Sprintf("https://wiki.example.test/x/%020x", uint64(item)*0x9e3779b97f4a7c15),
	}
}

func projectName(p int) string  { return fmt.Sprintf("Service %06d", p) }
func person(n int) string       { return fmt.Sprintf("user%03d", n%500) }
func itemOwner(p, i int) string { return person(p*131 + i*17) }

func signed(p, stage int) bool     { return stage <= p%(stages+1) }
func signer(p, stage int) string   { return person(p + stage) }
func signedAt(stage int) time.Time { return time.Date(2026, time.January, stage, 9, 0, 0, 0, time.UTC) }

// Cookie is the value of the sid cookie of person n. As in the product, the database knows only its hash.
func Cookie(n int) string { return fmt.Sprintf("session-%d", n) }

func sessionID(cookie string) []byte { return digest(cookie) }
func csrf(n int) []byte              { return digest(fmt.Sprintf("csrf %d", n)) }
func chainStart(p int) []byte        { return digest(fmt.Sprintf("chain %d", p)) }

func digest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// page is what the page of project p shows to person 1, made from the shape alone.
func (s Shape) page(p int) Page {
	page := Page{
		ID: int64(p), Name: projectName(p), Owner: person(p), Tier: p % 4,
		User: person(1), CSRF: csrf(1)[:8],
	}
	for stage := 1; stage <= stages; stage++ {
		if signed(p, stage) {
			page.Stages[stage-1].SignedBy, page.Stages[stage-1].SignedAt = signer(p, stage), signedAt(stage)
		}
	}
	for i, def := range s.definitions() {
		it := item{
			ID: s.itemID(p, i), Status: int16(status(p, i)), Title: def.title, Help: def.help, Owner: itemOwner(p, i), Version: 1,
		}
		if it.Status == met {
			it.Evidence = []link{evidence(it.ID)}
		}
		page.add(s.stage(i), it)
	}
	return page
}
