package main

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/web/static"
	"github.com/slipway-prr/slipway/web/ui"
)

const (
	projectPath = "/projects/ledger-api"
	stagePath   = projectPath + "/stages/security"
)

var (
	stageNames = [...]string{
		"Ideation and rapid prototyping", "Prototype evaluation and validation", "Architecture redesign for production",
		"Code refactoring and standardization", "DevOps and CI/CD pipeline setup", "Infrastructure and environment setup",
		"Security and compliance", "Performance testing and optimization", "Deployment and release management",
		"Post-production monitoring and maintenance",
	}
	stageShort = [...]string{"Prototype", "Evaluate", "Architect", "Refactor", "Pipeline", "Infra", "Security", "Perform", "Release", "Operate"}
	stageKeys  = [...]string{"prototype", "evaluation", "architecture", "refactoring", "pipeline", "infrastructure", "security", "performance", "release", "operation"}
	names      = [...]string{"Ana Ruiz", "Ben Okafor", "Chiara Conti", "David Lindqvist", "Emi Tanaka", "Farid Haddad", "Grace Mbeki", "Hugo Martin"}
)

// demo is what every page is drawn from.
type demo struct {
	now   time.Time
	meta  ui.PageMeta
	items []ui.ItemRow
}

func newDemo(now time.Time, files *static.Files) *demo {
	d := &demo{now: now, items: demoItems()}
	d.meta = ui.PageMeta{
		Person: "Ana Ruiz", Waiting: 3, CanCreate: true, Version: "0.1.0", Path: "/",
		Assets: ui.Assets{CSS: files.URL(static.CSS), JS: files.URL(static.JS), HTMX: files.URL(static.HTMX), Icon: files.URL(static.Icon)},
	}
	return d
}

func (d *demo) themed(r *http.Request) demo {
	c := *d
	c.meta.Path = r.URL.Path
	if cookie, err := r.Cookie("theme"); err == nil {
		c.meta.Theme = ui.Theme(cookie.Value)
	}
	if t := r.URL.Query().Get("theme"); t != "" {
		c.meta.Theme = ui.Theme(t)
	}
	return c
}

// page is the frame's input for one page.
func (d demo) page(title string, nav ui.NavItem, width ui.Width) ui.PageMeta {
	m := d.meta
	m.Title, m.Nav, m.Width = title, nav, width
	return m
}

func (d demo) ago(h int) time.Time { return d.now.Add(-time.Duration(h) * time.Hour) }

// demoItems is a list of 120 in the mixture a real stage has half way through.
func demoItems() []ui.ItemRow {
	rows := make([]ui.ItemRow, len(specimens))
	for i, s := range specimens {
		key := "item-" + strconv.Itoa(i+1)
		rows[i] = ui.ItemRow{
			Key: key, Href: stagePath + "/items/" + key, Version: 1 + i%4, Level: s.level, Title: s.title,
			State: ui.Open, Answer: ui.AnswerOpen,
		}
		dress(&rows[i], i)
	}
	return rows
}

func dress(r *ui.ItemRow, i int) {
	link := func(title string) ui.ItemLink {
		return ui.ItemLink{Title: title, URL: "https://git.example.com/ledger/api/-/blob/main/docs/" + r.Key + ".md"}
	}
	if i%2 == 0 {
		r.Assignee = names[i%len(names)]
	}
	switch i % 10 {
	case 0, 1, 2, 5, 6, 8:
		r.State, r.Answer = ui.Met, ui.AnswerMet
		r.Evidence = []ui.ItemLink{link([]string{"Scan report", "Key register", "Access test run", "Threat model", "Runbook", "ADR 14"}[i%6])}
		if i%20 == 6 {
			r.Evidence = append(r.Evidence, link("Q3 audit"), link("Ticket 881"), link("Export"))
		}
		if i%20 == 8 {
			r.State, r.Flags = ui.Warn, []ui.ItemFlag{{State: ui.Warn, Text: "Evidence expires in 5 days", Anchor: "evidence"}}
		}
	case 3:
		r.State, r.Answer, r.Note = ui.Bad, ui.AnswerNotMet, "Two endpoints still accept TLS 1.1; fix planned with the gateway upgrade."
	case 4:
		r.State, r.Answer, r.Note = ui.NA, ui.AnswerNotApplicable, "No health data is held."
		if i%20 == 4 {
			r.Flags = []ui.ItemFlag{{State: ui.Wait, Text: "N/A waits for approval", Anchor: "answer"}}
		}
	case 7:
		if i%20 == 7 {
			r.State, r.Flags = ui.Waived, []ui.ItemFlag{{State: ui.Waived, Text: "Waived until 3 Mar", Anchor: "waiver"}}
		}
	case 9:
		r.Flags = []ui.ItemFlag{{State: ui.Warn, Text: "Needs evidence", Anchor: "evidence"}}
	}
}

// answer plays the server's part of a tick: item 13 always meets another's change, item 17 a failure, item 19 an ended session.
func (d *demo) answer(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("HX-Request") == "" {
		http.Redirect(w, r, stagePath+"#item-"+r.PathValue("item"), http.StatusSeeOther)
		return
	}
	var row ui.ItemRow
	for _, i := range d.items {
		if i.Key == r.PathValue("item") {
			row = i
		}
	}
	switch row.Key {
	case "item-13":
		row.Version++
		row.State, row.Answer = ui.Bad, ui.AnswerNotMet
		row.Conflict = &ui.RowConflict{By: "Ben Okafor", When: "2 minutes ago", MineAnswer: r.FormValue("answer"), MineNote: r.FormValue("note")}
		w.WriteHeader(http.StatusConflict)
	case "item-17":
		http.Error(w, "out of order", http.StatusInternalServerError)
		return
	case "item-19":
		http.Error(w, "signed out", http.StatusUnauthorized)
		return
	default:
		row.Version++
		row.Answer, row.Flags = r.FormValue("answer"), nil
		row.State = ui.AnswerState(row.Answer)
		if _, typed := r.Form["note"]; typed {
			row.Note = r.FormValue("note")
		}
	}
	_ = ui.Row(row).Render(r.Context(), w)
	_ = ui.StageProgress(43, 61, 18, 40, true).Render(r.Context(), w)
}

func (d demo) track() []ui.StageSegment {
	states := [...]ui.State{ui.Met, ui.Met, ui.Met, ui.Warn, ui.Met, ui.Wait, ui.Part, ui.Open, ui.None, ui.None}
	words := [...]string{"Passed", "Passed", "Passed", "Changed", "Passed", "Waiting", "Under way", "Open", "Not begun", "Not begun"}
	done := [...]int{14, 15, 22, 9, 13, 16, 42, 2, 0, 0}
	total := [...]int{14, 15, 22, 10, 13, 16, 61, 11, 13, 12}
	track := make([]ui.StageSegment, len(stageNames))
	for i := range track {
		track[i] = ui.StageSegment{
			Number: i + 1, Name: stageNames[i], Href: projectPath + "/stages/" + stageKeys[i],
			State: states[i], Word: words[i], Done: done[i], Total: total[i], Current: i == 6,
		}
	}
	return track
}

func (d demo) blockers() []ui.Blocker {
	return []ui.Blocker{
		{State: ui.Warn, What: "Stage 4 changed after sign-off: 2 items, 1 evidence link", Href: projectPath + "/stages/refactoring/gate", Owner: "Ana Ruiz", Since: d.ago(3)},
		{State: ui.Bad, What: "Test each endpoint for access control, input abuse and rate limits", Href: stagePath + "/items/item-4", Owner: "Chiara Conti", Since: d.ago(74)},
		{State: ui.Wait, What: "Stage 6 waits for the SRE seat", Href: projectPath + "/stages/infrastructure/gate", Owner: "Emi Tanaka", Since: d.ago(150)},
		{State: ui.Warn, What: "Pen-test report expires in 5 days", Href: stagePath + "/items/item-9#evidence", Owner: "", Since: d.ago(30)},
	}
}

func (d demo) entries() []ui.Entry {
	return []ui.Entry{
		{State: ui.Met, Who: "Ana Ruiz", What: "answered met:", Href: stagePath + "/items/item-3", Thing: "Enforce current TLS on external and internal connections", At: d.ago(0)},
		{State: ui.Bad, Who: "Chiara Conti", What: "returned the gate of", Href: projectPath + "/stages/refactoring/gate", Thing: "Code refactoring and standardization", Why: "The module map still shows the old billing package. Please redraw it, then ask again.", At: d.ago(5)},
		{State: ui.Waived, Who: "Grace Mbeki", What: "granted a waiver until 3 March for", Href: stagePath + "/items/item-8", Thing: "Complete the ISO 27001 module", Why: "Risk accepted while the scope is being redrawn; the old certificate covers hosting.", At: d.ago(26)},
		{State: ui.Part, Who: "Ben Okafor", What: "added evidence to", Href: stagePath + "/items/item-2", Thing: "Encrypt stored data and copies of it", At: d.ago(29)},
		{State: ui.Wait, Who: "Ana Ruiz", What: "asked for sign-off of", Href: projectPath + "/stages/infrastructure/gate", Thing: "Infrastructure and environment setup", At: d.ago(150)},
		{State: ui.Met, Who: "Emi Tanaka", What: "signed go as SRE on", Href: projectPath + "/stages/pipeline/gate", Thing: "DevOps and CI/CD pipeline setup", At: d.ago(400)},
	}
}

// portfolioRow is one project of the portfolio.
type portfolioRow struct {
	Key, Name, Team, Owner string
	Tier                   int
	Target                 time.Time
	Cells                  []ui.HeatCell
}

func (d demo) portfolio() []portfolioRow {
	first := [...]string{"Ledger", "Payments", "Catalogue", "Search", "Identity", "Notify", "Quotes", "Invoices", "Claims", "Routing"}
	second := [...]string{"API", "portal", "worker", "gateway", "mobile app"}
	teams := [...]string{"Core banking", "Storefront", "Platform", "Data", "Field tools", "Trust"}
	rows := make([]portfolioRow, 50)
	for i := range rows {
		rows[i] = portfolioRow{
			Key: fmt.Sprintf("p-%d", i+1), Name: first[i%10] + " " + second[i/10], Team: teams[(i*7)%6], Owner: names[(i*3)%8], Tier: 1 + i%3,
			Target: d.now.AddDate(0, 0, i*9-40), Cells: cells(i),
		}
	}
	return rows
}

func cells(i int) []ui.HeatCell {
	at := (i*7 + 3) % 11
	out := make([]ui.HeatCell, len(stageNames))
	defer func() {
		for s := range out {
			out[s].Href = fmt.Sprintf("/projects/p-%d/stages/%s", i+1, stageKeys[s])
			out[s].Name = stageShort[s] + ": " + out[s].Name
		}
	}()
	for s := range out {
		switch {
		case s < at && (i+s)%17 == 5:
			out[s] = ui.HeatCell{State: ui.Warn, Name: "Changed"}
		case s < at:
			out[s] = ui.HeatCell{State: ui.Met, Name: "Passed"}
		case s == at && i%5 == 0:
			out[s] = ui.HeatCell{State: ui.Wait, Name: "Waiting"}
		case s == at && i%9 == 4:
			out[s] = ui.HeatCell{State: ui.Bad, Name: "Returned"}
		case s == at && i%16 == 9:
			out[s] = ui.HeatCell{State: ui.Hold, Name: "On hold"}
		case s <= at+1:
			out[s] = ui.HeatCell{State: ui.Part, Done: (i*3 + s) % 14, Total: 14 + (i+s)%6}
		default:
			out[s] = ui.HeatCell{State: ui.None, Name: "Not begun"}
		}
	}
	return out
}

func (d demo) signedOut(title string) ui.PageMeta {
	m := d.page(title, ui.NavNone, ui.Slim)
	m.Person = ""
	return m
}

func (d demo) failed(title string, errors int) ui.PageMeta {
	m := d.page(title, ui.NavNone, ui.Slim)
	m.ErrorCount = errors
	return m
}
