package formats

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	mdtext "github.com/yuin/goldmark/text"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
)

// Kubernetes is the production readiness review questionnaire of Kubernetes: a section
// of an enhancement proposal in Markdown. Headings below it are groups, the headings
// below those are questions (in older proposals, entries of lists in bold), hints stand in
// comments, and boxes are the answers to choose from. In Markdown at large boxes are
// items, which is why this is a format of its own.
const Kubernetes Format = "kubernetes-prr"

const prrHeading = "production readiness review questionnaire"

func kubernetesInfo() Info {
	return Info{
		Format: Kubernetes, Label: "Kubernetes production readiness questionnaire", MediaType: "text/markdown",
		Extensions: []string{".md", ".markdown"},
		Sniff: func(name string, src []byte) bool {
			if !hasExtension(name, ".md", ".markdown", ".mdown") {
				return false
			}
			for line := range bytes.Lines(src) {
				if len(line) < 200 && bytes.HasPrefix(line, []byte("#")) && strings.Contains(fold.Text(string(line)), prrHeading) {
					return true
				}
			}
			return false
		},
		Read: readKubernetes,
	}
}

func readKubernetes(src []byte, opts Options) (Result, error) {
	if p, bad := tooTangled(src); bad {
		return refuse(p), nil
	}
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	k := prrReader{mdReader: &mdReader{draft: newDraft(opts), src: frontMatterOut(src)}}
	root := goldmark.New(goldmark.WithExtensions(extension.TaskList, extension.Table, extension.Strikethrough, extension.Linkify)).
		Parser().Parse(mdtext.NewReader(k.src))
	begin, level := k.find(root)
	if begin == nil {
		return refuse(Problem{
			Line: 1, Column: 1, Message: "No heading says “Production Readiness Review Questionnaire”.",
			Do: "Import the file as Markdown, or take the proposal's README.md.",
		}), nil
	}
	k.name, k.summary = "Production readiness review questionnaire", "The questions of Kubernetes for enhancements."
	for n := begin.NextSibling(); n != nil; n = n.NextSibling() {
		h, isHeading := n.(*ast.Heading)
		if isHeading && h.Level <= level {
			break
		}
		if k.full() {
			break
		}
		if isHeading {
			k.heading(h, level)
			continue
		}
		k.block(n)
	}
	k.flush()
	k.note(k.ticked, "box is ticked in the file; its question begins without an answer",
		"boxes are ticked in the file; their questions begin without an answer", "")
	k.note(k.ruled, "question got the rule that one of its choices has to be true",
		"questions got the rule that one of their choices has to be true", "Look at their rules.")
	return k.finish(), nil
}

type prrReader struct {
	*mdReader
	current *plan.Item
	hints   gathered // of the current question
	group   bool     // a heading of a group stands last, so that a comment is about it
	ruled   int
}

// find is the heading of the questionnaire.
func (k *prrReader) find(root ast.Node) (*ast.Heading, int) {
	before := 0
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok && strings.Contains(fold.Text(k.words(h, nil)), prrHeading) {
			k.loseSome(before, "part of the proposal before the questionnaire was left out",
				"parts of the proposal before the questionnaire were left out")
			return h, h.Level
		}
		before++
	}
	return nil, 0
}

// heading begins a group, or a question within one.
func (k *prrReader) heading(h *ast.Heading, level int) {
	k.flush()
	words := k.words(h, nil)
	if h.Level == level+1 {
		k.stage(words, "")
		k.group = true
		return
	}
	k.question(words)
}

func (k *prrReader) question(words string) {
	k.flush()
	k.current, k.group = &plan.Item{Title: words}, false
}

// flush adds the current question.
func (k *prrReader) flush() {
	if k.current == nil {
		return
	}
	it := k.current
	k.current = nil
	it.Guidance = k.hints.text()
	k.hints = gathered{}
	if len(it.Choices) > 0 {
		keys := make([]string, len(it.Choices))
		for i, c := range it.Choices {
			keys[i] = string(c.Key)
		}
		it.Rules = []plan.Rule{{When: strings.Join(keys, " || "), Risk: plan.RiskNone}, {When: plan.Default, Risk: plan.RiskHigh}}
		k.ruled++
	}
	k.item(*it)
}

func (k *prrReader) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.HTMLBlock:
		k.comment(n)
	case *ast.List:
		for e := n.FirstChild(); e != nil; e = e.NextSibling() {
			k.entry(e)
		}
	default:
		if k.words(n, nil) != "" {
			k.answer()
		}
	}
}

// answer counts what somebody wrote below a question.
func (k *prrReader) answer() {
	k.lose("paragraph or entry below a question is an answer and was left out",
		"paragraphs and entries below questions are answers and were left out")
}

// comment is a hint to whoever answers, other than tags that stand alone.
func (k *prrReader) comment(n *ast.HTMLBlock) {
	src := string(n.Lines().Value(k.src))
	if n.HasClosure() {
		src += string(n.ClosureLine.Value(k.src))
	}
	text, isComment := strings.CutPrefix(strings.TrimSpace(src), "<!--")
	if !isComment {
		k.lose("block of HTML was left out", "blocks of HTML were left out")
		return
	}
	text, _, _ = strings.Cut(text, "-->")
	words, links := k.markdown(text)
	switch {
	case words == "":
	case k.current != nil:
		k.hints.add(words)
		k.current.Links = k.moreLinks(k.current.Links, links)
	case k.group && len(k.stages) > 0:
		s := &k.stages[len(k.stages)-1]
		s.Purpose, _ = shorten(words, maxSummary)
		k.group = false
	default:
		k.lose("comment that belongs to no question was left out", "comments that belong to no question were left out")
	}
}

// entry is one of a list: a choice where it has a box, a question where it begins in
// bold, an answer otherwise.
func (k *prrReader) entry(n ast.Node) {
	first := n.FirstChild()
	if first == nil || k.items > MaxItems {
		return
	}
	if box, ok := first.FirstChild().(*east.TaskCheckBox); ok {
		k.choice(n, first, box)
		return
	}
	if bold, ok := first.FirstChild().(*ast.Emphasis); ok && bold.Level == 2 {
		k.question(k.words(bold, nil))
		if rest := strings.TrimSpace(strings.TrimPrefix(k.words(first, nil), k.current.Title)); rest != "" {
			k.hints.add(rest)
		}
		for c := first.NextSibling(); c != nil; c = c.NextSibling() {
			k.block(c)
		}
		return
	}
	k.answer()
}

// choice is an answer that can be ticked. What stands below it is to be filled in.
func (k *prrReader) choice(n, first ast.Node, box *east.TaskCheckBox) {
	if box.IsChecked {
		k.ticked++
	}
	if k.current == nil {
		k.lose("box that belongs to no question was left out", "boxes that belong to no question were left out")
		return
	}
	words := k.words(first, nil)
	if len(k.current.Choices) == plan.MaxChoices {
		k.hints.add(words)
		k.lose("box stands in its question's text, since there are too many", "boxes stand in their questions' texts, since there are too many")
		return
	}
	c := plan.Choice{Key: plan.ChoiceKey(fmt.Sprintf("choice-%d", len(k.current.Choices)+1)), Title: cmp.Or(words, "Yes")}
	var help gathered
	for in := first.NextSibling(); in != nil; in = in.NextSibling() {
		if l, ok := in.(*ast.List); ok {
			for e := l.FirstChild(); e != nil; e = e.NextSibling() {
				help.add(strings.TrimSuffix(k.words(e, nil), ":"))
			}
			continue
		}
		help.add(k.words(in, nil))
	}
	c.Help = help.text()
	k.current.Choices = append(k.current.Choices, c)
}
