package e2e

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// held locks a project as somebody would who left a transaction open, until the
// returned function is called: to this project the database does not answer.
func held(t *testing.T, project string) (release func()) {
	t.Helper()
	folder := filepath.Join(site.server.dataDir, "postgres", "cluster")
	raw, err := os.ReadFile(filepath.Join(folder, "secrets.json"))
	if err != nil {
		t.Fatal(err)
	}
	var secrets struct{ Owner string }
	if err := json.Unmarshal(raw, &secrets); err != nil {
		t.Fatal(err)
	}
	raw, err = os.ReadFile(filepath.Join(folder, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(raw), "\n") // process, folder, start, port, folder of the socket, address
	host := lines[4]
	if host == "" {
		host = lines[5]
	}
	query := url.Values{"host": {host}, "port": {lines[3]}, "user": {"slipway_owner"}, "password": {secrets.Owner}, "sslmode": {"disable"}}
	conn, err := pgx.Connect(t.Context(), "postgres:///slipway?"+query.Encode())
	if err != nil {
		t.Fatal(err)
	}
	release = func() { _ = conn.Close(context.WithoutCancel(t.Context())) }
	t.Cleanup(release)
	if _, err := conn.Exec(t.Context(), `begin`); err != nil {
		t.Fatal(err)
	}
	tag, err := conn.Exec(t.Context(), `select from stream where id = (select id from project where key = $1) for update`, strings.TrimPrefix(project, "/projects/"))
	if err != nil || tag.RowsAffected() != 1 {
		t.Fatalf("%v, %v", tag, err)
	}
	return release
}

// In the list a note that could not be saved stays where it was typed, and is
// sent again from the message.
func TestTheDatabaseDoesNotAnswerWhileTyping(t *testing.T) {
	t.Parallel()
	rosa := arrives(somebody(t), "rosa")
	project := rosa.owns("slow-lunch", "Slow lunch", "3")
	rosa.visit(project + ideaPath)
	rosa.press(button("Add note").in(row(success)))
	rosa.fill(field("Note").in(row(success)), "Half a page about objectives.")
	release := held(t, project)
	rosa.press(button("Met").in(row(success)))
	rosa.seeIn(row(success), "Met is not saved. Slipway could not do this just now.")
	rosa.pressed(success, "")
	rosa.screenshot("outage-in-the-list")
	release()
	rosa.press(button("Try again").in(row(success)))
	rosa.seeIn(row(success), "Half a page about objectives.")
	rosa.pressed(success, "Met")
	rosa.reload()
	rosa.seeIn(row(success), "Half a page about objectives.")
}

// Without scripts the page about it holds the form, and sends it again.
func TestTheDatabaseDoesNotAnswerWithoutScripts(t *testing.T) {
	t.Parallel()
	rosa := arrivesAnew(somebody(t), "rosa")
	project := rosa.owns("slower-lunch", "Slower lunch", "3")
	item := project + ideaPath + "/items/" + success
	rosa.withoutScripts()
	rosa.visit(item)
	rosa.press(summary("Discussion"))
	rosa.fill(field("Comment"), "Words that took an hour.")
	release := held(t, project)
	rosa.follow(button("Add comment"))
	rosa.see("Slipway is busy")
	rosa.see("Nothing was saved.")
	rosa.until(`[...document.querySelectorAll('textarea')].some(a => a.value === 'Words that took an hour.')`, func() string { return "what was typed is gone" })
	rosa.wholePage("outage")
	rosa.prefers("dark")
	rosa.window(390, 844)
	rosa.wholePage("outage-dark-narrow")
	release()
	rosa.follow(button("Send again"))
	rosa.seeIn("#discussion", "Words that took an hour.")
}
