package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// thing is something on the page as a person would name it: by what it is and
// what it says. within narrows the search to a part of the page.
type thing struct {
	Role   string `json:"role"`
	Name   string `json:"name"`
	Within string `json:"within"`
}

func button(name string) thing  { return thing{Role: "button", Name: name} }
func link(name string) thing    { return thing{Role: "link", Name: name} }
func field(name string) thing   { return thing{Role: "field", Name: name} }
func summary(name string) thing { return thing{Role: "summary", Name: name} }

// in looks only inside the parts of the page that match a selector.
func (w thing) in(selector string) thing {
	w.Within = selector
	return w
}

func (w thing) String() string {
	if w.Within != "" {
		return fmt.Sprintf("the %s %q in %s", w.Role, w.Name, w.Within)
	}
	return fmt.Sprintf("the %s %q", w.Role, w.Name)
}

// eyes finds things in a page. The browser lets us look even where the page's
// own scripts may not run.
const eyes = `(() => {
	const norm = s => (s || '').replace(/\s+/g, ' ').trim()
	const roles = {
		button: 'button,input[type=submit]', link: 'a[href]', summary: 'summary',
		field: 'input:not([type=hidden]),textarea,select',
	}
	const words = el => {
		if (!el.querySelector('[aria-hidden=true]')) return norm(el.innerText || el.textContent)
		const copy = el.cloneNode(true)
		for (const hidden of copy.querySelectorAll('[aria-hidden=true]')) hidden.remove()
		return norm(copy.textContent)
	}
	const nameOf = el => norm(el.getAttribute('aria-label')) || words(el.labels?.length ? el.labels[0] : el)
	const seen = el => el.checkVisibility({ visibilityProperty: true }) && el.getClientRects().length > 0
	const find = ({ role, name, within }) => {
		const roots = within ? [...document.querySelectorAll(within)] : [document]
		const all = roots.flatMap(r => [...r.querySelectorAll(roles[role])]).filter(seen)
		return all.find(el => nameOf(el) === name) || all.find(el => nameOf(el).startsWith(name))
	}
	// A point where a click reaches the thing, or why there is none.
	const point = w => {
		const el = find(w)
		if (!el) return { why: 'is not on the page' }
		el.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' })
		const r = el.getClientRects()[0], x = r.left + r.width / 2, y = r.top + r.height / 2
		const hit = document.elementFromPoint(x, y)
		if (hit && (el.contains(hit) || [...(el.labels || [])].some(l => l.contains(hit)))) return { x, y, ok: true }
		return { why: 'is covered by ' + (hit ? hit.outerHTML.slice(0, 120) : 'nothing: it is outside the window') }
	}
	// Whether keyboard users see where they are: the focus has an outline or a ring, and something of it is in sight.
	const focus = wanted => {
		const el = document.activeElement, to = wanted && find(wanted)
		if (!el || el === document.body) return { at: 'nowhere' }
		const s = getComputedStyle(el), r = el.getBoundingClientRect()
		const inner = !el.matches(':focus') // a part of a date field, which the browser marks itself
		const ring = inner || s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none'
		const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].map(([a, b]) => [r.left + r.width * a, r.top + r.height * b])
		const inSight = points.some(([x, y]) => { const hit = document.elementFromPoint(x, y); return hit && (el.contains(hit) || hit.contains(el) && hit !== document.documentElement && hit !== document.body || [...(el.labels || [])].some(l => l.contains(hit))) })
		const sameGroup = !!to && to !== el && to.type === 'radio' && el.type === 'radio' && el.name === to.name && el.form === to.form
		return { at: el.tagName.toLowerCase() + ' ' + nameOf(el).slice(0, 60), path: location.pathname, ring, inSight, here: el === to, sameGroup }
	}
	const says = (text, within) => [...document.querySelectorAll(within || 'body')].some(el => seen(el) && norm(el.innerText).toLowerCase().includes(norm(text).toLowerCase()))
	return { find, point, focus, says, nameOf }
})()`

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and plain structs
	}
	return string(b)
}

// press clicks the thing, or reaches it with Tab and presses a key. It does
// not wait for what follows.
func (p *person) press(w thing) {
	p.t.Helper()
	if p.keys {
		p.tabTo(w)
		p.key(keyFor(w))
		return
	}
	p.click(w)
}

func keyFor(w thing) string {
	if w.Role == "field" {
		return " "
	}
	return kb.Enter
}

// follow presses a thing that leads to another page, and waits for that page.
func (p *person) follow(w thing) {
	p.t.Helper()
	p.leave(w.String(), func() { p.press(w) })
}

// leave waits for the page that an act leads to.
func (p *person) leave(what string, act func()) {
	p.t.Helper()
	eval[bool](p, `window.leaving = true`)
	act()
	p.until(`!window.leaving && document.readyState === 'complete'`, func() string { return what + " led nowhere" })
}

func (p *person) click(w thing) {
	p.t.Helper()
	at := p.pointAt(w)
	p.do("clicking "+w.String(), chromedp.MouseClickXY(at.X, at.Y))
}

// clickSlowly holds the button of the mouse down for a while, as a hand does.
func (p *person) clickSlowly(w thing) {
	p.t.Helper()
	at := p.pointAt(w)
	p.do("pressing "+w.String(), chromedp.MouseEvent(chromedp.MousePressed, at.X, at.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	time.Sleep(500 * time.Millisecond)
	p.do("letting go", chromedp.MouseEvent(chromedp.MouseReleased, at.X, at.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
}

type spot struct {
	X, Y float64
	OK   bool
	Why  string
}

// pointAt moves the mouse to where a press reaches w.
func (p *person) pointAt(w thing) spot {
	p.t.Helper()
	var at spot
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		got, err := tell[spot](p, eyes+`.point(`+asJSON(w)+`)`)
		if err == nil {
			at = got
		}
		if at.OK {
			break
		}
		if time.Now().After(deadline) {
			p.screenshot("failed-" + strings.ReplaceAll(p.t.Name(), "/", "-"))
			p.t.Fatalf("%s %s (%v)\nat %s", w, at.Why, err, p.where())
		}
	}
	p.do("pointing at "+w.String(), chromedp.MouseEvent(chromedp.MouseMoved, at.X, at.Y))
	return at
}

// fill replaces what stands in a field. That letters stay letters there is
// [TestShortcutsOfTheChecklist]'s business; one at a time they would take long.
func (p *person) fill(w thing, text string) {
	p.t.Helper()
	if p.keys {
		p.tabTo(w)
	} else {
		p.click(w)
	}
	p.key("a", kb.ModifierCtrl)
	p.do("typing", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
	p.until(eyes+`.find(`+asJSON(w)+`)?.value === `+asJSON(text), func() string { return fmt.Sprintf("%s did not take %q", w, text) })
}

// choose takes an option of a list by the words it begins with, as everybody
// can: go there and type them.
func (p *person) choose(w thing, option string) {
	p.t.Helper()
	if p.keys {
		p.tabTo(w)
	} else {
		eval[chromedp.Void](p, eyes+`.find(`+asJSON(w)+`).focus()`) // a click would open the system's own list
	}
	p.typeText(option)
	p.until(eyes+`.find(`+asJSON(w)+`)?.selectedOptions[0]?.label.startsWith(`+asJSON(option)+`)`,
		func() string { return fmt.Sprintf("%s did not take %q", w, option) })
}

// pick takes a radio button or ticks a box.
func (p *person) pick(w thing) {
	p.t.Helper()
	if p.keys {
		p.tabTo(w)
		if eval[bool](p, `!document.activeElement.checked`) {
			p.key(" ")
		}
	} else {
		p.click(w)
	}
	p.until(eyes+`.find(`+asJSON(w)+`)?.checked === true`, func() string { return w.String() + " was not taken" })
}

// tabTo presses Tab until the thing has the focus, and looks whether the focus
// can be seen at each stop. From the top of a page it skips the navigation, as
// everybody would. Within a group of radio buttons it takes the arrows, as
// there is one stop for all of them.
func (p *person) tabTo(w thing) {
	p.t.Helper()
	p.until(`!!`+eyes+`.find(`+asJSON(w)+`)`, func() string { return w.String() + " is not on the page" })
	if eval[bool](p, `document.activeElement === document.body && !!`+eyes+`.find(`+asJSON(w)+`).closest('#main')`) {
		p.key(kb.Tab)
		p.lookAtFocus()
		if eval[bool](p, `document.activeElement.matches('.skip')`) { // not where an address led into the page
			p.key(kb.Enter)
		}
	}
	for range 300 {
		f := eval[focused](p, eyes+`.focus(`+asJSON(w)+`)`)
		p.judge(f)
		switch {
		case f.Here:
			return
		case f.SameGroup:
			p.key(kb.ArrowDown)
		default:
			p.key(kb.Tab)
		}
	}
	p.t.Fatalf("Tab does not lead to %s\nat %s", w, p.where())
}

// focused is where the focus is, and whether that can be seen.
type focused struct {
	At, Path        string
	Ring, InSight   bool
	Here, SameGroup bool // at what is looked for, or at another radio button of its group
}

func (p *person) lookAtFocus() {
	p.t.Helper()
	p.judge(eval[focused](p, eyes+`.focus()`))
}

func (p *person) judge(f focused) {
	p.t.Helper()
	if f.At == "nowhere" { // between the end of the page and its beginning
		return
	}
	if !f.Ring {
		p.t.Errorf("the focus cannot be seen at %s, %s", f.At, f.Path)
	}
	if !f.InSight {
		p.t.Errorf("the focus is hidden behind something at %s, %s", f.At, f.Path)
	}
}

// key presses one key as a keyboard does: the character appears only where the
// page has not taken the key for itself.
func (p *person) key(key string, modifiers ...chromedp.Modifier) {
	p.t.Helper()
	k, ok := kb.Keys[[]rune(key)[0]]
	if !ok {
		p.t.Fatalf("no keyboard has the key %q", key)
	}
	down := input.DispatchKeyEventParams{
		Type: input.DispatchKeyEventTypeKeyDown, Key: k.Key, Code: k.Code, WindowsVirtualKeyCode: k.Windows, NativeVirtualKeyCode: k.Native,
		Text: k.Text, UnmodifiedText: k.Unmodified,
	}
	if k.Shift {
		down.Modifiers |= int64(kb.ModifierShift)
	}
	for _, m := range modifiers {
		down.Modifiers |= int64(m)
		down.Text = "" // a shortcut writes nothing
		if m == kb.ModifierCtrl && key == "a" {
			down.Commands = []string{"selectAll"}
		}
	}
	up := down
	up.Type, up.Text, up.UnmodifiedText, up.Commands = input.DispatchKeyEventTypeKeyUp, "", "", nil
	p.do("pressing "+k.Key, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, down); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, input.DispatchKeyEvent, up)
		return err
	}))
}

func (p *person) typeText(text string) {
	p.t.Helper()
	for _, r := range text {
		p.key(string(r))
	}
}
