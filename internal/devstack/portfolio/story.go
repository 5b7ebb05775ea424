package portfolio

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// act is one domain command on the review as it stands by then.
type act func(r *review.Review, who review.Actor, at time.Time) error

// step is what one person does at one moment.
type step struct {
	at    time.Time
	who   string
	stage plan.StageKey // empty: the project as a whole
	acts  []act
	sees  []review.ProjectKey // other projects that the acts have to do with
	knows []string            // people whose rights the acts have to do with
}

// story plans a project's past: the same steps for the same project, people
// and day, whatever else happens. Nothing is decided here; the domain decides
// when the steps are carried out, and refuses a past that could not have been.
type story struct {
	p      *demoProject
	tmpl   *plan.Lifecycle
	people map[string]review.PersonID
	day    time.Time // midnight of the day on which the portfolio is made
	rng    *rand.Rand

	began time.Time
	clock time.Time // of the last step
	steps []step
	links map[plan.StageKey][]link // evidence linked so far
}

// link is evidence as far as later chapters have to know it.
type link struct {
	item    plan.ItemKey
	by      string
	expires time.Time // zero: never
}

func newStory(p *demoProject, tmpl *plan.Lifecycle, people map[string]review.PersonID, day time.Time) *story {
	h := fnv.New64a()
	_, _ = h.Write([]byte(p.key)) // never fails
	s := &story{
		p: p, tmpl: tmpl, people: people, day: day,
		rng: rand.New(rand.NewPCG(h.Sum64(), 1)), links: map[plan.StageKey][]link{},
	}
	// Not moved to a working day, so that the day can be told from it again.
	s.began = day.AddDate(0, 0, -p.began).Add(time.Duration(8*60+s.rng.IntN(120)) * time.Minute)
	s.clock = s.began
	return s
}

// dayOf is the day on which a portfolio was made, from when a project began.
func (p *demoProject) dayOf(began time.Time) time.Time {
	return began.UTC().Truncate(24*time.Hour).AddDate(0, 0, p.began)
}

// plan tells the whole story.
func (s *story) plan() []step {
	s.gather()
	for _, ch := range s.p.past {
		s.tell(ch)
	}
	s.turns()
	s.stagePlans()
	s.newTerms()
	s.responsibilities()
	s.records()
	return s.steps
}

// gather brings the members in.
func (s *story) gather() {
	var acts []act
	for _, m := range strings.Fields(s.p.members) {
		acts = append(acts, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.SetDuty(who, s.people[m], review.DutyMember, at)
		})
	}
	if len(acts) > 0 {
		s.do(s.after(2), s.p.owner, "", acts...)
	}
}

func (s *story) do(at time.Time, who string, stage plan.StageKey, acts ...act) {
	s.steps = append(s.steps, step{at: at, who: who, stage: stage, acts: acts})
}

// moment is a time about so many days ago, in working hours and after
// everything so far; at the latest on the evening before the day itself.
func (s *story) moment(daysAgo float64) time.Time {
	daysAgo = max(daysAgo, 1)
	t := s.day.Add(-time.Duration(daysAgo * float64(24*time.Hour))).Truncate(24 * time.Hour)
	t = s.workday(t)
	t = t.Add(time.Duration(8*60+s.rng.IntN(8*60)) * time.Minute)
	if !t.After(s.clock) {
		t = s.clock.Add(time.Duration(3+s.rng.IntN(18)) * time.Minute)
	}
	s.clock = t
	return t
}

// workday moves a date at the weekend to the Monday after it, or to the Friday
// before where that Monday is still to come.
func (s *story) workday(t time.Time) time.Time {
	friday := 0
	switch t.Weekday() {
	case time.Saturday:
		friday = 1
	case time.Sunday:
		friday = 2
	default:
		return t
	}
	if monday := t.AddDate(0, 0, 3-friday); monday.Before(s.day) {
		return monday
	}
	return t.AddDate(0, 0, -friday)
}

// after is a moment some hours after the last one.
func (s *story) after(hours int) time.Time {
	return s.moment(s.ago() - float64(hours)/24)
}

// ago is how many days ago the last step was.
func (s *story) ago() float64 { return s.day.Sub(s.clock).Hours() / 24 }

func (s *story) chance(percent int) bool { return s.rng.IntN(100) < percent }

// pick chooses one of a few.
func pick[T any](s *story, from []T) T { return from[s.rng.IntN(len(from))] }

// say fills in the project's name and numbers.
func (s *story) say(text string) string {
	text = strings.ReplaceAll(text, "{name}", s.p.name)
	for {
		before, rest, ok := strings.Cut(text, "{")
		if !ok {
			return text
		}
		span, behind, _ := strings.Cut(rest, "}")
		low, high, _ := strings.Cut(span, "-")
		text = before + strconv.Itoa(s.between(low, high)) + behind
	}
}

// between draws from a span as sayings write it; a test holds them to the form.
func (s *story) between(low, high string) int {
	a, _ := strconv.Atoi(low)
	b, _ := strconv.Atoi(high)
	return a + s.rng.IntN(max(b-a, 0)+1)
}

// team lists those of the project who do the work. The others on it lead, and
// so may sign.
func (s *story) team() []string {
	all := append([]string{s.p.owner, s.p.deputy}, strings.Fields(s.p.members)...)
	return slices.DeleteFunc(all, func(id string) bool { return !slices.Contains(workers, id) })
}

func (s *story) stage(k plan.StageKey) *plan.Stage {
	return &s.tmpl.Stages[s.tmpl.StageIndex(k)]
}

// seatHolders says who signs which seat, in the order in which they are asked.
var seatHolders = map[plan.Seat][]string{
	plan.SeatProduct:      {"tom"},
	plan.SeatEngineering:  {"priya"},
	plan.SeatArchitecture: {"ines"},
	plan.SeatQA:           {"diego"},
	plan.SeatSRE:          {"yuki", "hana", "omar"},
	plan.SeatSecurity:     {"sam", "omar"},
	plan.SeatCompliance:   {"lena"},
}

// workers answer items and give evidence, which keeps them from signing.
var workers = []string{"jonas", "rosa", "kofi", "elif", "anna", "raj", "mei", "hana", "omar", "sam", "yuki"}

type signer struct {
	who  string
	seat plan.Seat
}

// signers chooses who signs a gate: the mandatory seats and as many others as
// the quorum needs, each a person of their own.
func (s *story) signers(stage plan.StageKey) []signer {
	policy := s.stage(stage).Gate.Policy(s.p.tier, s.p.flags())
	optional := slices.DeleteFunc(slices.Clone(policy.Seats), func(seat plan.Seat) bool { return slices.Contains(policy.Mandatory, seat) })
	s.rng.Shuffle(len(optional), func(i, j int) { optional[i], optional[j] = optional[j], optional[i] })
	asked := append(slices.Clone(policy.Mandatory), optional[:max(policy.Quorum-len(policy.Mandatory), 0)]...)
	// Where few can sign, they are taken first.
	slices.SortStableFunc(asked, func(a, b plan.Seat) int { return len(seatHolders[a]) - len(seatHolders[b]) })
	var out []signer
	for _, seat := range asked {
		out = append(out, signer{s.holder(seat, out), seat})
	}
	slices.SortFunc(out, func(a, b signer) int { return slices.Index(policy.Seats, a.seat) - slices.Index(policy.Seats, b.seat) })
	// Operations are in no hurry to sign: their queue is the longest.
	slices.SortStableFunc(out, func(a, b signer) int { return sreLast(a) - sreLast(b) })
	return out
}

func sreLast(sg signer) int {
	if sg.seat == plan.SeatSRE {
		return 1
	}
	return 0
}

// holder finds somebody for a seat: a person who holds it just for this project, else
// one of those who hold it everywhere.
func (s *story) holder(seat plan.Seat, taken []signer) string {
	for _, own := range s.p.seats() {
		if own.seat == seat {
			return own.who
		}
	}
	free := slices.DeleteFunc(slices.Clone(seatHolders[seat]), func(id string) bool {
		return slices.Contains(s.team(), id) || slices.ContainsFunc(taken, func(t signer) bool { return t.who == id })
	})
	return pick(s, free)
}
