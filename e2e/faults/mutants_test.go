package faults

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// edit replaces a text that stands exactly once in a package's folder, tests
// aside, so that it survives when files are split and functions move.
type edit struct{ in, old, new string }

// mutant is a bug that somebody might make.
type mutant struct {
	name  string
	edits []edit
	test  string // that has to catch it; empty: that of the histories
}

const (
	mutantHistories = 1000 // within which a bug has to be caught
	mutantCrashes   = 15   // kills of each kind, likewise
	mutantTime      = 15 * time.Minute

	histories = "TestHistoriesAreLinearizable"
	inOrder   = "TestNoGatePassesOnASeatThatIsGone"
	byTrail   = "TestTheTrailShowsNoSignatureWithoutASeat"
	toAMicro  = "TestBoundariesToTheMicrosecond"
	killed    = "TestKillsLoseNothing"
	upheavals = "TestUpheavalsAreWhatTheTrailSays"
	oneLook   = "TestAPageShowsOneMoment"
	outages   = "TestADatabaseThatFails"
)

// The packages that bugs are seeded in.
const (
	inRules  = "internal/review"
	inStore  = "internal/store"
	inSchema = "migrations"
)

var (
	// lock is what keeps two changes of a project from overlapping.
	lock = edit{inStore, "from (select hash from stream where id = $1 for update) head`", "from (select hash from stream where id = $1) head`"}
	// exclusive is what keeps rights still while a decision is written.
	exclusive    = edit{inStore, "`select pg_advisory_xact_lock($1)`, rightsLock)", "`select pg_advisory_xact_lock_shared($1)`, rightsLock)"}
	distinctness = []edit{
		{inRules, " || so != round.newest(so.Person) ||", " ||"},
		{inRules, "prev != nil && in.Decision.Goes() {", "prev != nil && in.Decision == \"\" {"},
	}
)

// mutants are seeded one at a time. Where the database itself would refuse what
// a bug leads to, a second mutant takes that line of defence away too.
var mutants = []mutant{
	{"lock removed", []edit{lock}, ""},
	{"lock removed, numbers of entries drawn without it", []edit{lock,
		{inStore, "values ($1, $2, $3, $4, $5, nullif($6, ''), nullif($7, ''), $8, $9)`", "values ($1, 0 * $2::bigint + nextval('stream_id_seq'), $3, $4, $5, nullif($6, ''), nullif($7, ''), $8, $9)`"}}, ""},
	{"digest ignored by a signature", []edit{{inRules, "	if in.Digest != now {", "	if in.Digest == \"\" {"}}, ""},
	{"digest ignored by the count", []edit{{inRules, "if so.Digest != now || !so.Decision.Goes()", "if so.Digest == \"\" || now == \"\" || !so.Decision.Goes()"}}, ""},
	{"distinctness dropped", distinctness, ""},
	{"distinctness dropped, in the database too", append([]edit{{inSchema, "select count(distinct person_id), coalesce", "select count(person_id), coalesce"}}, distinctness...), ""},
	{"expiry of waivers by the application's clock", []edit{{inRules, "	case Over(w.Until, at):", "	case Over(w.Until, time.Now()):"}}, ""},
	{"expiry of evidence by the application's clock", []edit{{inRules, "func (e *Evidence) Expired(at time.Time) bool { return", "func (e *Evidence) Expired(at time.Time) bool { at = time.Now(); return"}}, ""},
	{"conditions by the application's clock", []edit{{inRules, "Over(c.Due, at)", "Over(c.Due, time.Now())"}}, ""},
	{"every decision by the application's clock", []edit{{inStore, "\n	v.Now = v.Now.UTC()", "\n	v.Now = time.Now().UTC().Truncate(time.Microsecond)"}}, ""},
	{"separation of duties dropped", []edit{{inRules, "		if ro != nil && !ro.SoD {\n			return", "		if ro != nil {\n			return"}}, ""},
	{"requesters grant their own waivers", []edit{{inRules, "	if requester == by.Person {", "	if requester == -1 {"}}, ""},
	{"a change leaves the gate passed", []edit{{inRules, "last.inForce() && !r.Stands(s)", "last.inForce() && r.Digest(s) == \"\""}}, ""},
	{"mandatory seats ignored", []edit{{inRules, "len(counting) >= policy.Quorum && len(withoutSign(policy.Mandatory, counting)) == 0", "len(counting) >= policy.Quorum"}}, ""},
	{"one signature too few", []edit{{inRules, "len(counting) >= policy.Quorum && len(withoutSign", "len(counting)+1 >= policy.Quorum && len(withoutSign"}}, ""},
	{"one signature too many", []edit{{inRules, "len(counting) >= policy.Quorum && len(withoutSign", "len(counting) > policy.Quorum && len(withoutSign"}}, ""},
	{"an answer overwrites one that was not seen", []edit{{inRules, "	if cur.Version != version {", "	if version < 0 {"}}, ""},
	{"signatures outlive the seat", []edit{{inRules, " || !entitled(r.Holders[so.Person], so, r.Project.ID) {", " {"}}, ""},
	{"a gate passes although something is missing", []edit{{inRules, "!r.quorumReached(s) || len(r.contentBlockers(s, at)) > 0:", "!r.quorumReached(s):"}}, ""},
	{"a sign-out ends nothing", []edit{{inStore, "update session s set `+endedSQL+` from was", "update session s set sid = sid from was"}}, ""},
	{"restricted projects are shown", []edit{{inRules, "if !p.Restricted || p.Duty", "if p != nil || p.Duty"}}, ""},
	{"what one server keeps outlives a change by another", []edit{{inStore, "return k.hash == head && k.written == written", "return k.stage >= 0"}}, ""},
	{"what reaches further is written as far as it was loaded", []edit{{inRules, "	if !s.Loaded {\n		r.partial = true\n", "	if !s.Loaded {\n"}, {inRules, "	if stage == \"\" || r.Plan", "	if stage == \"none\" || r.Plan"}}, upheavals},
	{"a gate that turns is not told to those after it", []edit{{inRules, "r.settle(at, stage) && r.Plan.Order == plan.OrderStrict {", "r.settle(at, stage) && r.Plan.Order == \"\" {"}}, upheavals},
	{"what reaches further is decided on the first loading", []edit{{inStore, "v.Now)\n		if l.review.Partial() {", "v.Now)\n		if l.review.Partial() && err == nil {"}}, upheavals},
	{"a change of profile leaves rounds open that ask other seats", []edit{{inRules, "samePolicy(round.Policy, s.Def.Gate.Policy(r.Project.Tier, r.Project.Profile)) {", "round.Policy.Quorum > 0 {"}}, rulesTests},
	{"a seat that is lost leaves the queue as it was", []edit{{inStore, "	if touchesSeats(e.Recorded()) {", "	if touchesSeats(nil) {"}}, upheavals},
	{"the next review forgets what has to be reconfirmed", []edit{{inStore, "(reattest or item = any($3)) and state <> 'open'", "(reattest or item = any($3)) and false"}}, upheavals},
	{"a new owner is not put in the lists", []edit{{inStore, "case review.ProjectEdited, review.ProjectTagged, review.DutySet, review.StatusChanged:", "case review.ProjectEdited, review.ProjectTagged, review.StatusChanged:"}}, upheavals},
	{"a break-glass is looked back at by the seats of today", []edit{{"internal/proof", "r.Stage(ev.Stage).Rounds[ev.Round-1].Policy.Seats, ev.For", "seatsOf(r, ev.Stage), ev.For"}}, upheavals},
	{"a rebuild forgets when a gate's content changed", []edit{{inStore, "writeTurned(b, r, &r.Stages[i], en.At)", "writeTurned(b, r, &r.Stages[i], en.At.Add(1))"}}, upheavals},
	{"a rebuild counts signatures before it knows who holds which seat", []edit{{inStore, "	for _, id := range rb.projects {", "	for _, id := range rb.projects[:0] {"}}, rebuildTests},
	{"a rebuild takes a broken chain", []edit{{inStore, "	case len(v.Problems) > 0:\n		return fmt.Errorf(\"%s %s\"", "	case len(v.Problems) > 99:\n		return fmt.Errorf(\"%s %s\""}}, rebuildTests},
	{"a rebuild fills a database that is used", []edit{{inStore, "	if used {\n		return ErrNotEmpty", "	if used && rb == nil {\n		return ErrNotEmpty"}}, rebuildTests},
	{"rights change while somebody decides", []edit{exclusive}, inOrder},
	{"rights are read while they change", []edit{exclusive}, byTrail},
	{"pages of two moments", []edit{{inStore, "begin isolation level repeatable read, read only", "begin isolation level read committed, read only"}}, oneLook},
	{"a waiver counts at its end", []edit{{inRules, "	case Over(w.Until, at):", "	case Over(w.Until, at.Add(-time.Microsecond)):"}}, toAMicro},
	{"evidence counts at its end", []edit{{inRules, "return Over(e.Expires, at) }", "return Over(e.Expires, at.Add(-time.Microsecond)) }"}}, toAMicro},
	{"a condition is in time at its end", []edit{{inRules, "Over(c.Due, at)", "Over(c.Due, at.Add(-time.Microsecond))"}}, toAMicro},
	{"a stand-in signs after the last day", []edit{{inSchema, standsIn, strings.Replace(standsIn, "d.ends > ", "d.ends >= ", 1)}}, toAMicro},
	{"a stand-in waits beyond the first moment", []edit{{inSchema, standsIn, strings.Replace(standsIn, "d.starts <= ", "d.starts < ", 1)}}, toAMicro},
	{"a session lasts one moment longer", []edit{{inStore, "s.token_hash = $1 and s.expires_at > clock_timestamp()", "s.token_hash = $1 and s.expires_at >= clock_timestamp()"}}, toAMicro},
	{"an idle session lasts one moment longer", []edit{{inStore, "s.token_hash = $1 and s.expires_at > clock_timestamp() and s.seen_at >", "s.token_hash = $1 and s.expires_at > clock_timestamp() and s.seen_at >="}}, toAMicro},
	{"acknowledged before it is on disk", []edit{
		{inStore, "		params[\"synchronous_commit\"] = \"on\"", "		params[\"synchronous_commit\"] = \"off\""},
		{inStore, "if commit == \"off\" || fsync == \"off\" {", "if fsync == \"off\" {"}}, killed},
	{"saved after it was given up", []edit{{inStore, "::interval, true) then 1 else 0 end", "::interval, true) then 1 else 1 end"}}, outages},
	{"a form that is sent again counts again", []edit{{inSchema, "create unique index comment_once", "create index comment_once"}}, killed},
}

// A test that finds nothing proves nothing unless it would have found
// something. Each bug fits the program as it is now; in the long run each is put
// in, one at a time, and has to be caught.
func TestSeededBugs(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	long := os.Getenv(mutantsVar) == "1"
	caught, all := 0, slices.Concat(mutants, ruleMutants)
	for _, m := range all {
		t.Run(m.name, func(t *testing.T) {
			overlay, err := m.overlay(root, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			if long && m.try(t, root, overlay) {
				caught++
			}
		})
	}
	if long {
		t.Logf("%d of %d seeded bugs were caught", caught, len(all))
	}
}

// try runs the test in the program with the bug and reports whether it failed.
func (m *mutant) try(t *testing.T, root, overlay string) bool {
	test := cmp.Or(m.test, histories)
	args := []string{"test", "-vet=off", "-count=1", "-failfast", "-v", "-timeout", mutantTime.String()}
	fails := "--- FAIL: "
	switch test {
	case rulesTests:
		args = append(args, test, "-rapid.nofailfile")
	case rebuildTests:
		args = append(args, "-run", "Rebuild", test)
	default:
		args = append(args, "-run", "^"+test+"$", "./e2e/faults")
		fails += test
	}
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = root
	// By the environment, so that a server that the test builds has the bug too.
	cmd.Env = append(os.Environ(), "GOFLAGS="+os.Getenv("GOFLAGS")+" -overlay="+overlay,
		historiesVar+"="+strconv.Itoa(mutantHistories), upheavalsVar+"="+strconv.Itoa(mutantHistories), crashesVar+"="+strconv.Itoa(mutantCrashes), mutantsVar+"=")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Minute
	begin := time.Now()
	out, err := cmd.CombinedOutput()
	var failed *exec.ExitError
	switch {
	case err == nil:
		t.Errorf("not caught by %s", test)
		return false
	case !errors.As(err, &failed) || !strings.Contains(string(out), fails):
		t.Fatalf("the test was not run: %v\n%s", err, out)
	}
	t.Logf("caught %s, in %v", verdict(test, string(out)), time.Since(begin).Round(time.Second))
	return true
}

var (
	triedOf  = regexp.MustCompile(`(\d+) histories, (\d+) requests`)
	failedOf = regexp.MustCompile(`--- FAIL: (\S+)`)
)

// verdict says how a bug was caught: where histories did, by the answers that
// people got, by the database's refusal of what it led to, or by the trail.
func verdict(test, out string) string {
	switch test {
	case histories:
	case rulesTests, rebuildTests:
		return "by " + failedOf.FindStringSubmatch(out)[1]
	default:
		return "by " + test
	}
	how := "by the histories"
	switch {
	case strings.Contains(out, "not linearizable: "):
		how = "by the answers"
	case strings.Contains(out, "status 500"), strings.Contains(out, "SQLSTATE"):
		how = "by the database's own rules"
	case strings.Contains(out, "differs between the tables and the trail"):
		how = "by the trail"
	case strings.Contains(out, "preparing "):
		how = "by the first steps"
	}
	if tried := triedOf.FindStringSubmatch(out); tried != nil {
		how += " after " + tried[1] + " good histories"
	}
	return how
}

// overlay writes the changed files and the list of them that go build takes.
func (m *mutant) overlay(root, dir string) (string, error) {
	changed := map[string]string{}
	for _, e := range m.edits {
		file, err := e.find(root, changed)
		if err != nil {
			return "", err
		}
		changed[file] = strings.Replace(changed[file], e.old, e.new, 1)
	}
	replace := map[string]string{}
	for file, content := range changed {
		path := filepath.Join(dir, filepath.Base(file))
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return "", fmt.Errorf("writing a changed file: %w", err)
		}
		replace[file] = path
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", fmt.Errorf("listing the changed files: %w", err)
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, list, 0o600)
}

// find looks for the one file that has the text, and puts it among the changed
// ones unless it is there.
func (e *edit) find(root string, changed map[string]string) (string, error) {
	entries, err := os.ReadDir(filepath.Join(root, e.in))
	if err != nil {
		return "", fmt.Errorf("looking for what is to be changed: %w", err)
	}
	found, times := "", 0
	for _, entry := range entries {
		if entry.IsDir() || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file := filepath.Join(root, e.in, entry.Name())
		content, ok := changed[file]
		if !ok {
			raw, err := os.ReadFile(file)
			if err != nil {
				return "", fmt.Errorf("reading what may have to be changed: %w", err)
			}
			content = string(raw)
		}
		if n := strings.Count(content, e.old); n > 0 {
			found, times = file, times+n
			changed[file] = content
		}
	}
	if times != 1 {
		return "", fmt.Errorf("in %s %q stands %d times, want once: say it as the program does now", e.in, e.old, times)
	}
	return found, nil
}

// standsIn is the newest word of the schema on when a stand-in sits in a seat.
const standsIn = `d.starts <= clock_timestamp() and d.ends > clock_timestamp() and d.ended_at is null
       and g.since <= d.at -- a seat that was lost and came back is not lent any more
       and not exists (`
