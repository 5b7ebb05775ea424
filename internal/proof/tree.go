package proof

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/slipway-prr/slipway/internal/review"
)

// leaf is the hash of a stream's head in the tree. Its text is a line for the
// kind, then stream, number and hash of the newest entry.
func leaf(h review.Head) tlog.Hash {
	b := append(make([]byte, 0, 128), "slipway head 1\n"...)
	b = strconv.AppendInt(b, int64(h.Stream), 10)
	b = append(b, '\n')
	b = strconv.AppendInt(b, h.Seq, 10)
	b = append(b, '\n')
	b = hex.AppendEncode(b, h.Hash[:])
	return tlog.RecordHash(append(b, '\n'))
}

// tree is a Merkle tree as the library stores it: complete subtrees in one
// slice.
type tree struct {
	stored []tlog.Hash
	size   int64
}

// ReadHashes gives the library the hashes that it asks for.
func (t *tree) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		if n < 0 || n >= int64(len(t.stored)) {
			return nil, fmt.Errorf("there is no hash %d", n)
		}
		out[i] = t.stored[n]
	}
	return out, nil
}

func (t *tree) add(h tlog.Hash) error {
	hashes, err := tlog.StoredHashesForRecordHash(t.size, h, t)
	if err != nil {
		return fmt.Errorf("building the tree: %w", err)
	}
	t.stored = append(t.stored, hashes...)
	t.size++
	return nil
}

func (t *tree) root() (tlog.Hash, error) {
	h, err := tlog.TreeHash(t.size, t)
	if err != nil {
		return h, fmt.Errorf("hashing the tree: %w", err)
	}
	return h, nil
}

func treeOf(leaves []tlog.Hash) (*tree, error) {
	t := &tree{stored: make([]tlog.Hash, 0, 2*len(leaves))}
	for _, h := range leaves {
		if err := t.add(h); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// treeOfHeads is the tree over streams' heads, which are in the order of the
// streams.
func treeOfHeads(heads []review.Head) (*tree, error) {
	leaves := make([]tlog.Hash, len(heads))
	for i, h := range heads {
		if h.Seq < 1 || (i > 0 && h.Stream <= heads[i-1].Stream) {
			return nil, fmt.Errorf("the heads of streams are out of order, or empty, at stream %d", h.Stream)
		}
		leaves[i] = leaf(h)
	}
	return treeOf(leaves)
}

// Inclusion proves that a stream's head is in a checkpoint.
type Inclusion struct {
	Head  review.Head
	Index int64 // of the leaf, from 0
	Size  int64 // of the tree
	Path  tlog.RecordProof
}

// Include makes the proof for one stream. heads are all of the checkpoint's,
// in the order of the streams.
func Include(heads []review.Head, stream review.ProjectID) (*Inclusion, error) {
	i := slices.IndexFunc(heads, func(h review.Head) bool { return h.Stream == stream })
	if i < 0 {
		return nil, fmt.Errorf("stream %d is not in the checkpoint", stream)
	}
	t, err := treeOfHeads(heads)
	if err != nil {
		return nil, err
	}
	path, err := tlog.ProveRecord(t.size, int64(i), t)
	if err != nil {
		return nil, fmt.Errorf("proving that stream %d is in the checkpoint: %w", stream, err)
	}
	return &Inclusion{Head: heads[i], Index: int64(i), Size: t.size, Path: path}, nil
}

// Check compares the proof with a checkpoint.
func (in *Inclusion) Check(c *Checkpoint) error {
	if in.Size != c.Size {
		return fmt.Errorf("the proof is for a tree of %d streams, the checkpoint has %d", in.Size, c.Size)
	}
	if err := tlog.CheckRecord(in.Path, c.Size, c.Root, in.Index, leaf(in.Head)); err != nil {
		return errors.New("the path does not lead from the head of this stream to the checkpoint's root")
	}
	return nil
}

// inclusionFile is an [Inclusion] as a file of the bundle.
type inclusionFile struct {
	Stream review.ProjectID `json:"stream"`
	Entry  int64            `json:"entry"`
	Hash   string           `json:"hash"`
	Index  int64            `json:"index"`
	Size   int64            `json:"size"`
	Path   []tlog.Hash      `json:"path"`
}

func (in *Inclusion) encode() ([]byte, error) {
	return encodeFile(inclusionFile{in.Head.Stream, in.Head.Seq, hex.EncodeToString(in.Head.Hash[:]), in.Index, in.Size, in.Path})
}

func decodeInclusion(b []byte) (*Inclusion, error) {
	var f inclusionFile
	if err := decodeFile(b, &f); err != nil {
		return nil, err
	}
	hash, err := parseHash(f.Hash)
	if err != nil {
		return nil, err
	}
	return &Inclusion{Head: review.Head{Stream: f.Stream, Seq: f.Entry, Hash: hash}, Index: f.Index, Size: f.Size, Path: f.Path}, nil
}

func parseHash(s string) (review.Hash, error) {
	var h review.Hash
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) || hex.EncodeToString(b) != s {
		return h, fmt.Errorf("%q is not a SHA-256 in hexadecimal", s)
	}
	copy(h[:], b)
	return h, nil
}

// encodeFile writes a JSON file of the bundle, for people to read too.
func encodeFile(v any) ([]byte, error) {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	return append(b, '\n'), nil
}

// decodeFile reads what [encodeFile] wrote, and only that: the same value
// written any other way is refused.
func decodeFile(b []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("is not the JSON that it should be: %w", err)
	}
	again, err := encodeFile(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, b) {
		return errors.New("is not written the one way in which this program writes it")
	}
	return nil
}
