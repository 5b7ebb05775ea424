package proof

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/slipway-prr/slipway/internal/review"
)

// Checkpoint says where all streams of the trail stood at one moment. Each
// names the one before it, so they form a chain of their own.
type Checkpoint struct {
	Origin   string    // the key's name
	No       int64     // 1 is the first
	At       time.Time // by the database's clock, in microseconds
	Size     int64     // streams in it
	Root     tlog.Hash // of the tree over their heads
	Previous [32]byte  // SHA-256 of the note before; zero for the first
}

const checkpointTime = "2006-01-02T15:04:05.000000Z"

// text is what is signed: origin, size and root as in the checkpoints of
// transparency logs, then what those leave open.
func (c *Checkpoint) text() string {
	previous := "none"
	if c.No > 1 {
		previous = base64.StdEncoding.EncodeToString(c.Previous[:])
	}
	return fmt.Sprintf("%s\n%d\n%s\nnumber %d\ntime %s\nprevious %s\n", c.Origin, c.Size, c.Root, c.No,
		c.At.UTC().Format(checkpointTime), previous)
}

func parseCheckpoint(text string) (*Checkpoint, error) {
	malformed := errors.New("is not a checkpoint as this program writes it")
	lines := strings.Split(text, "\n")
	if len(lines) != 7 {
		return nil, malformed
	}
	var errs [5]error
	c := &Checkpoint{Origin: lines[0]}
	c.Size, errs[0] = strconv.ParseInt(lines[1], 10, 64)
	c.Root, errs[1] = tlog.ParseHash(lines[2])
	c.No, errs[2] = strconv.ParseInt(strings.TrimPrefix(lines[3], "number "), 10, 64)
	c.At, errs[3] = time.Parse(checkpointTime, strings.TrimPrefix(lines[4], "time "))
	if previous := strings.TrimPrefix(lines[5], "previous "); previous != "none" {
		var h tlog.Hash
		h, errs[4] = tlog.ParseHash(previous)
		c.Previous = h
	}
	if errors.Join(errs[:]...) != nil || c.Size < 1 || c.No < 1 || c.text() != text {
		return nil, malformed
	}
	return c, nil
}

// Seal makes the next checkpoint: a signed note. previous is the note before
// it, nil for the first; heads are those of all streams that have an entry, in
// the order of the streams.
func (k *Key) Seal(no int64, at time.Time, previous []byte, heads []review.Head) ([]byte, error) {
	if (no == 1) != (previous == nil) || len(heads) == 0 {
		return nil, fmt.Errorf("checkpoint %d does not fit what went before, or is over nothing", no)
	}
	t, err := treeOfHeads(heads)
	if err != nil {
		return nil, err
	}
	root, err := t.root()
	if err != nil {
		return nil, err
	}
	c := &Checkpoint{Origin: k.Name(), No: no, At: at, Size: t.size, Root: root}
	if previous != nil {
		c.Previous = sha256.Sum256(previous)
	}
	signed, err := note.Sign(&note.Note{Text: c.text()}, k.signer)
	if err != nil {
		return nil, fmt.Errorf("signing checkpoint %d: %w", no, err)
	}
	return signed, nil
}

// Open reads a checkpoint that one of the keys has signed, once, in the one way
// in which this program writes it.
func (k Keys) Open(signed []byte) (*Checkpoint, error) {
	n, err := note.Open(signed, note.VerifierList(k...))
	if err != nil {
		return nil, fmt.Errorf("carries no valid signature by %s", k)
	}
	c, err := parseCheckpoint(n.Text)
	if err != nil {
		return nil, err
	}
	sig, err := base64.StdEncoding.Strict().DecodeString(n.Sigs[0].Base64)
	if err != nil || string(signed) != fmt.Sprintf("%s\n— %s %s\n", n.Text, n.Sigs[0].Name, base64.StdEncoding.EncodeToString(sig)) {
		return nil, errors.New("carries its signature in a form of its own")
	}
	if c.Origin != n.Sigs[0].Name {
		return nil, fmt.Errorf("speaks for %q, but %q signed it", c.Origin, n.Sigs[0].Name)
	}
	return c, nil
}

// Newest is the highest number among notes that are checkpoints by one of the
// keys; 0 when none is.
func (k Keys) Newest(notes [][]byte) int64 {
	var newest int64
	for _, n := range notes {
		if c, err := k.Open(n); err == nil {
			newest = max(newest, c.No)
		}
	}
	return newest
}

// Series checks checkpoints one after the other, from the first on.
type Series struct {
	Keys   Keys
	Count  int64     // checkpoints so far
	At     time.Time // of the newest
	heads  []review.Head
	leaves []tlog.Hash
	last   [32]byte
}

// Next checks the next checkpoint against those before: its signature, its
// number, the hash of the one before, that no stream went back, and that it is
// over exactly these heads. changed are the heads that differ from before, in
// the order of the streams. Each problem is a sentence without its subject.
func (s *Series) Next(signed []byte, changed []review.Head) []string {
	var wrong []string
	for _, h := range changed {
		if why := s.move(h); why != "" {
			wrong = append(wrong, why)
		}
	}
	last := s.last
	s.last = sha256.Sum256(signed)
	s.Count++
	c, err := s.Keys.Open(signed)
	if err != nil {
		return append(wrong, err.Error())
	}
	if c.No != s.Count {
		wrong = append(wrong, fmt.Sprintf("has number %d, where %d is expected", c.No, s.Count))
	}
	if c.Previous != last {
		wrong = append(wrong, "does not follow the checkpoint before it: that one was changed, or another stood there")
	}
	if c.At.Before(s.At) {
		wrong = append(wrong, "is older than the one before it")
	}
	s.At = c.At
	t, err := treeOf(s.leaves)
	if err != nil {
		return append(wrong, err.Error())
	}
	root, err := t.root()
	if err != nil {
		return append(wrong, err.Error())
	}
	if c.Size != t.size || c.Root != root {
		wrong = append(wrong, "was signed over other heads than those that are kept with it")
	}
	return wrong
}

// move takes over a stream's new head.
func (s *Series) move(h review.Head) string {
	i, known := slices.BinarySearchFunc(s.heads, h.Stream, func(x review.Head, id review.ProjectID) int { return int(x.Stream - id) })
	if !known {
		s.heads, s.leaves = slices.Insert(s.heads, i, h), slices.Insert(s.leaves, i, leaf(h))
		return ""
	}
	before := s.heads[i]
	s.heads[i], s.leaves[i] = h, leaf(h)
	if h.Seq <= before.Seq {
		return fmt.Sprintf("has stream %d at entry %d, where it had been at entry %d already", h.Stream, h.Seq, before.Seq)
	}
	return ""
}

// Heads are those of the newest checkpoint, in the order of the streams.
func (s *Series) Heads() []review.Head { return slices.Clone(s.heads) }

// SplitNotes takes a file of checkpoints apart, as [AppendNote] put it together.
// What a crash has cut off comes out as a piece of its own.
func SplitNotes(b []byte) [][]byte {
	var notes [][]byte
	var text []byte // waits for its signature
	for block := range bytes.SplitSeq(b, []byte("\n\n")) {
		block = bytes.Trim(block, "\n")
		if len(block) == 0 {
			continue
		}
		signature := bytes.HasPrefix(block, []byte("— "))
		if text != nil && signature {
			block = slices.Concat(text, []byte("\n\n"), block)
		} else if text != nil {
			notes = append(notes, append(text, '\n'))
		}
		text = nil
		if signature {
			notes = append(notes, append(slices.Clip(block), '\n'))
		} else {
			text = slices.Clone(block)
		}
	}
	if text != nil {
		notes = append(notes, append(text, '\n'))
	}
	return notes
}

// AppendNote writes a checkpoint at the end of a file of checkpoints.
func AppendNote(b, signed []byte) []byte { return append(append(b, signed...), '\n') }
