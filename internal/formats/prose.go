package formats

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	mdtext "github.com/yuin/goldmark/text"
	"golang.org/x/net/html"

	"github.com/slipway-prr/slipway/internal/plan"
)

// maxProse bounds the time that a text with markup takes; no more of it could be
// kept anyhow.
const maxProse = 4 * plan.MaxParagraph

// markdown is a text without its markup, and the links in it.
func (d *draft) markdown(s string) (string, []plan.Link) {
	s, _ = shorten(s, maxProse)
	if !strings.ContainsAny(s, "`*_[<\\&#>|~") { // most have none
		return clean(s), nil
	}
	src := []byte(s)
	var b strings.Builder
	var links []plan.Link
	depth := 0
	_ = ast.Walk(goldmark.DefaultParser().Parse(mdtext.NewReader(src)), func(n ast.Node, enter bool) (ast.WalkStatus, error) { // the function never fails
		if n.Type() == ast.TypeBlock {
			b.WriteByte(' ')
		}
		if !enter {
			depth--
			return ast.WalkContinue, nil
		}
		if depth++; depth > 2*MaxDepth {
			depth--
			d.lose("text that is nested too deeply was left out", "texts that are nested too deeply were left out")
			return ast.WalkSkipChildren, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.Write(unescaped(n.Value(src)))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.Label(src))
		case *ast.RawHTML: // tags that a text speaks of
			for i := range n.Segments.Len() {
				seg := n.Segments.At(i)
				b.Write(seg.Value(src))
			}
		case *ast.CodeBlock, *ast.FencedCodeBlock, *ast.HTMLBlock:
			for i := range n.Lines().Len() {
				seg := n.Lines().At(i)
				b.Write(seg.Value(src))
			}
		case *ast.Link:
			links = d.link(links, string(n.Title), string(n.Destination))
		case *ast.Image:
			d.lose("picture was left out", "pictures were left out")
		}
		return ast.WalkContinue, nil
	})
	return clean(b.String()), links
}

// unescaped is a text of Markdown without backslashes before punctuation and with
// its entities as what they stand for.
func unescaped(s []byte) []byte {
	if !strings.ContainsAny(string(s), `\&`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", s[i+1]) >= 0 {
			i++
		}
		b.WriteByte(s[i])
	}
	return []byte(html.UnescapeString(b.String()))
}

// hypertext is the text of HTML, and the links in it.
func (d *draft) hypertext(s string) (string, []plan.Link) {
	s, _ = shorten(s, maxProse)
	if !strings.ContainsAny(s, "<&") {
		return clean(s), nil
	}
	var b strings.Builder
	var links []plan.Link
	var address string
	var label strings.Builder
	hidden := 0 // inside what is no text
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return clean(b.String()), links
		case html.TextToken:
			if hidden == 0 {
				words := string(z.Text())
				b.WriteString(words)
				label.WriteString(words)
			}
		case html.StartTagToken:
			name, more := z.TagName()
			switch string(name) {
			case "script", "style":
				hidden++
				d.lose("script or style was left out", "scripts and styles were left out")
			case "img":
				d.lose("picture was left out", "pictures were left out")
			case "a":
				address = attribute(z, more, "href")
				label.Reset()
			case "p", "br", "li", "ul", "ol", "div", "td", "tr", "h1", "h2", "h3", "h4":
				b.WriteByte(' ')
			}
		case html.EndTagToken:
			switch name, _ := z.TagName(); string(name) {
			case "script", "style":
				hidden = max(hidden-1, 0)
			case "a":
				links = d.link(links, label.String(), address)
				address = ""
			case "p", "li", "div", "td", "tr":
				b.WriteByte(' ')
			}
		case html.SelfClosingTagToken:
			if name, _ := z.TagName(); string(name) == "img" {
				d.lose("picture was left out", "pictures were left out")
			}
			b.WriteByte(' ')
		}
	}
}

func attribute(z *html.Tokenizer, more bool, name string) string {
	for more {
		var key, val []byte
		if key, val, more = z.TagAttr(); string(key) == name {
			return string(val)
		}
	}
	return ""
}
