package plan

import (
	"go/ast"
	"go/token"
	"strings"
)

// InWords says each rule in a sentence, in their order, for people who look at
// the choices. A last sentence says what becomes of the rest where no rule decides
// about it.
func (d *Item) InWords() []string {
	title := func(k ChoiceKey) string {
		if c := d.Choice(k); c != nil {
			return "“" + strings.TrimRight(c.Title, ".") + "”"
		}
		return "“" + string(k) + "” (which is no choice here)"
	}
	out := make([]string, 0, len(d.Rules)+1)
	open := true
	for i, rule := range d.Rules {
		c, err := ParseCondition(rule.When)
		if err != nil {
			out = append(out, rule.outcome()+" by a rule that cannot be read.")
			continue
		}
		open = open && !c.Always()
		out = append(out, rule.outcome()+c.inWords(i > 0, title)+".")
	}
	if open {
		out = append(out, "High risk otherwise, since no rule decides about the rest.")
	}
	return out
}

// outcome is what the rule comes to, as a sentence begins.
func (r Rule) outcome() string {
	if r.Risk == RiskNone {
		return "Met"
	}
	return r.Risk.Label()
}

// inWords goes on from what the rule comes to. Rules after the first are only
// looked at when those before them do not hold.
func (c Condition) inWords(otherwise bool, title func(ChoiceKey) string) string {
	switch {
	case c.expr == nil && otherwise:
		return " otherwise"
	case c.expr == nil:
		return " whatever you choose"
	}
	link := " if "
	if otherwise {
		link = ", otherwise, if "
	}
	if not, ok := bare(c.expr).(*ast.UnaryExpr); ok && !otherwise {
		if _, one := bare(not.X).(*ast.Ident); !one {
			return " unless " + phrase(not.X, title)
		}
	}
	return link + phrase(c.expr, title)
}

// bare is an expression without the parentheses around it.
func bare(e ast.Expr) ast.Expr {
	for {
		p, ok := e.(*ast.ParenExpr)
		if !ok {
			return e
		}
		e = p.X
	}
}

// phrase says what has to be chosen for a condition to hold.
func phrase(e ast.Expr, title func(ChoiceKey) string) string {
	switch e := bare(e).(type) {
	case *ast.Ident:
		return "you chose " + title(ChoiceKey(e.Name))
	case *ast.UnaryExpr:
		return refused(e.X, title)
	case *ast.BinaryExpr:
		return joined(e, title)
	}
	return ""
}

// refused says that a condition does not hold.
func refused(e ast.Expr, title func(ChoiceKey) string) string {
	switch e := bare(e).(type) {
	case *ast.Ident:
		return "you did not choose " + title(ChoiceKey(e.Name))
	case *ast.UnaryExpr:
		return phrase(e.X, title)
	case *ast.BinaryExpr:
		names, plain := names(operands(e, e.Op), title)
		switch {
		case plain && e.Op == token.LOR:
			return noneOf(names)
		case plain:
			return "you did not choose all of " + list(names, "and")
		}
		return "it is not so that " + joined(e, title)
	}
	return ""
}

// joined says that all of some parts hold, or that any of them does.
func joined(e *ast.BinaryExpr, title func(ChoiceKey) string) string {
	parts, word := operands(e, e.Op), "or"
	if e.Op == token.LAND {
		word = "and"
	}
	var chosen, left, rest []ast.Expr
	for _, p := range parts {
		not, negated := bare(p).(*ast.UnaryExpr)
		switch {
		case negated && isName(not.X):
			left = append(left, not.X)
		case isName(p):
			chosen = append(chosen, p)
		default:
			rest = append(rest, p)
		}
	}
	var out []string
	if titles, _ := names(chosen, title); len(titles) > 0 {
		out = append(out, "you chose "+list(titles, word))
	}
	switch titles, _ := names(left, title); {
	case len(titles) == 0:
	case word == "or" && len(titles) > 1:
		out = append(out, "you did not choose all of "+list(titles, "and"))
	default:
		out = append(out, noneOf(titles))
	}
	for _, p := range rest {
		s := phrase(p, title)
		if len(parts) > 1 {
			s = "(" + s + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, " "+word+" ")
}

func isName(e ast.Expr) bool {
	_, ok := bare(e).(*ast.Ident)
	return ok
}

// operands are what a chain of one operator joins.
func operands(e ast.Expr, op token.Token) []ast.Expr {
	if b, ok := bare(e).(*ast.BinaryExpr); ok && b.Op == op {
		return append(operands(b.X, op), operands(b.Y, op)...)
	}
	return []ast.Expr{e}
}

// names are the titles of choices; false when there is anything else among the
// expressions.
func names(es []ast.Expr, title func(ChoiceKey) string) ([]string, bool) {
	var out []string
	for _, e := range es {
		id, ok := bare(e).(*ast.Ident)
		if !ok {
			return nil, false
		}
		out = append(out, title(ChoiceKey(id.Name)))
	}
	return out, true
}

func noneOf(titles []string) string {
	switch len(titles) {
	case 1:
		return "you did not choose " + titles[0]
	case 2:
		return "you chose neither " + titles[0] + " nor " + titles[1]
	}
	return "you chose none of " + list(titles, "and")
}

// list joins words by commas, and the last one by a word.
func list(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
