package e2e

import (
	"archive/zip"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	chromium "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// The three people for whom decisions have to hold: who signs, who chases what
// is in the way, and who gets only the file years later.

// inDays is a day from today, as a date field has it.
func inDays(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly) }

func TestApproverSignsTheDifference(t *testing.T) {
	t.Parallel()
	rosa, tom := arrives(somebody(t), "rosa"), arrives(somebody(t), "tom")
	project := rosa.owns("ebb-and-flow", "Ebb and flow", "3")
	gate, note := project+ideaPath+"/gate", "Second objective dropped."
	queued := `tr:has(a[href="` + project + `"])`
	rosa.meetsMusts(project, "3")
	rosa.asks(project)

	tom.visit("/sign-offs")
	tom.seeIn(queued, "Product")
	tom.missIn(queued, "Changed since you signed")
	tom.follow(link(idea).in(queued))
	tom.missIn("main", "Changed since you signed")
	tom.decides("Approve as Product")
	tom.see("Your signature is recorded")

	// The team changes what he signed. His queue tells it from a gate that he has yet to read.
	rosa.send(project+ideaPath+"/items/"+success+"/answer", url.Values{"answer": {"met"}, "note": {note}, "version": {"1"}})
	tom.visit("/")
	tom.seeIn("#gates", "Ebb and flow changed since you signed")
	tom.follow(link("Sign-offs").in("nav"))
	tom.seeIn(queued, "Changed since you signed")
	tom.follow(link(idea).in(queued))

	// One glance and one click: the difference stands first, and what he chose is chosen.
	tom.until(`document.querySelector('main h2').textContent === 'Changed since you signed'`, func() string { return "the difference does not stand first" })
	tom.seeIn("#changed", note)
	tom.seeIn("#changed", "Rosa Almeida")
	if n := eval[int](tom, `document.querySelectorAll('#changed li').length`); n != 1 {
		t.Errorf("%d things changed, not 1", n)
	}
	tom.follow(button("Sign again as Product"))
	tom.see("Your signature is recorded")
	tom.visit("/sign-offs")
	tom.missIn("main", "Ebb and flow")

	// Priya built something like it before, and says so instead of signing.
	priya := arrives(somebody(t), "priya")
	priya.visit(gate)
	priya.fill(field("Note"), "I advised the vendor last year.")
	priya.decides("Recuse myself")
	priya.seeIn("#seats", "I advised the vendor last year.")
	if priya.has(button("Record decision")) {
		t.Error("whoever recused herself may sign")
	}
	priya.visit("/sign-offs")
	priya.missIn("main table", "Ebb and flow")
	priya.seeIn("#barred", "Ebb and flow")
}

func TestOwnerClearsTheWay(t *testing.T) {
	t.Parallel()
	rosa, tom, priya := arrives(somebody(t), "rosa"), arrives(somebody(t), "tom"), arrives(somebody(t), "priya")
	project := rosa.owns("low-tide", "Low tide", "3")
	stage := project + ideaPath
	gate, item := stage+"/gate", stage+"/items/"+threats
	rosa.meetsMusts(project, "3")
	rosa.send(item+"/answer", url.Values{"answer": {"not-met"}, "note": {"Security has no time before May."}, "version": {"1"}})

	// A must stands in the way. Rosa asks for leave to pass without it.
	rosa.visit(gate)
	rosa.seeIn("#blockers", "1 item missing")
	rosa.seeIn("#items", "Required, not met")
	rosa.follow(link("Make a first threat sketch").in("#items"))
	rosa.at(item)
	rosa.unfold("Ask for a waiver")
	form := `form[action$="/waivers"]`
	rosa.fill(field("Reason").in(form), "Security is booked out.")
	rosa.fill(field("Risk").in(form), "An attack that nobody thought of.")
	rosa.fill(field("Mitigation").in(form), "The pilot has ten users whom we know.")
	rosa.paste(field("Until").in(form), inDays(40))
	rosa.follow(button("Ask for the waiver"))
	rosa.seeIn("#waiver", "somebody else than Rosa Almeida")
	if rosa.has(button("Grant the waiver")) {
		t.Error("whoever asks for a waiver may grant it")
	}

	// Tom decides on it where all that wait for him stand together.
	tom.visit("/")
	tom.seeIn("#waivers", "Low tide")
	tom.follow(link("Decide in the register"))
	row := `tr:has(a[href="` + project + `"])`
	tom.unfold("Decide: Security is booked out.")
	tom.seeIn(row, "The pilot has ten users whom we know.")
	tom.fill(field("Reason").in(row), "Ten users are few enough.")
	tom.follow(button("Grant the waiver").in(row))
	tom.see("The waiver is granted")

	// It is in force wherever somebody would look.
	rosa.reload()
	rosa.seeIn("#waiver", "Waived until")
	rosa.visit(gate)
	rosa.missIn("main", "Blockers")
	rosa.seeIn("#waivers", "Ten users are few enough.")
	rosa.visit(project + "/report")
	rosa.seeIn("#stage-idea", "The pilot has ten users whom we know.")
	rosa.visit(gate)
	rosa.follow(button("Request sign-off"))

	// Tom lets it through on a condition, which Rosa meets and he confirms.
	tom.visit(gate)
	form = ".if-conditional"
	tom.pick(field("Approve with conditions"))
	tom.fill(field("What has to be done").in(form), "Show the sketch to Security.")
	tom.choose(field("By whom").in(form), "Rosa Almeida")
	tom.paste(field("By when").in(form), inDays(20))
	tom.follow(button("Record decision"))
	tom.see("Your signature is recorded")
	priya.visit(gate)
	priya.decides("Approve")
	priya.see("Passed with conditions")
	rosa.visit("/")
	rosa.follow(link("Show the sketch to Security.").in("#conditions"))
	rosa.unfold("Report it as met")
	rosa.fill(field("").in(`form[action$="/conditions/1/met"]`), "Sam has seen it.")
	rosa.follow(button("Report condition 1 as met"))
	rosa.seeIn("#conditions", "Reported as met")
	rosa.see("Passed with conditions")
	tom.visit("/")
	tom.follow(link("Show the sketch to Security.").in("#confirm"))
	tom.seeIn("#conditions", "Sam has seen it.")
	tom.follow(button("Confirm condition 1"))
	tom.see("The gate has passed")
	rosa.visit(project + "/report")
	rosa.seeIn("#stage-idea", "Confirmed")
	rosa.seeIn("#readiness tbody tr:first-child", "Passed")
}

func TestAuditorGetsOnlyTheBundle(t *testing.T) {
	t.Parallel()
	noor := arrives(somebody(t), "noor")
	const gate = "/projects/invoice-archive/stages/idea/gate"

	// What the server shows: the trail by person, the gate as it was, what has changed since.
	noor.visit("/projects/invoice-archive/history?who=Jonas")
	noor.visit("/projects/invoice-archive/compare")
	noor.follow(link("Since the review started"))
	noor.seeIn("main", "Idea and first prototype")
	noor.visit(gate + "?at=" + inDays(-85))
	noor.see("As it was on")
	noor.miss("The gate has passed")
	noor.follow(link("Back to now"))
	noor.see("The gate has passed")

	// What is left without it: a file and a public key.
	bundle := noor.download(link("Download the proof bundle"))
	key := site.run(t, "key")
	said, err := verifyBundle(bundle, strings.TrimSpace(key))
	if err != nil {
		t.Fatalf("the bundle is refused: %v\n%s", err, said)
	}
	noor.readsAlone(bundle)

	whole, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	whole[len(whole)/2] ^= 1
	if err := os.WriteFile(bundle, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := verifyBundle(bundle, strings.TrimSpace(key)); err == nil {
		t.Errorf("a bundle with a bit turned is believed:\n%s", said)
	} else if !strings.Contains(said, "does not hold") && !strings.Contains(said, "byte") {
		t.Errorf("the refusal does not say what is wrong:\n%s", said)
	}
}

// readsAlone opens the page of a bundle from a folder, where no server is.
func (p *person) readsAlone(bundle string) {
	p.t.Helper()
	z, err := zip.OpenReader(bundle)
	if err != nil {
		p.t.Fatal(err)
	}
	defer z.Close()
	f, err := z.Open("report.html")
	if err != nil {
		p.t.Fatal(err)
	}
	defer f.Close()
	html, err := io.ReadAll(f)
	if err != nil {
		p.t.Fatal(err)
	}
	path := filepath.Join(filepath.Dir(bundle), "report.html")
	if err := os.WriteFile(path, html, 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.do("opening the report of the bundle", chromedp.Navigate("file://"+path))
	p.see("Invoice Archive")
	p.see("Tom Okafor")
	p.accessible("the report of a bundle", everyRule)
	p.noSideways("the report of a bundle")
	if n := eval[int](p, `performance.getEntriesByType('resource').length + document.scripts.length`); n != 0 {
		p.t.Errorf("the report of a bundle loads or runs %d things", n)
	}
}

// download follows a link to a file and returns where it was kept.
func (p *person) download(w thing) string {
	p.t.Helper()
	info, err := chromedp.Call(p.ctx, target.GetTargetInfo, target.GetTargetInfoParams{})
	if err != nil {
		p.t.Fatalf("asking for the browser's context: %v", err)
	}
	dir := p.t.TempDir()
	_, err = chromedp.Call(p.ctx, chromium.SetDownloadBehavior, chromium.SetDownloadBehaviorParams{
		Behavior: chromium.SetDownloadBehaviorBehaviorAllow, BrowserContextID: info.TargetInfo.BrowserContextID, DownloadPath: dir,
	})
	if err != nil {
		p.t.Fatalf("choosing a folder for downloads: %v", err)
	}
	p.press(w)
	var found []string
	if !eventually(patience, func() bool {
		found, _ = filepath.Glob(filepath.Join(dir, "*.zip"))
		return len(found) == 1
	}) {
		p.t.Fatalf("%s was never downloaded", w)
	}
	return found[0]
}

// run runs a command of the binary with the server's own key.
func (w *world) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(w.binary, args...)
	cmd.Env = append(bareEnv(), "SLIPWAY_CHECKPOINT_KEY_FILE="+filepath.Join(w.server.dataDir, "checkpoint.key"))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return string(out)
}

// verifyBundle is all that an auditor needs: the binary, the file, a key.
func verifyBundle(bundle, key string) (said string, err error) {
	cmd := exec.Command(site.binary, "verify", bundle, "--key", key)
	cmd.Env = []string{"PATH=/nowhere"}
	out, err := cmd.CombinedOutput()
	return string(out), err
}
