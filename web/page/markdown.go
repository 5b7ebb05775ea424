package page

import (
	"bytes"
	"strings"

	"github.com/a-h/templ"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
	xhtml "golang.org/x/net/html"
)

// markdown turns what people write in a discussion into HTML: paragraphs, lists, quotes, code, emphasis and links. It has no
// headings, which would upset those of the page, no pictures and no HTML: tags that somebody types are shown as typed.
type markdown struct {
	text   goldmark.Markdown
	policy *bluemonday.Policy
}

// prose is ready to use at any time by anybody: neither part has a state.
var prose = newMarkdown()

func newMarkdown() markdown {
	blocks := []util.PrioritizedValue{
		util.Prioritized(parser.NewListParser(), 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(parser.NewBlockquoteParser(), 800),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	}
	inline := []util.PrioritizedValue{
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewEmphasisParser(), 500),
	}
	text := goldmark.New(
		goldmark.WithParser(parser.NewParser(parser.WithBlockParsers(blocks...), parser.WithInlineParsers(inline...))),
		goldmark.WithExtensions(extension.NewLinkify(), extension.Strikethrough),
		goldmark.WithRendererOptions(html.WithHardWraps(), renderer.WithNodeRenderers(util.Prioritized(pictureLinks{}, 100))),
	)
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "strong", "em", "del", "code", "pre", "ul", "ol", "li", "blockquote")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("https", "http", "mailto")
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	return markdown{text, p}
}

// ProseHTML is what somebody typed in a discussion, as HTML.
func ProseHTML(text string) templ.Component { return prose.html(text) }

// pictureLinks shows a picture as a link to it: pages load nothing from elsewhere.
type pictureLinks struct{}

func (pictureLinks) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindImage, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			_, err := w.WriteString("</a>")
			return ast.WalkContinue, err
		}
		_, err := w.WriteString(`<a href="` + string(util.EscapeHTML(util.URLEscape(n.(*ast.Image).Destination, true))) + `">`)
		return ast.WalkContinue, err
	})
}

// html is the text as HTML that is safe to show.
func (m markdown) html(text string) templ.Component {
	var out bytes.Buffer
	if err := m.text.Convert([]byte(text), &out); err != nil { // a writer in memory does not fail
		return templ.Raw(templ.EscapeString(text))
	}
	return templ.Raw(m.policy.SanitizeReader(&out).String())
}

// plain is the text without its marks, on one line. What it quotes is left out
// where there is anything beside it.
func (m markdown) plain(text string) string {
	var out bytes.Buffer
	if err := m.text.Convert([]byte(text), &out); err != nil { // a writer in memory does not fail
		return text
	}
	var said, quoted strings.Builder
	into, depth := &said, 0
	for z := xhtml.NewTokenizer(m.policy.SanitizeReader(&out)); ; {
		kind := z.Next()
		if kind == xhtml.ErrorToken { // the end
			break
		}
		tok := z.Token()
		switch {
		case kind == xhtml.TextToken:
			into.WriteString(tok.Data)
			continue
		case tok.Data == "blockquote" && kind == xhtml.StartTagToken:
			depth++
		case tok.Data == "blockquote":
			depth--
		}
		if into = &said; depth > 0 {
			into = &quoted
		}
		switch tok.Data {
		case "p", "br", "li", "pre", "blockquote":
			into.WriteByte(' ')
		}
	}
	if words := strings.Join(strings.Fields(said.String()), " "); words != "" {
		return words
	}
	return strings.Join(strings.Fields(quoted.String()), " ")
}
