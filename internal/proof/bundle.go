package proof

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Files of a bundle, beside those of the rounds.
const (
	fileAbout      = "bundle.json"
	fileReadme     = "README.txt"
	fileEntries    = "entries.jsonl"
	filePeople     = "people.json"
	fileTemplate   = "template.json"
	fileCheckpoint = "checkpoint.txt"
	fileInclusion  = "inclusion.json"
	fileRights     = "rights.jsonl"          // only where they are asked for
	fileRightsIn   = "rights-inclusion.json" // likewise
	fileReport     = "report.html"
	fileManifest   = "MANIFEST"
	fileSignature  = "MANIFEST.dsse.json"
)

// format is the version of everything in a bundle: which files, and how each is
// written. A program that verifies knows the formats up to its own.
const format = 2

// formatOne has one document, the lifecycle. Bundles that need no more are still
// written in it, so that older programs can verify them.
const formatOne = 1

// Input is what a bundle is made of.
type Input struct {
	Made      time.Time
	Project   review.ProjectID
	Stage     plan.StageKey              // empty: all gates
	Records   []review.Sealed            // of the project's stream, from the first to the one in the checkpoint
	Documents []plan.Document            // that the records name, see [review.DocumentsIn]; the lifecycle that the project was started with first
	Rights    []review.Sealed            // of the directory's stream, up to the checkpoint; nil: the bundle does without
	People    map[review.PersonID]string // names as known now
	Note      []byte                     // the checkpoint
	Heads     []review.Head              // all of the checkpoint's, in the order of the streams
}

// about says what a bundle is of.
type about struct {
	Format   int               `json:"format"`
	Instance string            `json:"instance"`
	Project  review.ProjectID  `json:"project"`
	Key      review.ProjectKey `json:"key"`
	Stage    plan.StageKey     `json:"stage,omitempty"` // of a bundle for one gate
	Entries  int64             `json:"entries"`
	Rights   int64             `json:"rights,omitempty"` // entries of the directory; 0 without them
	Made     time.Time         `json:"made"`
}

// people are the names, which no hash of the trail covers.
type people struct {
	Note   string   `json:"note"`
	People []person `json:"people"`
}

type person struct {
	ID   review.PersonID `json:"id"`
	Name string          `json:"name"`
}

const peopleNote = "Names as they were known when this was exported. The trail holds numbers only, so no hash of it covers the names, and a person's name can be erased without breaking it."

// Build makes a bundle and signs it. It refuses a stream that is broken or
// that does not end where the checkpoint says. A gate that passed against its
// rules is not refused: [Verify] will say so.
func Build(k *Key, in Input) ([]byte, error) {
	b, err := prepare(k, &in)
	if err != nil {
		return nil, fmt.Errorf("making a bundle of project %d: %w", in.Project, err)
	}
	signed, err := b.seal(k)
	if err != nil {
		return nil, fmt.Errorf("making a bundle of project %d: %w", in.Project, err)
	}
	return signed, nil
}

// bundle are the files of a bundle before its manifest.
type bundle struct{ files []file }

func (b *bundle) add(name string, data []byte) { b.files = append(b.files, file{name, data}) }

// addDocuments adds what the project's plan was made of at one time or another.
func (b *bundle) addDocuments(published []plan.Document) error {
	for i, d := range published {
		data, err := d.Bytes()
		if err != nil {
			return err
		}
		if i == 0 {
			b.add(fileTemplate, data)
			continue
		}
		ref, err := d.Ref()
		if err != nil {
			return err
		}
		b.add(documentName(ref.Digest), data)
	}
	return nil
}

func prepare(k *Key, in *Input) (*bundle, error) {
	entries, head, err := review.CheckChain(in.Project, in.Records)
	if err != nil {
		return nil, err
	}
	docs, err := documentsOf(in.Documents)
	if err != nil {
		return nil, err
	}
	directory, err := in.directory()
	if err != nil {
		return nil, err
	}
	h, err := replay(in.Project, entries, docs, directory)
	if err != nil {
		return nil, err
	}
	if in.Stage != "" && h.review.Stage(in.Stage) == nil {
		return nil, review.ErrNotFound
	}
	inclusion, err := includeAt(in.Heads, head)
	if err != nil {
		return nil, err
	}
	f := formatOne
	if len(in.Documents) > 1 {
		f = format
	}
	a := about{f, k.Name(), in.Project, h.review.Project.Key, in.Stage, head.Seq, int64(len(in.Rights)),
		in.Made.UTC().Truncate(time.Second)}
	var b bundle
	b.add(fileReadme, []byte(readme))
	b.add(fileEntries, encodeRecords(in.Records))
	if err := b.addDocuments(in.Documents); err != nil {
		return nil, err
	}
	b.add(fileCheckpoint, in.Note)
	names := namesOf(entries, in.People)
	if err := b.addJSON(a, inclusion, names); err != nil {
		return nil, err
	}
	if err := b.addRights(in); err != nil {
		return nil, err
	}
	if err := b.addRounds(k, h, a); err != nil {
		return nil, err
	}
	page, err := renderReport(h, a, names, k.Verifier())
	if err != nil {
		return nil, err
	}
	b.add(fileReport, page)
	return &b, nil
}

func (b *bundle) addJSON(a about, in *Inclusion, p people) error {
	data, err := encodeFile(a)
	if err != nil {
		return err
	}
	b.add(fileAbout, data)
	if data, err = in.encode(); err != nil {
		return err
	}
	b.add(fileInclusion, data)
	if data, err = encodeFile(p); err != nil {
		return err
	}
	b.add(filePeople, data)
	return nil
}

// includeAt proves that a checkpoint has a stream at just this head.
func includeAt(heads []review.Head, head review.Head) (*Inclusion, error) {
	in, err := Include(heads, head.Stream)
	if err != nil {
		return nil, err
	}
	if in.Head != head {
		return nil, fmt.Errorf("the checkpoint has stream %d at entry %d, the entries end at %d", head.Stream, in.Head.Seq, head.Seq)
	}
	return in, nil
}

// directory are the rights that the bundle is to hold; nil when it does
// without.
func (in *Input) directory() (*rights, error) {
	if len(in.Rights) == 0 {
		return nil, nil
	}
	entries, _, err := review.CheckChain(review.Directory, in.Rights)
	if err != nil {
		return nil, fmt.Errorf("the directory: %w", err)
	}
	return rightsOf(entries), nil
}

// addRights adds the directory's entries, where the bundle is to hold them, and
// the proof that the checkpoint has them.
func (b *bundle) addRights(in *Input) error {
	n := len(in.Rights)
	if n == 0 {
		return nil
	}
	last := &in.Rights[n-1]
	inclusion, err := includeAt(in.Heads, review.Head{Stream: review.Directory, Seq: last.Seq, Hash: last.Hash})
	if err != nil {
		return err
	}
	data, err := inclusion.encode()
	if err != nil {
		return err
	}
	b.add(fileRights, encodeRecords(in.Rights))
	b.add(fileRightsIn, data)
	return nil
}

// addRounds adds what was signed in each round, and the statements.
func (b *bundle) addRounds(k *Key, h *history, a about) error {
	for _, r := range h.rounds {
		if a.Stage != "" && r.Stage.Key != a.Stage {
			continue
		}
		b.add("content-"+r.name()+".json", r.bytes)
		payloads, err := r.statements(k.Name(), a.Key)
		if err != nil {
			return err
		}
		for _, p := range payloads {
			signed, err := k.envelop(typeInToto, p.data)
			if err != nil {
				return err
			}
			b.add(p.name, signed)
		}
	}
	return nil
}

// seal adds the manifest and its signature, and packs everything.
func (b *bundle) seal(k *Key) ([]byte, error) {
	m := manifest(b.files)
	signed, err := k.envelop(typeManifest, m)
	if err != nil {
		return nil, err
	}
	packed, err := writeArchive(append(slices.Clone(b.files), file{fileManifest, m}, file{fileSignature, signed}))
	if err != nil {
		return nil, err
	}
	if len(packed) > MaxBytes {
		return nil, fmt.Errorf("it would take %d MiB, more than the %d that a bundle may have", len(packed)>>20, MaxBytes>>20)
	}
	return packed, nil
}

// manifest lists the SHA-256 of each file in the form that the command
// sha256sum checks.
func manifest(files []file) []byte {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	var b []byte
	for _, f := range files {
		if f.name == fileManifest || f.name == fileSignature {
			continue
		}
		sum := sha256.Sum256(f.data)
		b = hex.AppendEncode(b, sum[:])
		b = fmt.Appendf(b, "  %s\n", f.name)
	}
	return b
}

// namesOf are the names of everybody whom the entries speak of, by number.
func namesOf(entries []review.Entry, names map[review.PersonID]string) people {
	seen := map[review.PersonID]bool{review.System: true}
	out := people{Note: peopleNote, People: []person{}}
	for _, e := range entries {
		for _, id := range append(e.Event.People(), e.Actor) {
			if name, ok := names[id]; ok && !seen[id] {
				seen[id] = true
				out.People = append(out.People, person{id, name})
			}
		}
	}
	slices.SortFunc(out.People, func(a, b person) int { return int(a.ID - b.ID) })
	return out
}

// of is a person's name, fit to be shown.
func (p *people) of(id review.PersonID) string {
	if id == review.System {
		return "Slipway"
	}
	for _, x := range p.People {
		if x.ID == id && x.Name != "" {
			return x.Name
		}
	}
	return fmt.Sprintf("Person %d", id)
}
