package portfolio

import (
	"fmt"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/catalog"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// turn is a change of a project's plan, or work that follows from one, after the
// chapters of its past.
type turn struct {
	until int // days ago
	who   string
	stage plan.StageKey // empty: the project as a whole
	act   act
}

// replanned are the turns of the project whose plan has changed most: it began by
// the first version of its lifecycle, was upgraded, took on two modules, and has
// items of its own.
func (s *story) replanned() []turn {
	if s.p.key != "churn-model" {
		return nil
	}
	return []turn{
		{12, "elif", "", upgradeTo(lifecycleKey, 2, "Version 2 has the phases that modules need, and asks less twice.")},
		{11, "elif", "", attach("ml", 1, "Support acts on what the model says, so it needs the checks that other models get.")},
		{10, "mei", "", attach("gdpr", 2, "A score is personal data, and some of the customers live in the EU.")},
		{9, "elif", "", alsoTrue("ml-model", "ml-affects-people")},
		{9, "elif", "", noToTheRest},
		{8, "mei", "", confirmAnswers},
		{8, "elif", "code", addItem("code", review.NewItem{
			Title: "Show Support the three reasons behind each score",
			Why:   "A call that cannot say why it was made annoys the customer and the person who makes it.",
			Done:  "For each score, the screen shows the three inputs that moved it most, in words that Support chose.",
			Show:  "A report of the test that compares the reasons shown with those that the model gives.",
			Level: plan.LevelMust, Evidence: []plan.EvidenceKind{"test-report"}, Seats: []plan.Seat{plan.SeatQA},
		})},
		{8, "elif", "code", addItem("code", review.NewItem{
			Title: "Agree with Support how many calls a week the model may cause",
			Why:   "A list that nobody has time to work through is not used at all.",
			Done:  "Support and the team have written down a number of calls, and what happens above it.",
			Show:  "The page with the agreement.",
			Level: plan.LevelShould, Evidence: []plan.EvidenceKind{"doc"}, Seats: []plan.Seat{plan.SeatProduct},
		})},
		{6, "raj", "architecture", sayAgain("architecture", 14)},
		{5, "elif", "architecture", answerWith("architecture", "ml-pipeline-mapped", "doc", "Map of the pipeline, with owners and deadlines",
			"Seven steps from the event lake to the screen of Support. Only the nightly export still has no deputy.")},
		{5, "raj", "architecture", answerWith("architecture", "ml-fallback-designed", "doc", "What Support sees without a score",
			"Without a score by six, the list is sorted by contract end, as it was before the model.")},
		{4, "elif", "code", answerWith("code", "ml-data-checks-block", "test-report", "Run with broken input",
			"A day with a third of the rows missing stopped the pipeline before training, and told the team.")},
		{4, "raj", "architecture", saysNotMet("architecture", "gdpr-retention",
			"Scores are kept as long as the contract at present. Eighteen months are proposed; Lena decides next week.")},
		{2, "elif", "code", sayAgain("code", 3)},
		{2, "elif", "", attachFailure("Two scores were late last month, and nobody was told.")},
		{1, "raj", "code", choose("code", "failure-noticed", "alert", "The alert is on the age of the scores. An SLO for it is proposed.")},
		{1, "raj", "code", choose("code", "failure-dependency", "degrades retries", "Without the event lake it serves the scores of the day before.")},
	}
}

func (s *story) turns() {
	for _, t := range slices.Concat(s.replanned(), s.policies(), s.piloting(), s.aiming()) {
		s.do(s.moment(float64(t.until)), t.who, t.stage, t.act)
	}
}

// upgradeTo moves the lifecycle to a version.
func upgradeTo(key string, version int, why string) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		l, err := catalog.Version(key, version)
		if err != nil {
			return err
		}
		ref, err := plan.Document{Lifecycle: l}.Ref()
		if err != nil {
			return err
		}
		return r.Upgrade(who, r.Plan.Origin.On(ref), r.PlanDigest(), why, at)
	}
}

func attach(key string, version int, why string) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		m, err := catalog.Module(key, version)
		if err != nil {
			return err
		}
		return attachModule(m, why)(r, who, at)
	}
}

func attachModule(m *plan.Module, why string) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		ref, err := plan.Document{Module: m}.Ref()
		if err != nil {
			return err
		}
		return r.AttachModule(who, ref, r.PlanDigest(), why, at)
	}
}

// alsoTrue answers more questions of the profile with yes.
func alsoTrue(flags ...plan.Flag) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		f := r.Project.Fields()
		f.Profile = slices.Concat(f.Profile, flags)
		f.Unanswered = slices.DeleteFunc(slices.Clone(f.Unanswered), func(q plan.Flag) bool { return slices.Contains(flags, q) })
		return r.Edit(who, f, at)
	}
}

// noToTheRest answers what nobody has answered yet with no.
func noToTheRest(r *review.Review, who review.Actor, at time.Time) error {
	f := r.Project.Fields()
	f.Profile = slices.DeleteFunc(slices.Clone(f.Profile), func(q plan.Flag) bool { return slices.Contains(f.Unanswered, q) })
	f.Unanswered = nil
	return r.Edit(who, f, at)
}

// confirmAnswers confirms the answers about the project.
func confirmAnswers(r *review.Review, who review.Actor, at time.Time) error {
	return r.ConfirmProfile(who, r.Project.AnswersDigest(), at)
}

func addItem(stage plan.StageKey, in review.NewItem) act {
	return func(r *review.Review, who review.Actor, at time.Time) error { return r.AddItem(who, stage, in, at) }
}

// sayAgain confirms so many answers that an upgrade asks for again.
func sayAgain(stage plan.StageKey, count int) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		items := r.Stage(stage).Items
		for i := range items {
			it := &items[i]
			if !it.Reattest || it.Level == plan.LevelNone || count == 0 {
				continue
			}
			if err := r.Answer(who, stage, it.Def.Key, it.Answer.State, it.Answer.Note, it.Answer.Version, at); err != nil {
				return err
			}
			count--
		}
		return nil
	}
}

// answerWith links evidence to an item and says that it is met.
func answerWith(stage plan.StageKey, item plan.ItemKey, kind plan.EvidenceKind, title, note string) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		err := r.AddEvidence(who, stage, item, review.NewEvidence{
			URL: fmt.Sprintf("https://wiki.example.com/%s/%s", r.Project.Key, item), Title: title, Type: kind, Effective: review.FormatDate(at),
		}, at)
		if err != nil {
			return err
		}
		return setAnswer(stage, item, review.Met, note)(r, who, at)
	}
}

func saysNotMet(stage plan.StageKey, item plan.ItemKey, note string) act {
	return setAnswer(stage, item, review.NotMet, note)
}
