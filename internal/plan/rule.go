package plan

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of a question.
const (
	MaxChoices   = 50
	MaxRules     = 50
	MaxCondition = 2000 // characters of a rule
	maxNested    = 20   // parentheses and negations within each other
	maxTried     = 12   // choices of which every combination is tried
)

// Default is the condition that always holds. It stands alone.
const Default = "default"

// Condition is what a [Rule] asks of the choices, read by [ParseCondition].
type Condition struct {
	expr ast.Expr // of identifiers named by the keys of choices, !, && and ||; nil: it always holds
}

// ParseCondition reads a rule's condition. It is an expression of Go, where && is
// stronger than ||, but for keys that may have hyphens in them. The error says
// what is wrong and at which character.
func ParseCondition(text string) (Condition, error) {
	if strings.TrimSpace(text) == Default {
		return Condition{}, nil
	}
	if n := len(text); n > MaxCondition {
		return Condition{}, fmt.Errorf("is %d characters long; at most %d are read", n, MaxCondition)
	}
	plain := []byte(text) // with keys that Go reads as names, in the same places
	nested := 0
	for i, c := range text {
		switch {
		case inKey(c):
			plain[i] = 'k'
		case c == '&', c == '|':
		case c == '!', c == '(':
			nested++
		case c == ')':
		case c == ' ', c == '\t', c == '\r', c == '\n':
			plain[i] = ' '
		default:
			return Condition{}, misread(text, i, fmt.Sprintf("%q is neither part of a key nor one of &&, ||, ! and parentheses", c))
		}
	}
	if nested > maxNested*10 {
		return Condition{}, fmt.Errorf("has %d parentheses and negations; at most %d are read", nested, maxNested*10)
	}
	files := token.NewFileSet()
	expr, err := parser.ParseExprFrom(files, "", plain, parser.SkipObjectResolution)
	if err != nil {
		at := 0
		var list scanner.ErrorList
		if errors.As(err, &list) && len(list) > 0 {
			at = min(list[0].Pos.Offset, len(text))
		}
		if strings.TrimSpace(text[at:]) == "" {
			return Condition{}, errors.New("cannot be read: a key or a closing parenthesis is missing at its end")
		}
		return Condition{}, misread(text, at, "a key or an operator is missing before it, or it is one too many")
	}
	r := reader{text, func(p token.Pos) int { return files.Position(p).Offset }}
	if err := r.accept(expr, 0); err != nil {
		return Condition{}, err
	}
	return Condition{expr}, nil
}

func inKey(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// misread says at which character a condition cannot be read, and what stands
// there.
func misread(text string, at int, why string) error {
	near := []rune(text[at:])
	if len(near) > 12 {
		near = near[:12]
	}
	return fmt.Errorf("cannot be read from character %d on, “%s”: %s", utf8.RuneCountInString(text[:at])+1, string(near), why)
}

// reader checks what Go's parser made of a condition.
type reader struct {
	text string
	at   func(token.Pos) int
}

// accept refuses what a condition has no use for, and gives the names back the
// keys that they stand for.
func (r reader) accept(e ast.Expr, depth int) error {
	if depth > maxNested {
		return misread(r.text, r.at(e.Pos()), fmt.Sprintf("it is nested more than %d deep", maxNested))
	}
	switch e := e.(type) {
	case *ast.Ident:
		from := r.at(e.Pos())
		e.Name = r.text[from : from+len(e.Name)]
		if e.Name == Default {
			return misread(r.text, from, "“default” stands alone")
		}
		return nil
	case *ast.ParenExpr:
		return r.accept(e.X, depth+1)
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return r.accept(e.X, depth+1)
		}
		return misread(r.text, r.at(e.OpPos), "write && and || twice each")
	case *ast.BinaryExpr:
		if e.Op != token.LAND && e.Op != token.LOR {
			return misread(r.text, r.at(e.OpPos), "write && and || twice each")
		}
		if err := r.accept(e.Y, depth+1); err != nil {
			return err
		}
		// A long chain leans to the left without being nested.
		next := depth + 1
		if left, chain := e.X.(*ast.BinaryExpr); chain && left.Op == e.Op {
			next = depth
		}
		return r.accept(e.X, next)
	}
	return misread(r.text, r.at(e.Pos()), "keys are joined by && or ||")
}

// Holds reports whether the condition is true of choices.
func (c Condition) Holds(chosen func(ChoiceKey) bool) bool {
	return c.expr == nil || holds(c.expr, chosen)
}

func holds(e ast.Expr, chosen func(ChoiceKey) bool) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return chosen(ChoiceKey(e.Name))
	case *ast.ParenExpr:
		return holds(e.X, chosen)
	case *ast.UnaryExpr:
		return !holds(e.X, chosen)
	case *ast.BinaryExpr:
		if e.Op == token.LAND {
			return holds(e.X, chosen) && holds(e.Y, chosen)
		}
		return holds(e.X, chosen) || holds(e.Y, chosen)
	}
	return false
}

// Always reports whether the condition is [Default].
func (c Condition) Always() bool { return c.expr == nil }

// Keys are the choices that the condition speaks of, each once.
func (c Condition) Keys() []ChoiceKey {
	if c.expr == nil {
		return nil
	}
	var keys []ChoiceKey
	ast.Inspect(c.expr, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !slices.Contains(keys, ChoiceKey(id.Name)) {
			keys = append(keys, ChoiceKey(id.Name))
		}
		return true
	})
	return keys
}

// Outcome is what choices come to.
type Outcome struct {
	Risk Risk
	Rule int // that decided, from 0; -1: none held, and the risk is high for that
}

// Outcome finds what a set of choices comes to: the first rule that holds
// decides. It fails for choices that the item does not have, and for rules that
// cannot be read.
func (d *Item) Outcome(chosen Chosen) (Outcome, error) {
	if chosen.IsZero() {
		return Outcome{}, errors.New("nothing was said about the choices")
	}
	for _, k := range chosen.Keys() {
		if d.Choice(k) == nil {
			return Outcome{}, fmt.Errorf("“%s” has no choice %q", d.Title, k)
		}
	}
	for i, rule := range d.Rules {
		c, err := ParseCondition(rule.When)
		if err != nil {
			return Outcome{}, fmt.Errorf("rule %d of “%s” %w", i+1, d.Title, err)
		}
		if c.Holds(chosen.Has) {
			return Outcome{rule.Risk, i}, nil
		}
	}
	return Outcome{RiskHigh, -1}, nil
}

// IsQuestion reports whether the item is answered by choosing.
func (d *Item) IsQuestion() bool { return len(d.Choices) > 0 }

// Choice finds one of the item's choices; nil when there is none.
func (d *Item) Choice(k ChoiceKey) *Choice {
	for i := range d.Choices {
		if d.Choices[i].Key == k {
			return &d.Choices[i]
		}
	}
	return nil
}

// CheckQuestion looks for what is wrong with choices and rules, and for what is
// allowed and probably not meant. Texts are not looked at. The sentences go on from
// the item's name.
func CheckQuestion(choices []Choice, rules []Rule) (wrong, doubtful []string) {
	wrongf := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	doubt := func(format string, args ...any) { doubtful = append(doubtful, fmt.Sprintf(format, args...)) }
	switch {
	case len(choices) == 0 && len(rules) == 0:
		return nil, nil
	case len(choices) == 0:
		wrongf("has rules and no choices")
	case len(rules) == 0:
		wrongf("has choices and no rules, so that no answer could meet it")
	}
	if len(choices) > MaxChoices {
		wrongf("has %d choices; at most %d are read", len(choices), MaxChoices)
	}
	if len(rules) > MaxRules {
		wrongf("has %d rules; at most %d are read", len(rules), MaxRules)
	}
	if len(wrong) > 0 {
		return wrong, nil
	}
	place := map[ChoiceKey]int{}
	for i, c := range choices {
		switch _, twice := place[c.Key]; {
		case !c.Key.Valid():
			wrongf("has the choice %q: a key is up to %d letters, digits, hyphens and underscores, and not “%s”", c.Key, maxChoiceKey, Default)
		case twice:
			wrongf("has two choices %q", c.Key)
		}
		place[c.Key] = i
	}
	conditions := make([]Condition, len(rules))
	for i, rule := range rules {
		if !rule.Risk.Valid() {
			wrongf("rule %d: %q is not one of none, medium, high", i+1, rule.Risk)
		}
		c, err := ParseCondition(rule.When)
		if err != nil {
			wrongf("rule %d %v", i+1, err)
			continue
		}
		conditions[i] = c
		for _, k := range c.Keys() {
			if _, known := place[k]; !known {
				doubt("rule %d speaks of %q, which no choice has", i+1, k)
			}
		}
	}
	if len(wrong) > 0 {
		return wrong, doubtful
	}
	never, gap := reach(choices, conditions)
	for _, i := range never {
		doubt("rule %d never decides anything: it cannot hold, or an earlier one always holds first", i+1)
	}
	if gap {
		doubt("has no rule for some combinations of choices; they count as high risk")
	}
	if !slices.ContainsFunc(rules, func(r Rule) bool { return r.Risk == RiskNone }) {
		doubt("has no rule that comes to no risk, so that no answer can meet it")
	}
	return nil, doubtful
}

// reach finds the rules that no combination of choices gets to, and whether
// there is one that gets past all of them. Where there are too many choices to
// try, only what stands after [Default] is known not to be reached.
func reach(choices []Choice, conditions []Condition) (never []int, gap bool) {
	if len(choices) > maxTried {
		last := slices.IndexFunc(conditions, Condition.Always)
		if last < 0 {
			return nil, true
		}
		for i := last + 1; i < len(conditions); i++ {
			never = append(never, i)
		}
		return never, false
	}
	key := map[ChoiceKey]combinations{}
	for i, c := range choices {
		key[c.Key] = combinationsWith(i, len(choices))
	}
	left := none(len(choices)).not(len(choices)) // what no rule has decided about yet
	for i, c := range conditions {
		decides := c.over(key, len(choices)).and(left)
		if !decides.any() {
			never = append(never, i)
		}
		left = left.and(decides.not(len(choices)))
	}
	return never, left.any()
}

// combinations are some of the ways to choose: bit s stands for the set of the
// choices whose bits are set in s. All of them are looked at in one step, since
// files from elsewhere may have thousands of questions.
type combinations []uint64

func none(choices int) combinations { return make(combinations, max(1, 1<<choices/64)) }

// combinationsWith are those that have choice i in them.
func combinationsWith(i, choices int) combinations {
	c := none(choices)
	for s := range 1 << choices {
		if s&(1<<i) != 0 {
			c[s/64] |= 1 << (s % 64)
		}
	}
	return c
}

func (c combinations) not(choices int) combinations {
	out := make(combinations, len(c))
	for i := range c {
		out[i] = ^c[i]
	}
	if choices < 6 {
		out[0] &= 1<<(1<<choices) - 1
	}
	return out
}

func (c combinations) and(d combinations) combinations {
	out := make(combinations, len(c))
	for i := range c {
		out[i] = c[i] & d[i]
	}
	return out
}

func (c combinations) or(d combinations) combinations {
	out := make(combinations, len(c))
	for i := range c {
		out[i] = c[i] | d[i]
	}
	return out
}

func (c combinations) any() bool {
	return slices.ContainsFunc(c, func(w uint64) bool { return w != 0 })
}

// over are the combinations for which the condition holds. Choices that there are
// not are in none.
func (c Condition) over(key map[ChoiceKey]combinations, choices int) combinations {
	if c.expr == nil {
		return none(choices).not(choices)
	}
	return over(c.expr, key, choices)
}

func over(e ast.Expr, key map[ChoiceKey]combinations, choices int) combinations {
	switch e := e.(type) {
	case *ast.Ident:
		if with, known := key[ChoiceKey(e.Name)]; known {
			return with
		}
	case *ast.ParenExpr:
		return over(e.X, key, choices)
	case *ast.UnaryExpr:
		return over(e.X, key, choices).not(choices)
	case *ast.BinaryExpr:
		x, y := over(e.X, key, choices), over(e.Y, key, choices)
		if e.Op == token.LAND {
			return x.and(y)
		}
		return x.or(y)
	}
	return none(choices)
}
