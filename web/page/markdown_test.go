package page

import (
	"bytes"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

func shown(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	if err := prose.html(text).Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}

func TestMarkdownOfComments(t *testing.T) {
	for text, want := range map[string]string{
		"Is it so?\n<b>Really</b>?":       "<p>Is it so?<br>\n&lt;b&gt;Really&lt;/b&gt;?</p>",
		"See https://wiki.example.test/a": `<p>See <a href="https://wiki.example.test/a" rel="nofollow noreferrer">https://wiki.example.test/a</a></p>`,
		"[plan](https://a.example.test)":  `<p><a href="https://a.example.test" rel="nofollow noreferrer">plan</a></p>`,
		"# No heading":                    "<p># No heading</p>",
		"- one\n- **two**":                "<ul>\n<li>one</li>\n<li><strong>two</strong></li>\n</ul>",
		"run `make test`":                 "<p>run <code>make test</code></p>",
		"~~gone~~":                        "<p><del>gone</del></p>",
		"![a](https://a.example.test/x)":  `<p><a href="https://a.example.test/x" rel="nofollow noreferrer">a</a></p>`,
	} {
		if got := shown(t, text); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

// Nothing that somebody types may become an element, an address or a handler of its own.
func TestMarkdownIsHarmless(t *testing.T) {
	for _, text := range []string{
		"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](data:text/html,<script>)",
		"<javascript:alert(1)>", "[x](https://a.example.test \"onmouseover=alert(1)\")", "```<script>\nx\n```", "`<svg/onload=alert(1)>`", "[a]: javascript:alert(1)\n\n[a]",
		"<a href=\"javascript:alert(1)\">x</a>", "[x](vbscript:msgbox)", "![x](javascript:alert(1))", "<!-- --!> <iframe src=x>", "&lt;script&gt;", "[\\](javascript:alert(1))",
		strings.Repeat("[", 3000), strings.Repeat("> ", 200) + "x", strings.Repeat("- ", 200) + "x", strings.Repeat("**a_", 900),
	} {
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(shown(t, text)))
		if err != nil {
			t.Fatal(err)
		}
		doc.Find("body *").Each(func(_ int, el *goquery.Selection) {
			if !strings.Contains(" p br strong em del code pre ul ol li blockquote a ", " "+goquery.NodeName(el)+" ") {
				t.Errorf("%.60q gives an element %s", text, goquery.NodeName(el))
			}
			for _, a := range el.Nodes[0].Attr {
				plain := a.Key == "rel" || a.Key == "href" && (strings.HasPrefix(a.Val, "https://") || strings.HasPrefix(a.Val, "http://"))
				if !plain {
					t.Errorf("%.60q gives %s=%q", text, a.Key, a.Val)
				}
			}
		})
	}
}
