package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A laptop's window; the README's pictures have the same size.
const (
	windowWidth  = 1280
	windowHeight = 800
)

// patience is how long a page may take to show what is expected. Other tests
// run at the same time, on few processors.
const patience = 15 * time.Second

// browser is one headless Chromium.
type browser struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func findChromium() (string, error) {
	names := []string{"chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
	if path := os.Getenv(chromiumVar); path != "" {
		names = []string{path}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no browser among %s; these tests need one:\n    apt-get install -y --no-install-recommends chromium fonts-liberation\nor set %s to the path of Chromium or Chrome",
		strings.Join(names, ", "), chromiumVar)
}

func startBrowser(dir string) (*browser, error) {
	path, err := findChromium()
	if err != nil {
		return nil, err
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(filepath.Join(dir, "browser")), chromedp.WindowSize(windowWidth, windowHeight),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "en-US"))
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	allocated, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, _ := chromedp.NewContext(allocated) // ends with its parent
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	return &browser{ctx: ctx, cancel: cancel}, nil
}

func (b *browser) stop() {
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	_ = chromedp.Cancel(ctx) // what does not end by itself is killed below
	b.cancel()
}

// person is somebody at a browser: a tab with a cookie jar of its own.
type person struct {
	t      testing.TB
	ctx    context.Context
	origin string
	keys   bool // works with the keyboard alone
	mute   bool // scripts are switched off

	mu       sync.Mutex
	problems []string // what the browser complained about
}

// somebody opens a browser in which nobody is signed in.
func somebody(t testing.TB) *person { return somebodyAt(t, site.server.origin) }

func somebodyAt(t testing.TB, origin string) *person {
	t.Helper()
	ctx, cancel := chromedp.NewContext(site.browser.ctx, chromedp.WithNewBrowserContext())
	p := &person{t: t, ctx: ctx, origin: origin}
	t.Cleanup(func() {
		cancel()
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, problem := range p.problems {
			t.Errorf("the browser complained: %s", problem)
		}
	})
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatalf("opening a tab: %v", err)
	}
	p.window(windowWidth, windowHeight)
	return p
}

// anotherTab opens a second tab in the same browser, signed in as the first.
func (p *person) anotherTab() *person {
	p.t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	p.t.Cleanup(cancel)
	tab := &person{t: p.t, ctx: ctx, origin: p.origin, keys: p.keys, mute: p.mute}
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		p.t.Fatalf("opening another tab: %v", err)
	}
	tab.window(windowWidth, windowHeight)
	if p.mute {
		tab.withoutScripts()
	}
	return tab
}

// hear takes down what a person would find in the browser's console: errors of
// scripts, and what the Content-Security-Policy refused.
func (p *person) hear(ev any) {
	var problem string
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		problem = e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			problem += " " + x.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type != runtime.ConsoleAPICalledTypeError && e.Type != runtime.ConsoleAPICalledTypeWarning {
			return
		}
		for _, arg := range e.Args {
			problem += " " + string(arg.Value) + arg.Description
		}
	case *log.EventEntryAdded:
		if e.Entry.Level != log.EntryLevelError && e.Entry.Level != log.EntryLevelWarning || expectedAnswer(e.Entry) {
			return
		}
		problem = e.Entry.Text + " " + e.Entry.URL
	default:
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = append(p.problems, problem)
}

// expectedAnswer reports whether an entry only repeats that the server refused
// something, which tests provoke on purpose. A missing file is another matter.
func expectedAnswer(e *log.Entry) bool {
	const says = "Failed to load resource: the server responded with a status of "
	status, ok := strings.CutPrefix(e.Text, says)
	return e.Source == log.EntrySourceNetwork && ok && (status[0] == '4' || strings.HasPrefix(status, "503")) && !strings.Contains(e.URL, "/static/")
}

// do carries out actions of the browser, or ends the test.
func (p *person) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 2*patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// window sets the size of the page.
func (p *person) window(width, height int64) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, chromedp.EmulateViewport(width, height)); err != nil { // the first action of a tab takes no timeout
		p.t.Fatalf("opening a window: %v", err)
	}
}

// withoutScripts switches scripts off for good.
func (p *person) withoutScripts() *person {
	p.t.Helper()
	p.mute = true
	if _, err := chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		p.t.Fatalf("switching scripts off: %v", err)
	}
	return p
}

// onlyKeyboard takes the mouse away.
func (p *person) onlyKeyboard() *person {
	p.keys = true
	return p
}

// prefers sets what the person's system asks for: light or dark.
func (p *person) prefers(scheme string) {
	p.t.Helper()
	p.media("", scheme)
}

func (p *person) media(kind, scheme string) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: kind, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	if err != nil {
		p.t.Fatalf("asking for %s colours: %v", scheme, err)
	}
}

// tell runs an expression in the page. Without the error it is eval.
func tell[T any](p *person, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression))
}

func eval[T any](p *person, expression string) T {
	p.t.Helper()
	v, err := tell[T](p, expression)
	if err != nil {
		p.t.Fatalf("asking the page for %s: %v", short(expression), err)
	}
	return v
}

// until waits until an expression is true in the page, whichever page that is
// by then.
func (p *person) until(expression string, otherwise func() string) {
	p.t.Helper()
	var last error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		ok, err := tell[bool](p, expression)
		if err == nil && ok {
			return
		}
		last = err
		if p.ctx.Err() != nil {
			break
		}
	}
	why := ""
	if last != nil && !errors.Is(last, context.DeadlineExceeded) {
		why = " (" + last.Error() + ")"
	}
	p.screenshot("failed-" + strings.ReplaceAll(p.t.Name(), "/", "-"))
	p.t.Fatalf("%s%s\nat %s", otherwise(), why, p.where())
}

func (p *person) where() string {
	where, err := tell[string](p, `location.href + '\n' + document.body.innerText`)
	if err != nil {
		return "a page that does not answer: " + err.Error()
	}
	if len(where) > 1500 {
		where = where[:1500] + " …"
	}
	return where
}

func short(s string) string {
	if len(s) > 300 {
		return s[:300] + " …"
	}
	return s
}
