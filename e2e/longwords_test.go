package e2e

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestLongWordsOnAPhone: words without a place to break them make no page wider
// than a phone, and the navigation is whole there.
func TestLongWordsOnAPhone(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	rosa.send("/projects", url.Values{
		"key": {"long-words"}, "name": {"Long words"}, "team": {"Checkout"}, "tier": {"3"}, "exposure": {"pilot"}, "rest": {"no"}, "summary": {strings.Repeat("w", 144)},
	})
	const project = "/projects/long-words"
	rosa.send(project+ideaPath+"/items/"+success+"/answer", url.Values{"answer": {"met"}, "note": {strings.Repeat("n", 400)}, "version": {"0"}})
	rosa.window(390, 844)
	for _, path := range []string{project, project + "/history", project + "/report", project + ideaPath + "/items/" + success, "/"} {
		rosa.visit(path)
		rosa.noSideways(path + " on a phone")
		if cut := eval[string](rosa, `[...document.querySelectorAll('.top nav a')].filter(a => a.getBoundingClientRect().right > innerWidth).map(a => a.textContent).join()`); cut != "" {
			t.Errorf("%s cuts %s off the navigation", path, cut)
		}
	}
}

// TestForcedColours: what parts the crumbs is a letter, not a block.
func TestForcedColours(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	rosa.visit(rosa.owns("forced-colours", "Forced colours", "3") + ideaPath + "/gate")
	if _, err := chromedp.Call(rosa.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}},
	}); err != nil {
		t.Fatal(err)
	}
	if got := eval[string](rosa, `getComputedStyle(document.querySelector('.crumbs li + li'), '::before').backgroundColor`); !strings.HasPrefix(got, "rgba(") { // a colour without any alpha covers the letter
		t.Errorf("the breadcrumb's slash stands on %s", got)
	}
}
