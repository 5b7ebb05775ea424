package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/xuri/excelize/v2"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/sheet"
)

// csvRows are the rows of a list that was downloaded, each by its headings.
func (r *reply) csvRows() []map[string]string {
	r.Browser.f.t.Helper()
	if kind := r.Header.Get("Content-Type"); kind != "text/csv; charset=utf-8" {
		r.Browser.f.t.Fatalf("a list of type %q", kind)
	}
	all, err := csv.NewReader(strings.NewReader(r.Body)).ReadAll()
	if err != nil || len(all) == 0 {
		r.Browser.f.t.Fatalf("%d rows: %v", len(all), err)
	}
	var out []map[string]string
	for _, row := range all[1:] {
		m := map[string]string{}
		for i, cell := range row {
			m[all[0][i]] = cell
		}
		out = append(out, m)
	}
	return out
}

func TestThePortfolioAsAFile(t *testing.T) {
	f := newFixture(t)
	f.create("ledger", func(p *review.NewProject) { p.Target = "2020-02-03"; p.Name = "=1+1" })
	f.create("wallet", func(p *review.NewProject) { p.Target = "2199-02-03"; p.Team = "Red" })
	f.create("vault", func(p *review.NewProject) { p.Restricted = true })
	f.fill("member", "wallet", "idea")
	f.requestSignOff("owner", "wallet", "idea")
	page := f.browse("viewer").get("/portfolio?sort=name").want(200)
	link := page.find(`a[download][href$="/export/csv?sort=name"]`)
	if link.Length() != 1 {
		t.Fatal("the page does not offer its list as a file")
	}
	r := f.browse("viewer").get(link.AttrOr("href", "")).want(200)
	rows := r.csvRows()
	if len(rows) != 2 {
		t.Fatalf("%d projects in the file", len(rows))
	}
	ledger, wallet := rows[0], rows[1]
	for what, want := range map[string]string{
		"Project": "'=1+1", "Key": "ledger", "Status": "Active", "Target or next review": "2020-02-03", "Overdue": "yes", "Restricted": "", "Idea": "not begun",
		"Address": f.Origin + "/projects/ledger",
	} {
		if got := ledger[what]; got != want {
			t.Errorf("%s of ledger is %q, want %q", what, got, want)
		}
	}
	if wallet["Overdue"] != "" || wallet["Team"] != "Red" || wallet["Idea"] != "waiting for sign-off" || !strings.HasPrefix(wallet["Blocked by"], "Product and ") || wallet["Blocked since"] != time.Now().UTC().Format(time.DateOnly) {
		t.Errorf("wallet: %q", wallet)
	}
	if name := r.Header.Get("Content-Disposition"); !strings.HasPrefix(name, `attachment; filename="portfolio-20`) || !strings.HasSuffix(name, `.csv"`) || r.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("it is sent as %q, %q", name, r.Header.Get("Cache-Control"))
	}
	if rows := f.browse("viewer").get("/portfolio/export/csv?team=Red&page=7").want(200).csvRows(); len(rows) != 1 || rows[0]["Key"] != "wallet" {
		t.Errorf("narrowed to a team: %q", rows)
	}
	if rows := f.browse("owner").get("/portfolio/export/csv?q=vault").want(200).csvRows(); len(rows) != 1 || rows[0]["Restricted"] != "yes" {
		t.Errorf("the owner of a restricted project gets %q", rows)
	}
	if rows := f.browse("viewer").get("/portfolio/export/csv?q=vault").want(200).csvRows(); len(rows) != 0 {
		t.Errorf("a restricted project is in the file: %q", rows)
	}
	f.browse("viewer").get("/portfolio/export/pdf").want(404)
	f.stranger().get("/portfolio/export/csv").want(303)
}

func TestThePortfolioAsAWorkbook(t *testing.T) {
	f := newFixture(t)
	f.create("wallet", func(p *review.NewProject) { p.Target = "2199-02-03"; p.Name = "=1+1" })
	r := f.browse("viewer").get("/portfolio/export/xlsx").want(200)
	book, err := excelize.OpenReader(bytes.NewReader([]byte(r.Body)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Portfolio")
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	if rows[0][0] != "Project" || rows[1][0] != "=1+1" || rows[1][3] != "2199-02-03" {
		t.Errorf("%q", rows)
	}
}

// What breaks before anything was sent is a page that says so; after that, the connection
// breaks, lest half a list passes for a whole one.
func TestListsThatBreak(t *testing.T) {
	f := newFixture(t)
	send := func(rows int) (code int, aborted bool) {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
		route := chi.NewRouteContext()
		route.URLParams.Add(tableParam, string(sheet.CSV))
		r = r.WithContext(context.WithValue(r.Context(), chi.RouteCtxKey, route))
		defer func() {
			code, aborted = w.Code, recover() == http.ErrAbortHandler
		}()
		err := f.sendTable(w, r, func(t *table) error {
			if err := t.begin("list", "List", []sheet.Column{{Title: "A"}}); err != nil {
				return err
			}
			for range rows {
				if err := t.Row(strings.Repeat("x", 100)); err != nil {
					return err
				}
			}
			return review.ErrNotFound
		})
		if err == nil || w.Body.Len() > 0 {
			t.Errorf("%d rows: %v with %d bytes sent", rows, err, w.Body.Len())
		}
		return w.Code, false
	}
	if _, aborted := send(1); aborted {
		t.Error("a short list that breaks gets no page that says so")
	}
	if _, aborted := send(5000); !aborted {
		t.Error("a long list that breaks ends as if it were whole")
	}
}

func TestFilesOfManyProjects(t *testing.T) {
	f := newFixture(t)
	for i := range 60 {
		f.create(fmt.Sprintf("project-%02d", i), func(p *review.NewProject) { p.Tier = plan.TierStarter })
	}
	if rows := f.browse("viewer").get("/portfolio/export/csv?tier=3&sort=-name").want(200).csvRows(); len(rows) != 60 || rows[0]["Key"] != "project-59" {
		t.Errorf("%d projects, first %q", len(rows), rows[0]["Key"])
	}
}

func TestItemsAsAFile(t *testing.T) {
	f := newFixture(t)
	f.create("wallet", func(p *review.NewProject) {})
	f.fill("member", "wallet", "idea")
	report := f.browse("viewer").get("/projects/wallet/report").want(200)
	href := report.find(`a[download][href$="/items/export/csv"]`).AttrOr("href", "")
	r := f.browse("viewer").get(href).want(200)
	rows := r.csvRows()
	listed := report.find("section[id^=stage-] table:has(th:contains('Item and note')) tbody tr").Length()
	if listed == 0 || len(rows) != listed {
		t.Fatalf("%d rows, and the report has %d items", len(rows), listed)
	}
	answered := rows[0] // the first of the checklist
	if answered["Key"] != "success-written-down" || answered["Answer"] != "Met" || answered["Answered by"] == "" || answered["Lacks"] != "" ||
		!strings.Contains(answered["Evidence"], "https://") || answered["Address"] != f.Origin+"/projects/wallet/stages/idea/items/success-written-down" {
		t.Errorf("an answered item: %q", answered)
	}
	if last := rows[len(rows)-1]; last["Answer"] != "Open" || last["Answered on"] != "" {
		t.Errorf("an open item: %q", last)
	}
	if name := r.Header.Get("Content-Disposition"); !strings.HasPrefix(name, `attachment; filename="wallet-items-20`) {
		t.Errorf("it is sent as %q", name)
	}
	f.browse("viewer").get("/projects/nothing/items/export/csv").want(404)
	f.browse("viewer").get("/projects/wallet/items/export/csv?at=2199-01-01").want(422)
}

// Every kind of record can be had as a file, with as many cells as headings.
func TestRecordsAsFiles(t *testing.T) {
	f := newFixture(t)
	f.create("wallet", func(p *review.NewProject) {})
	f.risk("wallet", "", "4", "4")
	viewer := f.browse("viewer")
	list := viewer.get("/projects/wallet/records/risk").want(200)
	rows := viewer.get(list.one(`a[download][href$="/export/csv"]`).AttrOr("href", "")).want(200).csvRows()
	if len(rows) != 1 || rows[0]["Number"] != "R1" || rows[0]["Score"] == "" || rows[0]["Likelihood"] == "" || rows[0]["Address"] != f.Origin+"/projects/wallet/records/risk/1" {
		t.Errorf("risks: %q", rows)
	}
	for _, k := range record.Kinds() {
		viewer.get("/projects/wallet/records/" + string(k.Key) + "/export/csv?all=1").want(200)
	}
	viewer.get("/projects/wallet/records/nothing/export/csv").want(404)
}
