package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
)

// visit types an address.
func (p *person) visit(path string) {
	p.t.Helper()
	p.do("opening "+path, chromedp.Navigate(p.origin+path))
}

func (p *person) reload() {
	p.t.Helper()
	p.do("reloading", chromedp.Reload())
}

// see waits until the page says something.
func (p *person) see(text string) {
	p.t.Helper()
	p.seeIn("body", text)
}

// seeIn waits until a part of the page says something.
func (p *person) seeIn(selector, text string) {
	p.t.Helper()
	p.until(eyes+`.says(`+asJSON(text)+`, `+asJSON(selector)+`)`, func() string { return fmt.Sprintf("%s never said %q", selector, text) })
}

// miss makes sure that the page as it stands does not say something.
func (p *person) miss(text string) {
	p.t.Helper()
	p.missIn("body", text)
}

func (p *person) missIn(selector, text string) {
	p.t.Helper()
	if eval[bool](p, eyes+`.says(`+asJSON(text)+`, `+asJSON(selector)+`)`) {
		p.t.Fatalf("%s says %q\nat %s", selector, text, p.where())
	}
}

// at waits until the browser shows an address.
func (p *person) at(path string) {
	p.t.Helper()
	p.until(`location.pathname + location.search === `+asJSON(path)+` && document.readyState === 'complete'`, func() string { return "the browser never came to " + path })
}

// has reports whether something is on the page now.
func (p *person) has(w thing) bool {
	p.t.Helper()
	return eval[bool](p, `!!`+eyes+`.find(`+asJSON(w)+`)`)
}

// screenshot keeps a picture of the window when somebody wants pictures.
func (p *person) screenshot(name string) {
	p.t.Helper()
	p.picture(name, chromedp.CaptureScreenshot())
}

// wholePage keeps a picture of all that scrolling would show.
func (p *person) wholePage(name string) {
	p.t.Helper()
	p.picture(name, chromedp.FullScreenshot(100))
}

func (p *person) picture(name string, take chromedp.Action[[]byte]) {
	p.t.Helper()
	dir := os.Getenv(shotsVar)
	if dir == "" {
		return
	}
	png, err := chromedp.Run(p.ctx, take)
	if err != nil {
		p.t.Errorf("taking the picture %s: %v", name, err)
		return
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".png"), png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// signIn signs in from the page that is open, which has led to the sign-in
// page, and ends where the person wanted to go.
func (p *person) signIn(who string) {
	p.t.Helper()
	p.follow(button("Sign in with your company account"))
	p.pickPerson(who)
}

// pickPerson chooses at the demo's own sign-in page.
func (p *person) pickPerson(who string) {
	p.t.Helper()
	p.see("Pick a demo person")
	p.follow(button(names[who]))
}

// names are the demo people by what they sign in with, as the provider's
// buttons begin.
var names = map[string]string{
	"ada": "Ada Lindqvist", "marcus": "Marcus Webb", "noor": "Noor Haddad", "viktor": "Viktor Novak",
	"tom": "Tom Okafor", "priya": "Priya Raman", "ines": "Inês Duarte", "sam": "Sam Whitlock", "yuki": "Yuki Tanaka",
	"lena": "Lena Vogt", "jonas": "Jonas Berg", "rosa": "Rosa Almeida", "kofi": "Kofi Mensah", "elif": "Elif Demir", "anna": "Anna Kowalska", "raj": "Raj Patel",
}
