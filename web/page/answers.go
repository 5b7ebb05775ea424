package page

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// AnswerField begins the name of a field that answers a question about the project,
// and QuestionField that of one with its words; the question's key follows.
const (
	AnswerField   = "profile-"
	QuestionField = "question-"
)

// What the answers are called in forms.
const (
	AnswerYes    = "yes"
	AnswerNo     = "no"
	AnswerNotYet = "not-yet"
)

// AnswerRest is the field of the button that answers no wherever nothing was
// answered, and AnswerNo is its value.
const AnswerRest = "rest"

// Answer takes the answer to a question. It is false for what is no answer.
func (f *ProjectForm) Answer(question, answer string) bool {
	is := func(other string) bool { return other == question }
	f.Profile, f.No = slices.DeleteFunc(f.Profile, is), slices.DeleteFunc(f.No, is)
	switch answer {
	case AnswerYes:
		f.Profile = append(f.Profile, question)
	case AnswerNo:
		f.No = append(f.No, question)
	case AnswerNotYet:
	default:
		return false
	}
	return true
}

// AnswerRest answers no to every question that is not answered yet.
func (f *ProjectForm) AnswerRest(tmpl *plan.Lifecycle) {
	for _, q := range f.unanswered(tmpl) {
		f.No = append(f.No, string(q))
	}
}

// answerOf is the answer to a question as it stands in the form.
func (f *ProjectForm) answerOf(question plan.Flag) string {
	switch {
	case slices.Contains(f.Profile, string(question)):
		return AnswerYes
	case slices.Contains(f.No, string(question)):
		return AnswerNo
	}
	return AnswerNotYet
}

// unanswered are the questions without an answer.
func (f *ProjectForm) unanswered(tmpl *plan.Lifecycle) []plan.Flag {
	var out []plan.Flag
	for _, q := range tmpl.Flags {
		if f.answerOf(q.Key) == AnswerNotYet {
			out = append(out, q.Key)
		}
	}
	return out
}

// takeAnswers takes over the answers of a project, as far as a lifecycle asks for
// them. What it asks and the other plan does not is not answered yet.
func (f *ProjectForm) takeAnswers(p *review.Project, asked, tmpl *plan.Lifecycle) {
	f.Profile, f.No = nil, nil
	for _, q := range tmpl.Flags {
		switch {
		case p.Reply(q.Key) == review.ReplyYes:
			f.Profile = append(f.Profile, string(q.Key))
		case p.Reply(q.Key) == review.ReplyNo && asked.HasFlag(q.Key):
			f.No = append(f.No, string(q.Key))
		}
	}
}

// outlived are answers of yes to questions that the plan no longer asks. A form
// gives them again.
func (f *ProjectForm) outlived(tmpl *plan.Lifecycle) []string {
	return slices.DeleteFunc(slices.Clone(f.Profile), func(flag string) bool { return tmpl.HasFlag(plan.Flag(flag)) })
}

// questions is one group of questions about a project.
type questions struct {
	id, name string
	asked    []question
}

// question is one of them, with its answers to choose from.
type question struct {
	key, label string
	answers    []ui.Option
}

// questions are those that the plan asks, in their groups.
func (f *ProjectForm) questions(tmpl *plan.Lifecycle) []questions {
	var groups []questions
	for _, d := range tmpl.Flags {
		i := slices.IndexFunc(groups, func(g questions) bool { return g.name == d.Group })
		if i < 0 {
			i = len(groups)
			groups = append(groups, questions{id: "questions-" + string(d.Key), name: d.Group})
		}
		q, now := question{key: string(d.Key), label: d.Label}, f.answerOf(d.Key)
		for _, a := range []string{AnswerYes, AnswerNo, AnswerNotYet} {
			q.answers = append(q.answers, ui.Option{Value: a, Label: answerWord(a), Selected: a == now})
		}
		groups[i].asked = append(groups[i].asked, q)
	}
	return groups
}

// answerWord is an answer in words; what is none stays as it was sent.
func answerWord(a string) string {
	switch a {
	case AnswerYes:
		return "Yes"
	case AnswerNo:
		return "No"
	case AnswerNotYet:
		return "Not yet"
	}
	return a
}

// openLine says how many questions wait for an answer; empty when none does.
func (f *ProjectForm) openLine(tmpl *plan.Lifecycle) string {
	open := len(f.unanswered(tmpl))
	if open == 0 {
		return ""
	}
	return CountOf(len(tmpl.Flags), "question") + ", " + strconv.Itoa(open) + " not answered yet."
}

// notYet is said where answers are listed.
const notYet = "Not answered yet, so it applies"

// answered are questions with one answer.
type answered struct {
	term   string
	labels []string
}

// answersOf are a project's answers by what was answered, in the plan's order.
func answersOf(r *review.Review) []answered {
	all := []answered{{term: "Yes"}, {term: notYet}, {term: "No"}}
	for _, q := range r.Plan.Flags {
		i := map[review.Reply]int{review.ReplyYes: 0, review.ReplyNotYet: 1, review.ReplyNo: 2}[r.Project.Reply(q.Key)]
		all[i].labels = append(all[i].labels, q.Label)
	}
	return slices.DeleteFunc(all, func(a answered) bool { return len(a.labels) == 0 })
}

// answerText is the same as a text, with a line for each answer.
func answerText(r *review.Review) string {
	var lines []string
	for _, a := range answersOf(r) {
		lines = append(lines, a.term+": "+strings.Join(a.labels, "; "))
	}
	return strings.Join(lines, "\n")
}

// QuestionLabel are the words of a question; its key where a plan does not ask it.
func QuestionLabel(tmpl *plan.Lifecycle, f plan.Flag) string {
	return flagLabels(tmpl, []plan.Flag{f})[0]
}

// replyLines say which answers changed, each on a line of its own.
func replyLines(tmpl *plan.Lifecycle, changed []review.Replied) []string {
	lines := make([]string, len(changed))
	for i, c := range changed {
		lines[i] = QuestionLabel(tmpl, c.Question) + ": " + string(c.From) + " → " + string(c.To)
	}
	return lines
}
