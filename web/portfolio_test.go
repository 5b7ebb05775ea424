package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// names are the projects that a portfolio lists, in order.
func (r *reply) names() []string {
	r.Browser.f.t.Helper()
	var out []string
	r.find("table.heat tbody th a").Each(func(_ int, a *goquery.Selection) { out = append(out, a.Text()) })
	return out
}

func TestPortfolioShowsWhereProjectsStand(t *testing.T) {
	f := newFixture(t)
	f.create("ledger", func(p *review.NewProject) { p.Target = "2020-02-03" })
	f.create("wallet", func(p *review.NewProject) { p.Target = "2199-02-03"; p.Team = "Red" })
	f.change("deputy", "ledger", "idea", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, "idea", "scope-agreed", review.NotApplicable, "Not here", 0, at)
	})
	f.fill("member", "wallet", "idea")
	f.requestSignOff("owner", "wallet", "idea")
	f.change("owner", "ledger", "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetStatus(who, "", review.StatusOnHold, "Budget", at)
	})
	r := f.browse("viewer").get("/portfolio").want(200)
	if got := r.names(); len(got) != 2 || got[0] != "Project wallet" || got[1] != "Project ledger" { // which has no day to show while it is on hold
		t.Fatalf("projects: %q", got)
	}
	row := func(n int) *goquery.Selection { return r.find("table.heat tbody tr").Eq(1 - n) }
	if href := row(1).Find("th a").AttrOr("href", ""); href != "/projects/wallet" {
		t.Errorf("link %q", href)
	}
	if got := row(1).Find("td[class^=s-]").First(); !got.HasClass("s-wait") || got.Find("a").AttrOr("title", "") != "Idea: waiting for sign-off" {
		t.Errorf("first stage of wallet: %s %q", got.AttrOr("class", ""), got.Find("a").AttrOr("title", ""))
	}
	if got := words(row(1).Find("td").Eq(4)); got != "Product and 1 more" || !strings.HasPrefix(row(1).Find("td").Eq(4).Find("a").AttrOr("title", ""), "Product and ") || row(1).Find("td").Eq(4).Find("a").AttrOr("href", "") != "/projects/wallet#blockers" {
		t.Errorf("wallet is blocked by %q", got)
	}
	if got := words(row(1).Find("td").Eq(5)); got != "0 minutes" {
		t.Errorf("wallet is blocked for %q", got)
	}
	if got := words(row(0).Find("td").Eq(4)) + words(row(0).Find("td").Eq(5)); got != "– The project is on hold." {
		t.Errorf("a project on hold is blocked by %q", got)
	}
	if n := row(1).Find("td[class^=s-]").Length(); n != len(f.tmpl.Stages) {
		t.Errorf("%d cells for %d stages", n, len(f.tmpl.Stages))
	}
	if row(1).Find(".s-bad time").Length() != 0 || row(0).Find(".s-bad time").Length() != 0 {
		t.Error("a date to come, or one of a project on hold, is marked as overdue")
	}
	if got := row(0).Find("td .badge.s-hold").Text(); got != "On hold" || row(0).Find("th .badge.s-hold").Text() != "" || words(row(0).Find("th")) != "Project ledger" {
		t.Errorf("mark of a project on hold: %q", got)
	}
	if r.find(`main a[href="/readiness"]`).Length() == 0 {
		t.Error("the figure is not explained")
	}
	// Each cell leads to its stage by a link, for the keyboard and without scripts.
	r.find("table.heat tbody tr").Each(func(_ int, tr *goquery.Selection) {
		project := tr.Find("th a").AttrOr("href", "")
		tr.Find("td[class^=s-]").Each(func(i int, td *goquery.Selection) {
			a := td.Find("a")
			if got, want := a.AttrOr("href", ""), project+"/stages/"+string(f.tmpl.Stages[i].Key); got != want {
				t.Errorf("a cell leads to %q, want %q", got, want)
			}
			if a.Text()+a.AttrOr("title", "") == "" {
				t.Errorf("the link to %s has no name", a.AttrOr("href", ""))
			}
		})
	})
	keys := r.find("thead th[data-k]")
	if keys.Length() != len(f.tmpl.Stages) || keys.First().AttrOr("data-k", "") != "idea" {
		t.Error("the columns do not name their stages")
	}
}

func TestPortfolioSaysWhatCanBeRequested(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	f.fill("member", "ledger", "idea")
	r := f.browse("viewer").get("/portfolio").want(200)
	if got := r.find("tbody td[class^=s-]").First(); !got.HasClass("s-open") || got.Find("a").AttrOr("title", "") != "Idea: ready to request" {
		t.Errorf("the first stage: %s %q", got.AttrOr("class", ""), got.Find("a").AttrOr("title", ""))
	}
	key := words(r.one(".keyline[aria-label=Key]"))
	for _, want := range []string{"Ready to request", "conditions", "break-glass", "overdue"} {
		if !strings.Contains(key, want) {
			t.Errorf("the key lacks %q: %s", want, key)
		}
	}
}

func TestPortfolioMarksWhatIsLate(t *testing.T) {
	f := newFixture(t)
	f.create("ledger", func(p *review.NewProject) { p.Target = "2020-02-03" })
	r := f.browse("viewer").get("/portfolio")
	if got := words(r.one("td .badge.s-bad")); got != "3 Feb 2020 overdue" {
		t.Errorf("late date: %q", got)
	}
}

func TestPortfolioFilters(t *testing.T) {
	f := newFixture(t)
	f.create("ledger", func(p *review.NewProject) { p.Team = "Red & Green"; p.Tier = plan.TierStarter })
	f.create("wallet")
	mine := f.create("search", func(p *review.NewProject) { p.Name = "100 % <b>bold</b>" })
	f.change("owner", mine, "", func(r *review.Review, who review.Actor, at time.Time) error {
		return r.SetDuty(who, f.person("viewer"), review.DutyOwner, at)
	})
	b := f.browse("viewer")
	for _, k := range []struct{ query, want string }{
		{"", "100 % <b>bold</b>,Project ledger,Project wallet"},
		{"q=LEDG", "Project ledger"},
		{"q=%25", "100 % <b>bold</b>"},
		{"q=_", ""},
		{"q=%00%FF", "100 % <b>bold</b>,Project ledger,Project wallet"},
		{"q=" + strings.Repeat("x", 10000), ""},
		{"team=Red+%26+Green", "Project ledger"},
		{"tier=3", "Project ledger"},
		{"tier=9", "100 % <b>bold</b>,Project ledger,Project wallet"},
		{"status=stopped", ""},
		{"status=active&tier=1", "100 % <b>bold</b>,Project wallet"},
		{"stage=idea&team=Blue", "100 % <b>bold</b>,Project wallet"},
		{"stage=nonsense", ""},
		{"owner=me", "100 % <b>bold</b>"},
		{"sort=team", "100 % <b>bold</b>,Project wallet,Project ledger"},
		{"sort=drop+table", "100 % <b>bold</b>,Project ledger,Project wallet"},
		{"page=-1", "100 % <b>bold</b>,Project ledger,Project wallet"},
		{"page=99999999999999999999", "100 % <b>bold</b>,Project ledger,Project wallet"},
		{"page=2", "100 % <b>bold</b>,Project ledger,Project wallet"},
		{"q=nothing&page=7", ""},
		{"owner=viewer+PERSON", "100 % <b>bold</b>"},
		{"owner=nobody", ""},
		{"waits=me", "100 % <b>bold</b>"},
		{"waits=viewer", "100 % <b>bold</b>"},
		{"waits=SRE", ""},
		{"gate=waiting", ""},
		{"gate=nonsense", "100 % <b>bold</b>,Project ledger,Project wallet"},
		{"late=1", ""},
		{"deputy=none", ""},
		{"sort=-name", "Project wallet,Project ledger,100 % <b>bold</b>"},
		{"sort=owner", "Project ledger,Project wallet,100 % <b>bold</b>"},
		{"sort=-", "100 % <b>bold</b>,Project ledger,Project wallet"},
	} {
		r := b.get("/portfolio?" + k.query).want(200)
		if got := strings.Join(r.names(), ","); got != k.want {
			t.Errorf("?%.40s lists %q, want %q", k.query, got, k.want)
		}
		if k.want == "" && r.one(".empty").Find(`a[href="/portfolio"]`).Length() != 1 {
			t.Errorf("?%.40s: no way out of an empty list", k.query)
		}
	}
	r := b.get("/portfolio?q=pro&team=Blue&sort=target&owner=me")
	if got := r.one("input[name=q]").AttrOr("value", ""); got != "pro" {
		t.Errorf("the search field holds %q", got)
	}
	if got := r.one("select[name=team] option[selected]").Text(); got != "Blue" {
		t.Errorf("the team chosen is %q", got)
	}
	r = b.get("/portfolio?team=Blue")
	u, err := url.Parse(r.one("thead th a:contains(Team)").AttrOr("href", ""))
	if err != nil || u.Query().Get("team") != "Blue" || u.Query().Get("sort") != "team" {
		t.Errorf("sorting loses the filter: %s", u)
	}
	if got := r.one("thead th[aria-sort=ascending]").Text(); got != "Target" {
		t.Errorf("sorted by %q", got)
	}
	// Each column sorts both ways, and says which.
	for _, label := range []string{"Project", "Target", "Ready", "Owner", "Blocked by", "For", "Team", "Tier"} {
		head := func() *goquery.Selection {
			return r.find("thead th").FilterFunction(func(_ int, th *goquery.Selection) bool { return th.Text() == label })
		}
		href := func() string { return head().Find("a").AttrOr("href", "") }
		way := func() string { return head().AttrOr("aria-sort", "none") }
		r = b.get("/portfolio?sort=" + map[bool]string{true: "team", false: "name"}[label == "Project"])
		r = b.get(href()).want(200)
		first := way()
		r = b.get(href()).want(200)
		if second := way(); first == second || first == "none" || second == "none" {
			t.Errorf("%s sorts %s, then %s", label, first, second)
		}
	}
}

func TestPortfolioPages(t *testing.T) {
	f := newFixture(t)
	for i := range 51 {
		f.create(fmt.Sprintf("p-%02d", i))
	}
	b := f.browse("viewer")
	r := b.get("/portfolio?team=Blue").want(200)
	if n := len(r.names()); n != 50 {
		t.Fatalf("%d rows", n)
	}
	next := r.one("a[rel=next]").AttrOr("href", "")
	r = b.get(next).want(200)
	if got := r.names(); len(got) != 1 || got[0] != "Project p-50" {
		t.Errorf("second page: %q", got)
	}
	if got := b.get("/portfolio?team=Blue&page=9").names(); len(got) != 1 || got[0] != "Project p-50" {
		t.Errorf("beyond the end: %q", got)
	}
	if got := words(r.one("nav.pager span")); got != "51 to 51 of 51 projects" {
		t.Errorf("position: %q", got)
	}
	if back := r.one("a[rel=prev]").AttrOr("href", ""); back != "/portfolio?team=Blue" {
		t.Errorf("back to %q", back)
	}
}

func TestPortfolioHidesWhatIsRestricted(t *testing.T) {
	f := newFixture(t)
	f.create("secret", func(p *review.NewProject) { p.Restricted = true; p.Team = "Hidden team" })
	for name, sees := range map[string]bool{
		"owner": true, "member": true, "admin": true, "auditor": true, "viewer": false, "manager": false, "sre": false, "outsider": false,
	} {
		r := f.browse(name).get("/portfolio").want(200)
		if got := len(r.names()) == 1; got != sees {
			t.Errorf("%s sees the restricted project: %v", name, got)
		}
		if strings.Contains(r.Body, "Hidden team") != sees {
			t.Errorf("%s: the filter and the list disagree", name)
		}
		if sees && !strings.Contains(words(r.one("tbody th")), "restricted") {
			t.Errorf("%s: the restricted project is not marked", name)
		}
	}
}

func TestPortfolioWhenEmpty(t *testing.T) {
	f := newFixture(t)
	if f.browse("viewer").get("/portfolio").one(`.empty a[href="/projects/new"]`).Length() != 1 {
		t.Error("no way to start the first project")
	}
	r := f.browse("outsider").get("/portfolio").want(200)
	if r.find(`a[href="/projects/new"]`).Length() != 0 || !strings.Contains(r.text(), "no role and no seat") {
		t.Errorf("somebody without rights reads: %s", r.text())
	}
	r = f.browse("auditor").get("/portfolio").want(200)
	if r.find(`a[href="/projects/new"]`).Length() != 0 {
		t.Error("an auditor is offered to start a project")
	}
}

func TestReadinessIsExplained(t *testing.T) {
	f := newFixture(t)
	for _, b := range []*browser{f.stranger(), f.browse("viewer")} {
		text := b.get("/readiness").want(200).text()
		for _, want := range []string{"required items satisfied ÷ required items that apply", "Changed since sign-off", "Lapsed", "Tier 3", "not applicable"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not explained", want)
			}
		}
	}
}

func TestPortfolioTellsTwinsApart(t *testing.T) {
	f := newFixture(t)
	f.create("ledger", func(p *review.NewProject) { p.Name = "Größe" })
	f.create("wallet", func(p *review.NewProject) { p.Name = "GROSSE" })
	f.create("search")
	r := f.browse("viewer").get("/portfolio?sort=name").want(200)
	for i, want := range []string{"GROSSE wallet", "Größe ledger", "Project search"} {
		if got := words(r.find("tbody th").Eq(i)); got != want {
			t.Errorf("row %d: %q, want %q", i+1, got, want)
		}
	}
}

// A page of 50 projects stays light, hundreds of links or not.
func TestPortfolioIsLight(t *testing.T) {
	f := newFixture(t)
	for i := range 50 {
		f.create(fmt.Sprintf("service-%02d", i), func(p *review.NewProject) {
			p.Name, p.Team = fmt.Sprintf("Service %d", i*7919), fmt.Sprintf("Team %d", i%7)
			p.Target = fmt.Sprintf("2199-%02d-%02d", 1+i%12, 1+i%28)
		})
	}
	r := f.browse("viewer").get("/portfolio").want(200)
	if n := r.find("tbody td[class^=s-] a").Length(); n != 50*len(f.tmpl.Stages) {
		t.Fatalf("%d links to stages", n)
	}
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.DefaultCompression)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = z.Write([]byte(r.Body))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, %d compressed", len(r.Body), buf.Len())
	if buf.Len() > 8<<10 {
		t.Errorf("a page of 50 projects weighs %d bytes", buf.Len())
	}
}

// An address has no parameters without a value, also where a form sends them.
func TestAddressesHaveNoEmptyParameters(t *testing.T) {
	f := newFixture(t)
	f.create("ledger")
	b := f.browse("viewer")
	for from, to := range map[string]string{
		"/portfolio?q=&team=&tier=2&waits=":              "/portfolio?tier=2",
		"/portfolio?q=":                                  "/portfolio",
		"/projects/ledger/history?stage=&kind=&person=":  "/projects/ledger/history",
		"/projects/ledger/stages/idea?q=scope+not&show=": "/projects/ledger/stages/idea?q=scope+not",
		"/waivers?state=&q=":                             "/waivers",
	} {
		if got := b.get(from).want(303).Header.Get("Location"); got != to {
			t.Errorf("%s leads to %s, want %s", from, got, to)
		}
		b.get(to).want(200)
	}
	r := b.get("/portfolio").want(200)
	if n := r.find(".filters button").Length(); n != 1 {
		t.Errorf("%d buttons, want one for the search and the filters", n)
	}
}

// An address with a typing error must not pass for the list that was meant.
func TestPortfolioSaysWhatItIgnores(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.create("ledger", func(*review.NewProject) {})
	v := f.browse("viewer")
	got := words(v.get("/portfolio?tier=9&teams=Red&gate=shut&month=2026-13&group=owner&sort=-size&page=0").want(200).one(".note-box"))
	for _, want := range []string{"“tier=9”, which is none of its choices", "“teams=Red”, this list has no such filter", "“gate=shut”", "“month=2026-13”", "“group=owner”", "“sort=-size”", "“page=0”"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q does not say %s", got, want)
		}
	}
	for _, address := range []string{"", "?q=led&team=Blue&tier=1&status=active&late=1&risk=1&month=2026-12&group=team&deputy=none&unowned=1&sort=-name&page=1", "?gate=ready&live=live-lapsed&keeps=going-on&uses=prototype-to-production@2&stage=idea&waits=me"} {
		if n := v.get("/portfolio" + address).want(200).find(".note-box").Length(); n != 0 {
			t.Errorf("%s: %d notices", address, n)
		}
	}
}

// The figures on top lead to the projects that they count, and groups to theirs.
func TestPortfolioTotalsLeadToWhatTheyCount(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.create("ledger", func(p *review.NewProject) { p.Target, p.Team = "2020-02-03", "Red" })
	f.create("wallet", func(p *review.NewProject) { p.Target, p.Tier = "2020-02-04", plan.TierStarter })
	f.create("search", func(*review.NewProject) {})
	f.create("hidden", func(p *review.NewProject) { p.Target, p.Restricted, p.Team = "2020-02-05", true, "Secret" })
	b := f.browse("viewer")
	r := b.get("/portfolio?tier=1").want(200)
	late := r.find(`.tallies a:contains("Late")`)
	if late.Find("b").Text() != "1" {
		t.Errorf("late: %s", words(late))
	}
	r = b.get(late.AttrOr("href", "")).want(200)
	if got := strings.Join(r.names(), ","); got != "Project ledger" {
		t.Errorf("late are %s", got)
	}
	on := r.one(".tallies [aria-current]")
	if got := b.get(on.AttrOr("href", "")).want(200).names(); len(got) != 2 {
		t.Errorf("the figure taken back lists %v", got)
	}
	for group, want := range map[string]string{
		"team": "Blue 2 Red 1", "tier": "Tier 1 2 Tier 3 1", "lifecycle": f.tmpl.Name + " 3", "month": "Without a target 1 February 2020 2",
	} {
		r := b.get("/portfolio?group=" + group).want(200)
		var got []string
		r.find("table.groups tbody tr").Each(func(_ int, tr *goquery.Selection) {
			got = append(got, words(tr.Find("th")), words(tr.Find("td").First()))
			n := words(tr.Find("td").First())
			if listed := b.get(tr.Find("th a").AttrOr("href", "")).want(200).names(); strconv.Itoa(len(listed)) != n {
				t.Errorf("by %s: %s has %s projects and leads to %v", group, words(tr.Find("th")), n, listed)
			}
			tr.Find("td a").Each(func(_ int, a *goquery.Selection) {
				if listed := b.get(a.AttrOr("href", "")).want(200).names(); strconv.Itoa(len(listed)) != words(a) {
					t.Errorf("by %s: %s leads to %v", group, words(a), listed)
				}
			})
		})
		if strings.Join(got, " ") != want {
			t.Errorf("by %s: %q, want %q", group, got, want)
		}
		if strings.Contains(r.Body, "Secret") {
			t.Errorf("by %s: a restricted project shows", group)
		}
	}
}

// The board shows the same projects as the list, stage by stage, each with what the table says of it.
func TestBoard(t *testing.T) {
	f := newFixture(t)
	f.create("ledger", func(p *review.NewProject) { p.Target = "2020-02-03" })
	f.create("wallet", func(p *review.NewProject) { p.Team = "Red" })
	f.create("secret", func(p *review.NewProject) { p.Name, p.Restricted = "Secret", true })
	f.fill("member", "wallet", "idea")
	f.requestSignOff("owner", "wallet", "idea")
	b := f.browse("viewer")
	r := b.get(b.get("/portfolio?deputy=none").one(`.chips a:contains("Board")`).AttrOr("href", "")).want(200)
	if r.find(".board").Length() != 0 {
		t.Error("the board forgets the filter")
	}
	r = b.get("/portfolio?group=stage").want(200)
	if strings.Contains(r.Body, "Secret") {
		t.Error("a restricted project shows")
	}
	if n := r.find(".board section").Length(); n != len(f.tmpl.Stages) {
		t.Errorf("%d columns for %d stages", n, len(f.tmpl.Stages))
	}
	var got []string
	r.find(".board li").Each(func(_ int, li *goquery.Selection) { got = append(got, words(li)) })
	if len(got) != 2 || !strings.HasPrefix(got[0], "Project ledger 0 % ready") || !strings.HasSuffix(got[0], "3 Feb 2020 overdue") || !strings.Contains(got[1], "Waits for Product and 1 more for 0 minutes") {
		t.Errorf("cards: %q", got)
	}
	if n := r.find(`.board li[data-row] a[href="/projects/wallet"]`).Length(); n != 1 {
		t.Error("a card does not lead to its project")
	}
	head := r.find(".board h2").First()
	if listed := b.get(head.Find("a").AttrOr("href", "")).want(200).names(); len(listed) != 2 || words(head.Find(".num")) != "2" {
		t.Errorf("%s leads to %v", words(head), listed)
	}
	if got := b.get("/portfolio?group=stage&team=Red").want(200).find(".board li").Length(); got != 1 {
		t.Errorf("%d cards of the red team", got)
	}
	if rows := b.get("/portfolio/export/csv?group=stage&team=Red").want(200).csvRows(); len(rows) != 1 || rows[0]["Project"] != "Project wallet" || rows[0]["Exposure"] == "" {
		t.Errorf("the board as a file: %v", rows)
	}
	if !strings.Contains(f.browse("admin").get("/portfolio?group=stage").Body, "Secret") {
		t.Error("an admin does not see the restricted project")
	}
}
