package e2e

import (
	"bytes"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
)

// paperWidth is what A4 has between its margins, in pixels; Letter has more.
const paperWidth = 718

// TestPrint looks at what an auditor would put into a folder.
func TestPrint(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	project := rosa.owns("paper-trail", "Paper trail", "3")
	rosa.meetsMusts(project, "3")
	rosa.asks(project)
	waived := rosa.owns("paper-waiver", "Paper waiver", "3") + ideaPath + "/items/" + threats // so that the register has a row
	rosa.send(waived+"/answer", url.Values{"answer": {"not-met"}, "version": {"0"}})
	rosa.send(waived+"/waivers", url.Values{"reason": {"Booked out."}, "risk": {"An attack."}, "measure": {"Few users."}, "until": {inDays(40)}})
	rosa.visit("/waivers")
	rosa.seeIn("main", "Paper waiver")
	rosa.prefers("dark") // paper is white all the same
	for _, path := range []string{project, project + ideaPath, project + ideaPath + "/gate", project + "/history", project + "/report", "/waivers"} {
		rosa.visit(path)
		for _, paper := range []chromedp.PaperSize{chromedp.PaperA4, chromedp.PaperLetter} {
			pdf, err := chromedp.Run(rosa.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(paper)))
			if err != nil {
				t.Fatalf("printing %s: %v", path, err)
			}
			if !bytes.HasPrefix(pdf, []byte("%PDF")) || len(pdf) < 10_000 {
				t.Errorf("printing %s gives %d bytes that are no document", path, len(pdf))
			}
		}
		rosa.media("print", "dark")
		rosa.window(paperWidth, 1000)
		rosa.noSideways(path + " on paper")
		if cut := eval[string](rosa, `[...document.querySelectorAll('.scroll')].filter(s => s.scrollWidth > s.clientWidth).map(s => s.outerHTML.slice(0, 200)).join()`); cut != "" {
			t.Errorf("%s loses columns on paper: %s", path, cut)
		}
		if !eval[bool](rosa, `[...document.querySelectorAll('main td, main tbody th')].every(c => getComputedStyle(c).display === 'table-cell')`) {
			t.Errorf("a table of %s falls apart on paper", path)
		}
		if over := eval[string](rosa, `[...document.querySelectorAll('main td .badge')].filter(b => b.getBoundingClientRect().right > b.closest('td').getBoundingClientRect().right + 1).map(b => b.textContent).join()`); over != "" {
			t.Errorf("%s prints words over the next column: %s", path, over)
		}
		if narrow := eval[string](rosa, `[...document.querySelectorAll('main .sec')].filter(s => s.checkVisibility() && s.clientWidth < .9 * document.querySelector('main').clientWidth).map(s => s.id).join()`); narrow != "" {
			t.Errorf("%s leaves half of the paper empty beside %s", path, narrow)
		}
		// Paper cannot be unfolded.
		if folded := eval[string](rosa, `[...document.querySelectorAll('main details:not(.no-print, :has(> form))')].filter(d => d.checkVisibility() && ![...d.children].slice(1).some(c => c.checkVisibility({ contentVisibilityAuto: true }) && c.getBoundingClientRect().height > 0)).map(d => d.textContent.slice(0, 60)).join()`); folded != "" {
			t.Errorf("%s leaves out what is folded: %s", path, folded)
		}
		for _, hidden := range []string{"header nav", ".skip", "footer [data-keys]", "form.no-print", ".seg button:not([aria-pressed=true])"} {
			if eval[bool](rosa, `[...document.querySelectorAll(`+asJSON(hidden)+`)].some(el => el.checkVisibility())`) {
				t.Errorf("%s is printed with %s", path, hidden)
			}
		}
		if !eval[bool](rosa, `document.querySelector('h1').checkVisibility()`) {
			t.Errorf("%s is printed without its heading", path)
		}
		if paper := eval[string](rosa, `getComputedStyle(document.documentElement).backgroundColor + ' ' + getComputedStyle(document.body).backgroundColor`); !white(paper) {
			t.Errorf("%s is printed on %s", path, paper)
		}
		rosa.media("", "dark")
		rosa.window(windowWidth, windowHeight)
	}
}

// white reports whether neither colour darkens the paper.
func white(colours string) bool {
	for _, ok := range []string{"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"} {
		colours = string(bytes.ReplaceAll([]byte(colours), []byte(ok), nil))
	}
	return len(bytes.TrimSpace([]byte(colours))) == 0
}
