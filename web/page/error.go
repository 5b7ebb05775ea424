package page

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// sortedFields gives the fields of a form a stable order.
func sortedFields(v url.Values) []string {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// visibleField reports whether a field holds text that a person typed, rather
// than a choice or what the form was shown.
func visibleField(name string) bool {
	return strings.HasPrefix(name, "condition-text-") ||
		slices.Contains([]string{"note", "text", "reason", "risk", "measure", "url", "title", "findings", "name", "summary", "tags", "impact", "why", "done", "show"}, name)
}

// choice is a field of a form that was chosen rather than typed.
type choice struct{ label, value string }

// TypedBy is the field of a kept form that says whose it is, by number. Whoever
// forges it keeps only themselves from sending the form.
const TypedBy = "typed-by"

// NoSecret is the field of a form by which its sender says that what looks like a
// secret in it is none. It holds the mark of what that is said of.
const NoSecret = "no-secret"

// hiddenField reports whether a field is for the program alone: what the form was
// shown, and numbers that stand for people.
func hiddenField(name string) bool {
	return strings.HasPrefix(name, "condition-owner-") || strings.HasPrefix(name, QuestionField) || slices.Contains([]string{
		"digest", "seen", "shown", "version", "seq", "once", "was", "tagged", "to", "theme", "person", "owner", "deputy", "member", "assign", "project",
		"pick", "entries", "session", "find", "from", "more", "again", "authorised", TypedBy, NoSecret,
	}, name)
}

// without is a form without the fields of which something is said.
func without(v url.Values, said map[string]string) url.Values {
	out := make(url.Values, len(v))
	for name, values := range v {
		if said[name] == "" {
			out[name] = values
		}
	}
	return out
}

// choices are what goes along with a form that is sent again, for its sender to
// see, in the words of the page that it is from. What only the program reads is
// left out.
func choices(action string, v url.Values) []choice {
	var out []choice
	if word := actionWord(action); word != "" {
		out = append(out, choice{"Decision", word})
	}
	for _, name := range sortedFields(v) {
		if visibleField(name) || hiddenField(name) {
			continue
		}
		if question, ok := strings.CutPrefix(name, AnswerField); ok {
			out = append(out, answeredChoice(question, v))
			continue
		}
		for _, value := range v[name] {
			if value != "" {
				out = append(out, choice{FieldLabel(name), chosenWord(name, value)})
			}
		}
	}
	return out
}

// answeredChoice is the answer to a question about a project, in the words that the
// form has for both.
func answeredChoice(question string, v url.Values) choice {
	c := choice{v.Get(QuestionField + question), answerWord(v.Get(AnswerField + question))}
	if c.label == "" {
		c.label = question
	}
	return c
}

// actionWord is what a form does whose address alone says it, as the button does;
// empty for others.
func actionWord(action string) string {
	path, _, _ := strings.Cut(action, "?")
	part := strings.Split(strings.Trim(path, "/"), "/")
	if part[0] == "waivers" && len(part) == 3 {
		return waiverWord(WaiverDecision(part[2]))
	}
	if len(part) == 7 && part[4] == "items" && part[6] == "approve" {
		return "Approve that the item does not apply"
	}
	if len(part) < 6 || part[4] != "gate" {
		return ""
	}
	no := ""
	if len(part) > 6 {
		no = part[6]
	}
	switch part[5] + " " + part[len(part)-1] {
	case "break-glass break-glass":
		return "Pass the gate by break-glass"
	case "reopen " + no:
		return "Reopen the gate"
	case "retrospective " + no:
		return "Close the review of round " + no
	case "findings accept":
		return "Accept the answer to finding " + no
	case "findings reopen":
		return "Reopen finding " + no
	case "conditions met":
		return "Report condition " + no + " as met"
	case "conditions confirm":
		return "Confirm condition " + no
	case "conditions reopen":
		return "Reopen condition " + no
	case "conditions release":
		return "Release condition " + no
	}
	return ""
}

func waiverWord(d WaiverDecision) string {
	switch d {
	case WaiverGrant:
		return "Grant the waiver"
	case WaiverDeny:
		return "Deny the waiver"
	case WaiverExtend:
		return "Extend the waiver"
	case WaiverRevoke:
		return "Revoke the waiver"
	}
	return ""
}

// chosenWord is what pages call a value of a field. What is no value of it stays
// as it was sent.
func chosenWord(name, value string) string {
	switch {
	case name == "seat":
		return ownSeatWord(value)
	case name == "decision":
		return decisionWord(review.Decision(value))
	case name == "answer" && review.State(value).Valid(), name == "do" && review.State(value).Valid():
		return review.State(value).Label()
	case name == "answer" && value == ui.AnswerChoices:
		return "What is ticked"
	case name == "answer" && (value == ui.AnswerNone || value == ui.ChosenNone):
		return "None of the choices"
	case name == "answer" && strings.HasPrefix(value, ui.Chosen):
		return "The choices " + strings.TrimPrefix(value, ui.Chosen)
	case name == "do" && value == BulkAssign:
		return "Assign"
	case name == "do" && value == BulkDue:
		return "Set due date"
	case name == "kind" && plan.EvidenceKind(value).Valid():
		return plan.EvidenceKind(value).Label()
	case name == "level" && plan.Level(value).Rank() > 0:
		return plan.Level(value).Label()
	case name == "right":
		return rightWord(value)
	case name == "tier":
		return tierWord(value)
	case name == "status":
		return statusWord(review.Status(value))
	case name == "duty" && slices.Contains(review.Duties(), review.Duty(value)),
		name == "role" && review.Role(value).Valid(),
		name == "exposure" && exposed(value),
		value == "yes": // of a box that was ticked
		return Capital(value)
	}
	return day(value)
}

func exposed(value string) bool {
	return review.Exposure(value).Valid()
}

func decisionWord(d review.Decision) string {
	if !slices.Contains([]review.Decision{review.Go, review.Conditional, review.Return, review.Recuse}, d) {
		return string(d)
	}
	_, word := DecisionLook(d)
	return word
}

// ownSeatWord is a seat as the forms of gates and of stand-ins carry it.
func ownSeatWord(value string) string {
	seat, project := ParseOwnSeat(value)
	if !seat.Valid() {
		return value
	}
	if project != "" {
		return seat.Label() + " in " + string(project)
	}
	return seat.Label()
}

func rightWord(value string) string {
	t, ok := ParseRight(value)
	switch {
	case !ok:
		return value
	case t.Seat != "":
		return t.Label()
	}
	return Capital(t.Label())
}

func tierWord(value string) string {
	for _, m := range tierMeanings() {
		if value == strconv.Itoa(int(m.tier)) {
			return m.name
		}
	}
	return value
}

func statusWord(s review.Status) string {
	switch s {
	case review.StatusActive:
		return "Active"
	case review.StatusOnHold:
		return "On hold"
	case review.StatusStopped:
		return "Stopped"
	}
	return string(s)
}

// Way leads on from a page that could not be shown.
type Way struct{ To, Text string }

// tooLongToShow is said of what was typed where it is not shown again.
const tooLongToShow = "What you sent is too long to be shown here, but your browser still has it on the page before."

// Of is the page on which a form stands, as far as its address tells: each
// part of an address is a page unless it is what a button does.
func Of(action string) string {
	path, _, _ := strings.Cut(action, "?")
	part := strings.Split(strings.Trim(path, "/"), "/")
	switch part[0] {
	case "projects":
		n := 0
		switch {
		case len(part) > 6 && part[4] == "items":
			n = 6
		case len(part) > 5 && part[4] == "gate":
			n = 5
		case len(part) > 4:
			n = 4
		case part[len(part)-1] == "settings", part[len(part)-1] == "members":
			n = 3
		case len(part) > 2:
			n = 2
		default:
			return PortfolioURL
		}
		return "/" + strings.Join(part[:n], "/")
	case "waivers", "people", "account":
		return "/" + part[0]
	case "templates":
		return "/" + strings.Join(part[:ofLibrary(part)], "/")
	}
	return WorkURL
}

// ofLibrary is how many parts of an address within the library name the page.
func ofLibrary(part []string) int {
	n := 2 // a document
	switch {
	case len(part) > 2 && part[1] == "import":
		n = 3
	case len(part) > 2 && part[2] == "draft":
		n = 3
		if len(part) > 3 && (part[3] == "publish" || part[3] == "preview") {
			n = 4
		}
		if len(part) > 4 { // a stage or an item
			n = 5
		}
	}
	return min(n, len(part))
}

// FieldLabel is what pages call a form's field.
func FieldLabel(name string) string {
	if name == "url" {
		return "Link"
	}
	return Capital(strings.ReplaceAll(name, "-", " "))
}
