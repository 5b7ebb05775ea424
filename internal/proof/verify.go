package proof

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/slipway-prr/slipway/internal/review"
)

// Problem is something that does not hold: where, and what, as a sentence
// without its subject.
type Problem struct{ Where, What string }

func (p Problem) String() string { return p.Where + " " + p.What + "." }

// Report is what [Verify] found, in plain words.
type Report struct {
	About     string    // what the bundle says it is of
	Decisions []string  // what was decided, by whom and when, as far as it holds
	Holds     []string  // whole sentences
	Fails     []Problem // empty when everything holds
	Open      []string  // what no bundle can prove
}

// OK reports whether everything holds that a bundle can prove.
func (r *Report) OK() bool { return len(r.Fails) == 0 }

func (r *Report) holds(format string, args ...any) {
	r.Holds = append(r.Holds, fmt.Sprintf(format, args...))
}

func (r *Report) fails(where, format string, args ...any) {
	r.Fails = append(r.Fails, Problem{where, fmt.Sprintf(format, args...)})
}

// String is the report for a terminal.
func (r *Report) String() string {
	var b strings.Builder
	section := func(title string, lines []string) {
		if len(lines) == 0 {
			return
		}
		b.WriteString(title + "\n")
		for _, l := range lines {
			b.WriteString("  - " + l + "\n")
		}
		b.WriteString("\n")
	}
	if r.About != "" {
		b.WriteString(r.About + "\n\n")
	}
	section("Decisions:", r.Decisions)
	section("What holds:", r.Holds)
	fails := make([]string, len(r.Fails))
	for i, p := range r.Fails {
		fails[i] = p.String()
	}
	section("What does NOT hold:", fails)
	section("What this file cannot prove:", r.Open)
	if r.OK() {
		b.WriteString("Verified: everything in this bundle holds.\n")
	} else {
		fmt.Fprintf(&b, "REFUSED: %d thing(s) in this bundle do not hold. Do not rely on it.\n", len(r.Fails))
	}
	return strings.Map(printable, b.String())
}

// printable keeps what a hostile file says from steering the terminal.
func printable(c rune) rune {
	if c == '\n' || (unicode.IsPrint(c) && !unicode.Is(unicode.Bidi_Control, c)) {
		return c
	}
	return unicode.ReplacementChar
}

// unprovable is what a bundle leaves open, however well everything in it holds.
var unprovable = []string{
	"That the names are right: the trail holds numbers, and no hash covers the names in people.json and report.html.",
	"That report.html is right: it is for reading. What you read here was worked out from the entries.",
	"That the linked pages show what they are linked for.",
	"That the server's clock was right.",
	"That nothing happened after the checkpoint.",
}

const unproveSeats = "That the signers held their seats: rights are kept in a stream of their own, which is not in this file. An auditor or admin can download a bundle that has it."

const unproveFork = "That everybody was shown this same checkpoint: compare it with a copy of the checkpoints that was kept elsewhere (--against FILE)."

// Verify checks a bundle against keys that its reader trusts. It needs nothing
// else, takes at most [MaxBytes], and checks on after a problem as far as what
// follows can still be made sense of. published are checkpoints that were kept
// outside of the server, as [SplitNotes] gives them; nil when there are none.
func Verify(b []byte, keys Keys, published [][]byte) *Report {
	r := &Report{Open: slices.Clone(unprovable)}
	v := &verification{Report: r, keys: keys, files: map[string][]byte{}}
	v.unpack(b)
	if v.about() {
		v.entries, v.head, v.whole = v.chain(fileEntries, v.a.Project, v.a.Entries)
		v.directory()
	}
	v.checkpoint(published)
	if v.whole {
		v.replay()
	}
	return r
}

// verification is what is known so far.
type verification struct {
	*Report
	keys      Keys
	files     map[string][]byte
	listed    []file
	a         about
	people    people
	entries   []review.Entry
	documents map[string]bool // files of documents that the entries name
	head      review.Head
	whole     bool    // the chain holds from the first entry to the last
	rights    *rights // nil in a bundle without them, or where they do not hold
	seats     review.Head
}

// unpack opens the zip file and checks the manifest.
func (v *verification) unpack(b []byte) {
	files, problems := readArchive(b)
	v.Fails = append(v.Fails, problems...)
	v.listed = files
	for _, f := range files {
		v.files[f.name] = f.data
	}
	signature, signed := v.files[fileSignature]
	if !signed {
		v.fails(fileSignature, "is missing: nobody vouches for the files")
		return
	}
	listed, by, err := v.keys.openEnvelope(typeManifest, signature)
	if err != nil {
		v.fails(fileSignature, "%s", err)
	}
	if m, ok := v.files[fileManifest]; !ok {
		v.fails(fileManifest, "is missing")
	} else if !bytes.Equal(m, listed) {
		v.fails(fileManifest, "is not what was signed")
	}
	same := v.compareManifest(listed)
	if err == nil && same && len(problems) == 0 {
		v.holds("All %d files are exactly those that %s signed.", len(files), by)
	}
}

// compareManifest names the files that are not as the signed manifest lists them.
func (v *verification) compareManifest(listed []byte) bool {
	if bytes.Equal(manifest(v.listed), listed) {
		return true
	}
	want := map[string]string{}
	for line := range strings.Lines(string(listed)) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		want[name] = sum
	}
	before := len(v.Fails)
	for _, f := range v.listed {
		if f.name == fileManifest || f.name == fileSignature {
			continue
		}
		sum := sha256.Sum256(f.data)
		switch signed, ok := want[f.name]; {
		case !ok:
			v.fails(f.name, "is not among the files that were signed")
		case signed != hex.EncodeToString(sum[:]):
			v.fails(f.name, "was changed after it was signed")
		}
		delete(want, f.name)
	}
	for name := range want {
		v.fails(place(name), "is missing")
	}
	if len(v.Fails) == before {
		v.fails(fileSignature, "lists the files in a form of its own")
	}
	return false
}

// about reads what the bundle says it is, and the names.
func (v *verification) about() bool {
	if b, ok := v.files[filePeople]; !ok {
		v.fails(filePeople, "is missing")
	} else if err := decodeFile(b, &v.people); err != nil {
		v.fails(filePeople, "%s", err)
	}
	for _, name := range []string{fileReadme, fileReport} {
		if _, ok := v.files[name]; !ok {
			v.fails(name, "is missing")
		}
	}
	b, ok := v.files[fileAbout]
	if !ok {
		v.fails(fileAbout, "is missing")
		return false
	}
	if err := decodeFile(b, &v.a); err != nil {
		v.fails(fileAbout, "%s", err)
		return false
	}
	if v.a.Format < formatOne || v.a.Format > format {
		v.fails(fileAbout, "has format %d, this program knows formats up to %d: use the program of that time", v.a.Format, format)
		return false
	}
	return true
}

// chain checks the entries of a stream from the first to the last, which is
// number last.
func (v *verification) chain(name string, stream review.ProjectID, last int64) (entries []review.Entry, head review.Head, whole bool) {
	b, ok := v.files[name]
	if !ok {
		v.fails(name, "is missing")
		return nil, head, false
	}
	records, problem := decodeRecords(name, b)
	entries, head, err := review.CheckChain(stream, records)
	var broken *review.ChainBreak
	switch {
	case errors.As(err, &broken):
		v.fails(entryPlace(name, broken.Entry), "%s", broken.Why)
	case problem != nil:
		v.Fails = append(v.Fails, *problem)
	case len(entries) == 0:
		v.fails(entryPlace(name, 1), "is missing: the file is empty")
	case head.Seq != last:
		v.fails(entryPlace(name, head.Seq+1), "is missing: %s speaks of %d entries", fileAbout, last)
	default:
		what := "The trail"
		if name == fileRights {
			what = "The trail of rights"
		}
		v.holds("%s is whole: %d entries, each chained to the one before it, from the first on.", what, head.Seq)
		return entries, head, true
	}
	return entries, head, false
}

// directory checks the entries of the directory, in a bundle that says it has
// them.
func (v *verification) directory() {
	if v.a.Rights == 0 {
		v.Open = append([]string{unproveSeats}, v.Open...)
		return
	}
	entries, head, whole := v.chain(fileRights, review.Directory, v.a.Rights)
	if !whole {
		return
	}
	if _, err := review.ReplayDirectory(entries); err != nil {
		v.fails(fileRights, "cannot be replayed: %s", err)
		return
	}
	v.rights, v.seats = rightsOf(entries), head
}

// checkpoint checks that the chain ends where a signed checkpoint says.
func (v *verification) checkpoint(published [][]byte) {
	signed, ok := v.files[fileCheckpoint]
	if !ok {
		v.fails(fileCheckpoint, "is missing")
		return
	}
	c, err := v.keys.Open(signed)
	if err != nil {
		v.fails(fileCheckpoint, "%s", err)
		return
	}
	if v.included(c, fileInclusion, fileEntries, v.a.Project, v.head, v.whole) {
		v.holds("The trail ends where checkpoint %d says, which was signed for %s over %d streams at %s.", c.No, c.Origin, c.Size,
			c.At.Format(time.RFC3339))
	}
	if v.a.Rights != 0 && v.included(c, fileRightsIn, fileRights, review.Directory, v.seats, v.rights != nil) {
		v.holds("The trail of rights ends where the same checkpoint says.")
	}
	if published == nil {
		v.Open = append(v.Open, unproveFork)
		return
	}
	if slices.ContainsFunc(published, func(p []byte) bool { return bytes.Equal(p, signed) }) {
		v.holds("Checkpoint %d is among the %d that were kept elsewhere.", c.No, len(published))
	} else {
		v.fails(fileCheckpoint, "is not among the %d checkpoints that were kept elsewhere", len(published))
	}
}

// included checks that the checkpoint has a stream at the head to which its
// entries lead.
func (v *verification) included(c *Checkpoint, name, entries string, stream review.ProjectID, head review.Head, whole bool) bool {
	b, ok := v.files[name]
	if !ok {
		v.fails(name, "is missing")
		return false
	}
	in, err := decodeInclusion(b)
	if err == nil {
		err = in.Check(c)
	}
	if err != nil {
		v.fails(name, "%s", err)
		return false
	}
	switch {
	case in.Head.Stream != stream:
		v.fails(name, "speaks of another stream")
	case !whole:
		v.fails(fileCheckpoint, "cannot be compared with %s, whose entries are broken", entries)
	case head.Seq < in.Head.Seq:
		v.fails(entryPlace(entries, head.Seq+1), "is missing: the checkpoint knows of %d entries", in.Head.Seq)
	case head.Seq > in.Head.Seq:
		v.fails(entryPlace(entries, in.Head.Seq+1), "came after the checkpoint, which knows of %d entries", in.Head.Seq)
	case head.Hash != in.Head.Hash:
		v.fails(entryPlace(entries, head.Seq), "has a hash different from the checkpoint's: the whole chain was written again")
	default:
		return true
	}
	return false
}

// replay checks what the entries amount to.
func (v *verification) replay() {
	template, ok := v.files[fileTemplate]
	if !ok {
		v.fails(fileTemplate, "is missing")
		return
	}
	docs := documents{}
	docs.add(template)
	if first, ok := v.entries[0].Event.(review.ProjectCreated); ok {
		if _, err := docs.find(first.Template); err != nil {
			v.fails(fileTemplate, "is not the template that the project is pinned to: %s", err)
			return
		}
		v.holds("The template is the one that the project was pinned to when it was started.")
	}
	v.documents = map[string]bool{}
	for i, ref := range review.DocumentsIn(v.entries) {
		if i == 0 || len(ref.Digest) != 2*sha256.Size {
			continue // the template; or nothing that can be found, which the replay says
		}
		name := documentName(ref.Digest)
		if b, ok := v.files[name]; ok {
			docs.add(b)
			v.documents[name] = true
		}
	}
	h, err := replay(v.a.Project, v.entries, docs, v.rights)
	if err != nil {
		v.fails(entryPlace(fileEntries, h.replayed+1), "cannot be replayed: %s", err)
		return
	}
	p := &h.review.Project
	v.About = fmt.Sprintf("Project %q (%s), template %s version %d, exported %s by %s.", p.Name, p.Key, h.review.Plan.Ref().Key,
		h.review.Plan.Ref().Version, v.a.Made.Format(time.RFC3339), v.a.Instance)
	if v.a.Key != p.Key {
		v.fails(fileAbout, "names project %q, the entries %q", v.a.Key, p.Key)
	}
	for _, p := range h.problems {
		v.fails(entryPlace(fileEntries, p.entry), "%s", p.why)
	}
	if len(h.problems) == 0 {
		v.holds("The entries can be replayed, and each request, signature and outcome in them carries the digest of the content as it then was.")
	}
	v.rounds(h)
	v.conclude(h)
}

// rounds compares the files of each round with the replay.
func (v *verification) rounds(h *history) {
	expected := map[string]bool{
		fileAbout: true, fileReadme: true, fileEntries: true, filePeople: true, fileTemplate: true,
		fileCheckpoint: true, fileInclusion: true, fileReport: true, fileManifest: true, fileSignature: true,
		fileRights: v.a.Rights != 0, fileRightsIn: v.a.Rights != 0,
	}
	if v.a.Stage != "" && h.review.Stage(v.a.Stage) == nil {
		v.fails(fileAbout, "names stage %q, which the template does not have", v.a.Stage)
	}
	maps.Copy(expected, v.documents)
	good, before := 0, len(v.Fails)
	for _, r := range h.rounds {
		if v.a.Stage != "" && r.Stage.Key != v.a.Stage {
			continue
		}
		name := "content-" + r.name() + ".json"
		expected[name] = true
		if b, ok := v.files[name]; !ok {
			v.fails(name, "is missing")
		} else if !bytes.Equal(b, r.bytes) {
			v.fails(name, "is not what was signed: the entries lead to other content")
		}
		payloads, err := r.statements(v.a.Instance, h.review.Project.Key)
		if err != nil {
			v.fails(name, "%s", err)
		}
		for _, p := range payloads {
			expected[p.name] = true
			v.statement(p)
		}
		good++
		v.Decisions = append(v.Decisions, v.decision(r))
	}
	for _, f := range v.listed {
		if !expected[f.name] {
			v.fails(f.name, "does not belong in a bundle for this project")
		}
	}
	if good > 0 && len(v.Fails) == before {
		v.holds("What was signed in %d round(s) is here as it was signed, and the signed statements say of it what the entries say.", good)
	}
}

func (v *verification) statement(p payload) {
	b, ok := v.files[p.name]
	if !ok {
		v.fails(p.name, "is missing")
		return
	}
	got, _, err := v.keys.openEnvelope(typeInToto, b)
	if err != nil {
		v.fails(p.name, "%s", err)
	} else if !bytes.Equal(got, p.data) {
		v.fails(p.name, "differs from what the entries say")
	}
}

// conclude says of the passed gates that they passed by the rules.
func (v *verification) conclude(h *history) {
	passed, proven, forced := 0, 0, 0
	for _, r := range h.rounds {
		switch {
		case v.a.Stage != "" && r.Stage.Key != v.a.Stage:
		case r.Round.Outcome == review.OutcomeForced:
			forced++
		case r.Round.Outcome.Passes():
			passed++
			if r.proven {
				proven++
			}
		}
	}
	if passed > 0 && passed == proven {
		v.holds("All %d round(s) that passed did so with enough different people on the closing digest, every mandatory seat among "+
			"them, and nothing in the way.", passed)
	}
	if forced > 0 {
		v.holds("%d round(s) passed by break-glass: on one person's word, not by the rules. They are recorded as such.", forced)
	}
	if v.rights != nil && len(h.problems) == 0 {
		v.holds("Everybody who signed held the seat then, or stood in for somebody who held it, and those on whose signatures a gate passed " +
			"held theirs until it did.")
		v.holds("Waivers were granted and extended, gates passed by break-glass, and those reviewed, only by people who had the right to.")
	}
	switch {
	case len(h.problems) > 0:
	case h.review.Plan.SoD:
		v.holds("Nobody signed whom separation of duties keeps from it, and nobody granted a waiver that they had asked for.")
	default:
		v.holds("Separation of duties is off in this template: people may have signed what they answered themselves.")
	}
}

// decision is a round in one sentence.
func (v *verification) decision(r *round) string {
	ro := &r.Round
	var signers []string
	for i, so := range ro.SignOffs {
		s := fmt.Sprintf("%s (%s, %s", v.people.of(so.Person), so.Seat.Label(), so.Decision)
		if so.For != 0 {
			s += ", standing in for " + v.people.of(so.For)
		}
		if !r.Counted[i] && ro.Outcome.Passes() {
			s += ", not counted"
		}
		signers = append(signers, s+")")
	}
	what := string(ro.Outcome)
	if ro.Outcome.Passes() && ro.Outcome != review.OutcomeForced && !r.proven {
		what += ", AGAINST THE RULES"
	}
	s := fmt.Sprintf("%s: %s on %s by %s, entry %d, digest %s.", r.title(), what, ro.ClosedAt.Format(time.RFC3339),
		v.people.of(ro.ClosedBy), r.Ended, r.digest.Short())
	if len(signers) > 0 {
		s += " Signed by " + strings.Join(signers, ", ") + "."
	}
	if o := ro.Reopened; !o.At.IsZero() {
		s += fmt.Sprintf(" Reopened on %s by %s, so it no longer counts.", o.At.Format(time.RFC3339), v.people.of(o.By))
	}
	return s
}
