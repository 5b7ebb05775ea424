package e2e

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestKilledServer runs before the parallel tests, which then use the server
// that was started again: what a crash leaves behind has to carry a day's work.
func TestKilledServer(t *testing.T) {
	rosa := arrives(somebody(t), "rosa")
	project := rosa.owns("black-out", "Black out", "3")
	rosa.send(project+ideaPath+"/items/"+scope+"/answer", url.Values{"answer": {"met"}, "note": {"before"}, "version": {"0"}})
	rosa.visit(project + ideaPath)

	// Rosa answers as fast as she can while the server dies. The page remembers
	// what it was told is saved.
	eval[chromedp.Void](rosa, `window.saved = 0; (async () => {
		for (let i = 0; i < 100000; i++) {
			const r = await fetch(location.pathname + '/items/`+success+`/answer', {method: 'POST',
				headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: new URLSearchParams({answer: 'met', note: String(i + 1), version: i})})
			if (r.status !== 200) break
			window.saved = i + 1
		}
	})().catch(() => {}); 0`)
	rosa.until(`window.saved >= 10`, func() string { return "the answers are not saved" })
	old := site.server
	if err := old.kill(); err != nil {
		t.Fatal(err)
	}
	if !eventually(stopTime, func() bool { return !running(old.postgres) }) {
		t.Errorf("the server was killed, and its database (process %d) runs on", old.postgres)
	}
	if err := old.complaints(); err != nil {
		t.Error(err)
	}
	saved := eval[int](rosa, `window.saved`)

	begin := time.Now()
	again, err := startServerAt(site.binary, old.dataDir, old.addr)
	if err != nil {
		t.Fatalf("starting again with the same data: %v", err)
	}
	site.server = again
	t.Logf("started again in %v after the crash; %d answers had been saved", time.Since(begin).Round(time.Millisecond), saved)

	// She is still signed in, and finds at least what she was told is saved: the
	// last one may have been saved without the word reaching her.
	rosa.reload()
	rosa.pressed(success, "Met")
	rosa.pressed(scope, "Met")
	rosa.seeIn(row(scope), "before")
	note := eval[string](rosa, `document.querySelector('`+row(success)+` .nt').textContent`)
	if n, err := strconv.Atoi(note); err != nil || n < saved || n > saved+1 {
		t.Errorf("the page shows answer %q after %d were saved", note, saved)
	}
	rosa.forgive("net::ERR") // the answers that were on their way when the server died
}

// forgive forgets complaints that a test provoked.
func (p *person) forgive(about string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept := p.problems[:0]
	for _, problem := range p.problems {
		if !strings.Contains(problem, about) {
			kept = append(kept, problem)
		}
	}
	p.problems = kept
}
