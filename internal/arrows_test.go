// Package internal_test holds what concerns all rooms of the house: which of
// them may import which. A package that no rule covers fails too.
package internal_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/slipway-prr/slipway"

// arrow says what a room's code, tests aside, may import.
type arrow struct {
	room    string   // a package, or with /... all packages from there on
	ours    []string // our packages, in the same notation
	foreign []string // modules from outside; nil allows all, empty none
}

// arrows: the first that matches a package decides. Tests may import what they
// like, save for the rooms in onlyFrom.
var arrows = []arrow{
	{room: "cmd/...", ours: []string{"..."}},
	{room: "e2e/...", ours: []string{"..."}},
	{room: "bench/...", ours: []string{"..."}},
	{room: "web/static", foreign: []string{"github.com/tdewolff/minify", "github.com/klauspost/compress"}},
	{room: "web/ui", ours: []string{"web/static"}},
	{room: "web/ui/...", ours: []string{"web/ui/...", "web/static"}}, // specimens for looking at
	{room: "web/page", ours: []string{"web/ui", "web/static", "internal/review", "internal/record", "internal/plan", "internal/fold", "internal/sheet"}},
	{room: "web/page/gate", ours: []string{"web/page", "web/ui", "internal/review", "internal/record", "internal/plan", "internal/sheet"}},
	{room: "web/page/records", ours: []string{"web/page", "web/ui", "internal/review", "internal/record", "internal/plan", "internal/sheet"}},
	{room: "web/page/edit", ours: []string{"web/page", "web/ui", "internal/review", "internal/record", "internal/plan", "internal/formats"}},
	{room: "web", ours: []string{"web/page/...", "web/ui", "web/static", "internal/store", "internal/auth", "internal/review", "internal/record", "internal/plan", "internal/fold", "internal/lru", "internal/secret", "internal/catalog", "internal/proof", "internal/formats", "internal/sheet", "internal/calendar"}},
	{room: "internal/plan", ours: []string{"internal/record"}, foreign: []string{}}, // gates ask for kinds of records
	{room: "internal/record", foreign: []string{}},
	{room: "internal/review", ours: []string{"internal/plan", "internal/record"}, foreign: []string{}},
	{room: "internal/fold", foreign: []string{"golang.org/x/text"}},
	{room: "internal/lru", foreign: []string{}},
	{room: "internal/secret", foreign: []string{}},
	{room: "internal/calendar", foreign: []string{"github.com/arran4/golang-ical"}},
	{room: "internal/sheet", foreign: []string{"github.com/xuri/excelize"}},
	// Other people's files are read by pure code: no store, no network.
	{room: "internal/formats/plainyaml", foreign: []string{"github.com/goccy/go-yaml"}},
	{room: "internal/formats/own", ours: []string{"internal/plan", "internal/record"}, foreign: []string{}},
	{room: "internal/formats/...", ours: []string{"internal/plan", "internal/record", "internal/fold", "internal/sheet", "internal/formats/..."}},
	{room: "internal/catalog/cmd/...", ours: []string{"internal/catalog"}},
	{room: "internal/catalog/...", ours: []string{"internal/review", "internal/plan", "internal/record", "internal/formats/own", "internal/formats/plainyaml"}},
	// What verifies a bundle years later needs no network and no database.
	{room: "internal/proof", ours: []string{"internal/review", "internal/plan"}, foreign: []string{"golang.org/x/mod"}},
	{room: "internal/auth", foreign: []string{"github.com/coreos/go-oidc", "golang.org/x/oauth2", "github.com/go-jose/go-jose"}},
	{room: "internal/store", ours: []string{"internal/review", "internal/record", "internal/plan", "internal/fold", "internal/lru", "migrations"}},
	{room: "internal/store/storetest", ours: []string{"internal/devstack/postgres", "migrations"}},
	{room: "internal/checks", ours: []string{"internal/devstack", "internal/devstack/postgres", "internal/store/storetest"}},
	{room: "internal/devstack", foreign: []string{}},
	{room: "internal/devstack/cmd/...", ours: []string{"internal/devstack/postgres"}},
	{room: "internal/devstack/postgres", ours: []string{"internal/devstack"}},
	{room: "internal/devstack/provider", ours: []string{"internal/devstack"}},
	// The demo portfolio is made through the store's front door.
	{room: "internal/devstack/portfolio", ours: []string{"internal/devstack", "internal/review", "internal/record", "internal/plan", "internal/catalog/...", "internal/store", "internal/auth"}},
	{room: "migrations", foreign: []string{"github.com/pressly/goose"}},
	{room: "deploy", ours: []string{"internal/devstack", "internal/devstack/postgres"}},
}

// onlyFrom lists rooms that few may enter, whatever else their arrows say.
var onlyFrom = map[string][]string{
	"web":                      {"cmd/...", "e2e/...", "bench/..."},
	"cmd/...":                  {"cmd/...", "e2e/..."},
	"internal/devstack/...":    {"cmd/...", "e2e/...", "bench/...", "internal/devstack/...", "internal/checks", "internal/store/storetest"},
	"internal/store/storetest": {"internal/checks"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func TestImportsFollowTheArrows(t *testing.T) {
	packages := listPackages(t)
	if len(packages) < 5 {
		t.Fatalf("only %d packages listed", len(packages))
	}
	for _, p := range packages {
		for _, problem := range problems(p) {
			t.Error(problem)
		}
	}
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	// -e: a package that does not compile is another test's concern.
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports", module+"/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		packages = append(packages, p)
	}
}

func problems(p listed) []string {
	from := local(p.ImportPath)
	if len(p.Imports) == 0 {
		return nil // tests only
	}
	i := slices.IndexFunc(arrows, func(a arrow) bool { return covers(a.room, from) })
	if i < 0 {
		return []string{fmt.Sprintf("%s is a new room: say in arrows what it may import", from)}
	}
	var found []string
	for _, imported := range p.Imports {
		if !allowed(arrows[i], imported) {
			found = append(found, fmt.Sprintf("%s must not import %s", from, local(imported)))
		}
		if to := local(imported); isOurs(imported) && !mayEnter(from, to) {
			found = append(found, fmt.Sprintf("%s must not import %s: few may", from, to))
		}
	}
	return found
}

func allowed(a arrow, imported string) bool {
	if isOurs(imported) {
		return slices.ContainsFunc(a.ours, func(room string) bool { return covers(room, local(imported)) })
	}
	first, _, _ := strings.Cut(imported, "/")
	standard := !strings.Contains(first, ".")
	if standard || a.foreign == nil {
		return true
	}
	return slices.ContainsFunc(a.foreign, func(m string) bool { return imported == m || strings.HasPrefix(imported, m+"/") })
}

func mayEnter(from, to string) bool {
	for room, guests := range onlyFrom {
		if covers(room, to) && !slices.ContainsFunc(guests, func(g string) bool { return covers(g, from) }) {
			return false
		}
	}
	return true
}

func isOurs(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

func local(path string) string { return strings.TrimPrefix(strings.TrimPrefix(path, module), "/") }

func covers(room, path string) bool {
	base, below := strings.CutSuffix(room, "...")
	if !below {
		return room == path
	}
	base = strings.TrimSuffix(base, "/")
	return base == "" || path == base || strings.HasPrefix(path, base+"/")
}

// The rules themselves: each line is an import that must be refused, or not.
func TestArrowRules(t *testing.T) {
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"cmd/server", "web", true},
		{"web", "internal/store", true},
		{"web", "internal/devstack", false},
		{"web", "github.com/go-chi/chi/v5", true},
		{"web/page", "internal/store", false},
		{"web/ui", "internal/review", false},
		{"internal/review", "time", true},
		{"internal/review", "github.com/jackc/pgx/v5", false},
		{"internal/review", "internal/store", false},
		{"internal/auth", "github.com/coreos/go-oidc/v3/oidc", true},
		{"internal/auth", "github.com/jackc/pgx/v5", false},
		{"internal/auth", "internal/review", false},
		{"internal/store", "web", false},
		{"internal/store", "internal/devstack", false},
		{"internal/devstack/portfolio", "internal/store", true},
		{"internal/devstack/portfolio", "web", false},
		{"internal/devstack/postgres", "internal/store", false},
		{"internal/catalog", "internal/store", false},
		{"internal/proof", "internal/review", true},
		{"internal/proof", "golang.org/x/mod/sumdb/note", true},
		{"internal/proof", "internal/store", false},
		{"internal/proof", "github.com/jackc/pgx/v5", false},
		{"internal/store", "internal/proof", false},
		{"bench", "web", true},
		{"internal/jobs", "time", false},
	} {
		to := c.to
		if first, _, _ := strings.Cut(to, "/"); slices.Contains([]string{"cmd", "web", "internal", "migrations"}, first) {
			to = module + "/" + to
		}
		got := problems(listed{ImportPath: module + "/" + c.from, Imports: []string{to}})
		if (len(got) == 0) != c.ok {
			t.Errorf("%s -> %s: %v, want allowed=%v", c.from, c.to, got, c.ok)
		}
	}
}
