package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/slipway-prr/slipway/web/page"
)

// errNoBrowser says that there is no Chromium to feel a tick in.
var errNoBrowser = errors.New("no chromium in PATH")

// tickScript presses one row's button after the other. A tick is over when the server's row is in place, not only some sign of
// being busy, and the frame after that is on the screen. Times are in milliseconds.
const tickScript = `(async () => {
  const times = []
  const rows = [...document.querySelectorAll('[data-row]')].slice(0, 48).map(r => r.id)
  const painted = () => new Promise(done => requestAnimationFrame(() => {
    const c = new MessageChannel()
    c.port1.onmessage = done
    c.port2.postMessage(0)
  }))
  for (const id of rows) {
    const row = document.getElementById(id)
    const button = row.querySelector('.seg [value=met][aria-pressed=false]') || row.querySelector('.seg [value=open]')
    const before = row.querySelector('.seg').action
    row.scrollIntoView({ block: 'center' })
    await painted()
    const start = performance.now()
    const changed = new Promise((done, fail) => {
      const late = setTimeout(() => fail(new Error(id + ' was not answered')), 5000)
      new MutationObserver((_, o) => {
        const now = document.getElementById(id)?.querySelector('.seg')?.action
        if (now && now !== before) { o.disconnect(); clearTimeout(late); done() }
      }).observe(document.querySelector('.items'), { subtree: true, childList: true })
    })
    button.click()
    await changed
    await painted()
    times.push(performance.now() - start)
  }
  return times
})()`

// tickFelt measures ticks in a real browser, on a page that nobody else uses.
func (p *product) tickFelt(ctx context.Context, path string) (p50, p75 time.Duration, err error) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		browser, err = exec.LookPath("chromium-headless-shell") // the tests' own, which may be the only one
	}
	if err != nil {
		return 0, 0, errNoBrowser
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WindowSize(1280, 900))
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	allocated, closeBrowser := chromedp.NewExecAllocator(ctx, opts...)
	defer closeBrowser()
	tab, closeTab := chromedp.NewContext(allocated)
	defer closeTab()
	tab, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()

	_, port, _ := net.SplitHostPort(p.server.addr)
	origin := "http://" + p.server.addr
	cookie := network.SetCookieParams{Name: "slipway-" + port, Value: p.world.Team[0].Secret, URL: origin}
	if err := chromedp.Do(tab, chromedp.Navigate(origin+page.LoginURL)); err != nil {
		return 0, 0, fmt.Errorf("start a browser: %w", err)
	}
	if _, err := chromedp.Call(tab, network.SetCookie, cookie); err != nil {
		return 0, 0, fmt.Errorf("sign in to the browser: %w", err)
	}
	if err := chromedp.Do(tab, chromedp.Navigate(origin+path)); err != nil {
		return 0, 0, fmt.Errorf("open %s in a browser: %w", path, err)
	}
	millis, err := chromedp.Run(tab, chromedp.Evaluate[[]float64](tickScript, chromedp.EvalAwaitPromise))
	if err != nil {
		return 0, 0, fmt.Errorf("tick in a browser: %w", err)
	}
	if len(millis) < 8 {
		return 0, 0, fmt.Errorf("tick in a browser: only %d rows", len(millis))
	}
	millis = millis[4:] // the first few warm the script up
	slices.Sort(millis)
	at := func(percent int) time.Duration {
		return time.Duration(millis[(len(millis)*percent+99)/100-1] * float64(time.Millisecond))
	}
	return at(50), at(75), nil
}
