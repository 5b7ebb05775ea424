package bench

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/bench/load"
	"github.com/slipway-prr/slipway/bench/yardstick"
)

func newLab(t *testing.T) *lab {
	t.Helper()
	l, err := openLab(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func TestEveryYardstickAnswers(t *testing.T) {
	l := newLab(t)
	shape, err := yardstick.Shape{Projects: 12, Items: 15}.Fit(t.Context(), 12_000)
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.ruler(t.Context(), "yardstick_test", shape)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := l.tickRaw(r, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Contender{r.bare(2, 12_000), r.db1(2), r.page("page-hyb", 2, 12_000), r.floor(2, 12_000), raw} {
		s, err := c.Run(t.Context(), c.Clients, 100*time.Millisecond)
		if err != nil || s.Errors != 0 || s.Requests == 0 {
			t.Errorf("%s: %v; %d answers, %d errors, first: %v", c.Name, err, s.Requests, s.Errors, s.First)
		}
		if c.Name != "db1" && c.Name != "tick-raw" && (s.MeanBody() < 11_640 || s.MeanBody() > 12_360) {
			t.Errorf("%s: %.0f bytes on average, want 12,000 within 3%%", c.Name, s.MeanBody())
		}
	}
	samePages(t, r)
	unbrokenChains(t, r.database)
	if now, most, err := r.server.memory(); err != nil || now > most || now < 1 || now > 500 {
		t.Errorf("memory: %v; %v MiB now, %v at most", err, now, most)
	}
	if _, err := l.machine(t.Context()); err == nil {
		t.Error("figures of a server that forgets were not refused")
	}
}

// Both page yardsticks give the same bytes, also when the rows come from PostgreSQL, and nothing to somebody unknown.
func samePages(t *testing.T, r *ruler) {
	t.Helper()
	c, err := load.Dial(t.Context(), r.server.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	get := func(path string, session int) (int, []byte) {
		answer, err := c.Do(load.Get(path, load.Header{Name: "Cookie", Value: "sid=" + yardstick.Cookie(session)}))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		return answer.Status, bytes.Clone(answer.Body)
	}
	for _, project := range []string{"1", "7", "12"} {
		_, hyb := get("/hyb/"+project, 3)
		status, floor := get("/floor/"+project, 3)
		if status != http.StatusOK || !bytes.Equal(hyb, floor) {
			t.Errorf("project %s: status %d, the pages differ", project, status)
		}
	}
	for _, path := range []string{"/hyb/1", "/floor/1"} {
		if status, _ := get(path, yardstick.Sessions+1); status != http.StatusNotFound {
			t.Errorf("%s without a session: status %d", path, status)
		}
	}
	for _, path := range []string{"/hyb/99", "/floor/99", "/db1/99", "/db1/x", "/bare/-1", "/bare/9999999"} {
		if status, _ := get(path, 1); status != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, status)
		}
	}
}

// unbrokenChains makes sure that tick-raw does what it is measured for: clients that tick the same project wait for each other.
func unbrokenChains(t *testing.T, database string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var entries, broken int
	err = conn.QueryRow(t.Context(), `
		select count(*), count(*) filter (where seq <> place or prev_hash <> coalesce(before, prev_hash))
		  from (select seq, prev_hash, row_number() over w as place, lag(hash) over w as before
		          from audit window w as (partition by project_id order by seq)) entry`).Scan(&entries, &broken)
	if err != nil || entries == 0 || broken != 0 {
		t.Errorf("%v; %d entries of the trail, %d of them out of line", err, entries, broken)
	}
}

func TestWeight(t *testing.T) {
	if kib, err := gzipKiB(bytes.Repeat([]byte("slipway "), 4096)); err != nil || kib <= 0.02 || kib > 1 {
		t.Errorf("%v; 32 KiB of one word take %v KiB compressed", err, kib)
	}
	page := `<!doctype html><html><body><!-- <p> --><p title="<b>">one<br>two<input disabled/></p><script>"<i>"</script></body></html>`
	if n, err := elements([]byte(page)); err != nil || n != 6 {
		t.Errorf("%v; %d elements, want 6: html, body, p, br, input, script", err, n)
	}
}
