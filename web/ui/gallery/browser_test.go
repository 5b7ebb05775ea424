package main

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// findChromium is the browser that the checks chose, or else one in PATH; empty: there is none.
func findChromium() string {
	for _, name := range []string{os.Getenv("SLIPWAY_CHROMIUM"), "chromium-headless-shell", "chromium"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// tab opens a fresh gallery in a real browser, with the product's Content-Security-Policy.
func tab(t *testing.T) (context.Context, string) {
	t.Helper()
	path := findChromium()
	if path == "" {
		t.Skip("no chromium in PATH: the script's behaviour needs a real browser (apt-get install chromium)")
	}
	h, err := newGallery(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WindowSize(1280, 900))
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	allocated, closeBrowser := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, closeTab := chromedp.NewContext(allocated)
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	t.Cleanup(func() { cancel(); closeTab(); closeBrowser(); server.Close() })
	return ctx, server.URL
}

func do(t *testing.T, ctx context.Context, what string, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// eventually waits until the expression is true in the page.
func eventually(t *testing.T, ctx context.Context, expr string) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expr))
		if err == nil && ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("never true: %s (last error: %v)", expr, err)
		}
	}
}

// pressed is the word of the answer in force in a row.
func pressed(item string) string {
	return `document.querySelector('#item-` + item + ` [aria-pressed=true]')?.textContent`
}

// press is a key whose own effect the page refuses: chromedp's key events would insert their character all the same, which no keyboard does.
func press(key string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](`document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: '` + key + `', bubbles: true, cancelable: true})), 0`)
}

func TestKeyboardAnswersAnItem(t *testing.T) {
	ctx, base := tab(t)
	do(t, ctx, "opening", chromedp.Navigate(base+stagePath), chromedp.Evaluate[chromedp.Void](`document.querySelector('#item-item-9 a').focus()`))
	do(t, ctx, "keys", chromedp.KeyEvent("j"), chromedp.KeyEvent("m"))
	eventually(t, ctx, pressed("item-10")+` === 'Met'`)
	eventually(t, ctx, `document.activeElement.closest('li')?.id === 'item-item-10'`)
	eventually(t, ctx, `document.querySelector('#stage-progress').textContent.startsWith('43 of 61')`)
	eventually(t, ctx, `document.querySelector('#status').textContent.includes('Met')`)
	do(t, ctx, "reopen", chromedp.KeyEvent("o"))
	eventually(t, ctx, `!document.querySelector('#item-item-10 [aria-pressed=true]')`)
	eventually(t, ctx, `location.pathname === '`+stagePath+`' && history.length < 4`)
}

func TestQuickSecondAnswerWaitsForTheFirst(t *testing.T) {
	ctx, base := tab(t)
	do(t, ctx, "opening", chromedp.Navigate(base+stagePath), chromedp.Evaluate[chromedp.Void](`
		window.posts = 0
		document.addEventListener('htmx:before:request', () => window.posts++)
		const row = document.querySelector('#item-item-10')
		row.querySelector('[value=met]').click()
		row.querySelector('[value=not-met]').click()
		0`))
	eventually(t, ctx, pressed("item-10")+` === 'Not met' && window.posts === 2`)
}

func TestNoteIsTypedInTheRowAndSurvivesAnEndedSession(t *testing.T) {
	ctx, base := tab(t)
	do(t, ctx, "opening", chromedp.Navigate(base+stagePath), chromedp.Evaluate[chromedp.Void](`document.querySelector('#item-item-10 a').focus()`))
	do(t, ctx, "typing a note", press("c"), chromedp.KeyEvent("jam & <b>"), press("Enter"))
	eventually(t, ctx, `document.querySelector('#item-item-10 .nt').textContent === 'jam & <b>'`)
	eventually(t, ctx, `!document.querySelector('#item-item-10 [aria-pressed=true]')`)

	do(t, ctx, "typing where the session has ended", chromedp.Evaluate[chromedp.Void](`document.querySelector('#item-item-19 a').focus()`),
		press("c"), chromedp.KeyEvent("kept"), press("Enter"))
	eventually(t, ctx, `document.querySelector('#item-item-19 .fail')?.textContent.includes('signed out')`)
	do(t, ctx, "coming back", chromedp.Evaluate[chromedp.Void](`document.querySelector('.fail').remove(), 0`), chromedp.Navigate(base+stagePath))
	eventually(t, ctx, `document.querySelector('#item-item-19 textarea')?.value === 'kept'`)
}

func TestFailureKeepsTheRowAndOffersToTryAgain(t *testing.T) {
	ctx, base := tab(t)
	do(t, ctx, "opening", chromedp.Navigate(base+stagePath), chromedp.Click(chromedp.CSS(`#item-item-17 [value=not-met]`)))
	eventually(t, ctx, `document.querySelector('#item-item-17 .fail[role=alert] button')?.textContent === 'Try again'`)
	eventually(t, ctx, `document.querySelector('.bar-msg[role=alert] button')?.textContent === 'Try all again'`)
	do(t, ctx, "succeeding elsewhere", chromedp.Click(chromedp.CSS(`#item-item-10 [value=met]`)))
	eventually(t, ctx, pressed("item-10")+` === 'Met' && document.querySelectorAll('.fail').length === 1`)
	eventually(t, ctx, pressed("item-17")+` === 'Met'`)
	eventually(t, ctx, `!document.querySelector('#item-item-17').ariaBusy`)
}

func TestConflictShowsBothAndCanBeSettled(t *testing.T) {
	ctx, base := tab(t)
	do(t, ctx, "opening", chromedp.Navigate(base+stagePath), chromedp.Click(chromedp.CSS(`#item-item-13 [value=not-applicable]`)))
	eventually(t, ctx, `document.querySelector('#item-item-13 .versus')?.textContent.includes('Ben Okafor')`)
	eventually(t, ctx, `document.querySelector('#item-item-13 .versus [name=answer]').value === 'not-applicable'`)
	do(t, ctx, "keeping theirs", chromedp.Click(chromedp.CSS(`#item-item-13 [data-keep]`)))
	eventually(t, ctx, `!document.querySelector('.versus') && `+pressed("item-13")+` === 'Not met'`)
}

func TestSingleKeysCanBeSwitchedOff(t *testing.T) {
	ctx, base := tab(t)
	do(t, ctx, "opening help", chromedp.Navigate(base+stagePath), chromedp.KeyEvent("?"))
	eventually(t, ctx, `document.querySelector('dialog').open`)
	do(t, ctx, "switching off", chromedp.Click(chromedp.CSS(`dialog input`)), chromedp.Click(chromedp.CSS(`dialog button`)),
		chromedp.Evaluate[chromedp.Void](`document.querySelector('#item-item-10 a').focus()`), chromedp.KeyEvent("m"), chromedp.KeyEvent("?"))
	eventually(t, ctx, `!document.querySelector('dialog').open && !document.querySelector('#item-item-10 [aria-pressed=true]')`)
}

func TestDraftOfAFormComesBackAndCanBeDiscarded(t *testing.T) {
	ctx, base := tab(t)
	page := base + stagePath + "/items/item-3"
	do(t, ctx, "typing", chromedp.Navigate(page), chromedp.SendKeys(chromedp.CSS(`#f-text`), "half a thought"), chromedp.Navigate(page))
	eventually(t, ctx, `document.querySelector('#f-text').value === 'half a thought'`)
	do(t, ctx, "discarding", chromedp.Click(chromedp.CSS(`form[action$=comments] [role=status] button`)), chromedp.Navigate(page))
	eventually(t, ctx, `document.querySelector('#f-text').value === ''`)
}

func TestCellLeadsToItsStage(t *testing.T) {
	ctx, base := tab(t)
	do(t, ctx, "clicking a cell", chromedp.Navigate(base+"/portfolio"), chromedp.Click(chromedp.CSS(`tbody tr:first-child td:nth-of-type(6)`)))
	eventually(t, ctx, `location.pathname === '/projects/p-1/stages/evaluation'`)
}
