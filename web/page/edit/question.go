package edit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
)

// maxLines is how long the choices of an item, or its rules, may be as one text.
const maxLines = 200_000

// choiceLines are choices as the form has them: one a line, key and title, and what
// belongs to it on indented lines below.
func choiceLines(list []plan.Choice) string {
	var b strings.Builder
	below := func(word, text string) {
		if text == "" {
			return
		}
		for line := range strings.SplitSeq(text, "\n") {
			b.WriteString("  " + word + ": " + strings.TrimSpace(line) + "\n")
		}
	}
	for _, c := range list {
		b.WriteString(string(c.Key) + ": " + oneLine(c.Title) + "\n")
		below("help", c.Help)
		below("do", c.Do)
		for _, l := range c.Links {
			below("link", oneLine(l.URL+" "+l.Title))
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// ruleLines are rules as the form has them: one a line, risk and condition.
func ruleLines(list []plan.Rule) string {
	lines := make([]string, len(list))
	for i, rule := range list {
		lines[i] = string(rule.Risk) + ": " + oneLine(rule.When)
	}
	return strings.Join(lines, "\n")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// choices reads what choiceLines writes.
func (r *reader) choices(name string) []plan.Choice {
	var out []plan.Choice
	refuse := func(no int, what string) []plan.Choice {
		r.problems.Add(name, fmt.Sprintf("cannot be read in line %d: %s", no+1, what))
		return nil
	}
	for no, line := range strings.Split(strings.TrimRight(r.kept(name), " \n"), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		head, text, ok := strings.Cut(line, ":")
		word, text := strings.TrimSpace(head), strings.TrimSpace(text)
		if !ok {
			return refuse(no, "write a key, a colon and what may be true")
		}
		if line[0] != ' ' && line[0] != '\t' {
			key := plan.ChoiceKey(word)
			switch {
			case !key.Valid():
				return refuse(no, "“"+cut(word, 40)+"” is no key; use letters, digits, hyphens and underscores, and not “default”")
			case slices.ContainsFunc(out, func(c plan.Choice) bool { return c.Key == key }):
				return refuse(no, "there is a choice “"+cut(word, 40)+"” above it")
			case len(out) == plan.MaxChoices:
				return refuse(no, fmt.Sprintf("an item has at most %d choices", plan.MaxChoices))
			}
			out = append(out, plan.Choice{Key: key, Title: text})
			continue
		}
		if len(out) == 0 {
			return refuse(no, "it is indented, and there is no choice above it")
		}
		if !below(&out[len(out)-1], word, text) {
			return refuse(no, "an indented line begins with help, do or link and a colon")
		}
	}
	return out
}

// below adds what an indented line says to the choice above it.
func below(c *plan.Choice, word, text string) bool {
	more := func(s *string) {
		if *s != "" {
			*s += "\n"
		}
		*s += text
	}
	switch word {
	case "help":
		more(&c.Help)
	case "do":
		more(&c.Do)
	case "link":
		url, title, _ := strings.Cut(text, " ")
		c.Links = append(c.Links, plan.Link{URL: url, Title: strings.TrimSpace(title)})
	default:
		return false
	}
	return true
}

// rules reads what ruleLines writes. Whether a condition makes sense is said beside
// the draft.
func (r *reader) rules(name string) []plan.Rule {
	var out []plan.Rule
	for no, line := range strings.Split(r.kept(name), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		word, when, ok := strings.Cut(line, ":")
		risk := plan.Risk(strings.TrimSpace(word))
		switch {
		case !ok || !risk.Valid():
			r.problems.Add(name, fmt.Sprintf("cannot be read in line %d: it begins with none, medium or high, and a colon", no+1))
			return nil
		case len(out) == plan.MaxRules:
			r.problems.Add(name, fmt.Sprintf("cannot be read from line %d on: an item has at most %d rules", no+1, plan.MaxRules))
			return nil
		}
		out = append(out, plan.Rule{Risk: risk, When: strings.TrimSpace(when)})
	}
	return out
}

// kept is a text of several lines as it stands, its indentation too.
func (r *reader) kept(name string) string {
	r.text(name, maxLines, true) // for what is wrong with it
	return strings.ReplaceAll(r.form.Get(name), "\r\n", "\n")
}
