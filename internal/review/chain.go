package review

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"time"
)

// Hash is a link of a stream's chain.
type Hash [sha256.Size]byte

// Head is where a stream stood at some moment: the number and the hash of its
// newest entry then.
type Head struct {
	Stream ProjectID
	Seq    int64
	Hash   Hash
}

// Sealed is an entry as the trail keeps it, its event still the bytes that
// were hashed.
type Sealed struct {
	Seq   int64
	At    time.Time
	Actor PersonID
	Kind  string
	Body  []byte
	Hash  Hash
}

// Entry decodes a sealed entry.
func (r *Sealed) Entry() (Entry, error) {
	e, err := DecodeEvent(r.Kind, r.Body)
	if err != nil {
		return Entry{}, err
	}
	return Entry{Seq: r.Seq, At: r.At.UTC(), Actor: r.Actor, Event: e}, nil
}

// ChainHash is the hash of an entry: SHA-256 over the hash before it and the
// entry's fields, one a line, with the time in microseconds since 1970 and the
// event as [EncodeEvent] wrote it. The first entry follows the zero hash.
func ChainHash(prev Hash, stream ProjectID, e Entry, body []byte) Hash {
	return link(prev, stream, &Sealed{Seq: e.Seq, At: e.At, Actor: e.Actor, Kind: e.Event.Kind(), Body: body})
}

func link(prev Hash, stream ProjectID, r *Sealed) Hash {
	b := make([]byte, 0, 160+len(r.Body))
	b = append(b, "slipway trail 1\n"...)
	b = append(b, prev[:]...)
	for _, n := range []int64{int64(stream), r.Seq, r.At.UnixMicro(), int64(r.Actor)} {
		b = append(b, '\n')
		b = strconv.AppendInt(b, n, 10)
	}
	b = append(b, '\n')
	b = append(b, r.Kind...)
	b = append(b, '\n')
	b = append(b, r.Body...)
	return sha256.Sum256(b)
}

// ChainBreak says at which entry a stream's chain does not hold, and why.
type ChainBreak struct {
	Entry int64
	Why   string
}

func (e *ChainBreak) Error() string { return fmt.Sprintf("entry %d %s", e.Entry, e.Why) }

// CheckChain decodes a stream from its first entry on and returns its head. A
// [ChainBreak] names the first entry that is missing, out of order, changed,
// or not to be understood; the entries before it are returned all the same.
func CheckChain(stream ProjectID, records []Sealed) ([]Entry, Head, error) {
	entries := make([]Entry, 0, len(records))
	head := Head{Stream: stream}
	for i := range records {
		r := &records[i]
		if r.Seq != head.Seq+1 {
			return entries, head, &ChainBreak{head.Seq + 1, fmt.Sprintf("is missing: number %d stands in its place", r.Seq)}
		}
		hash := link(head.Hash, stream, r)
		if hash != r.Hash {
			return entries, head, &ChainBreak{r.Seq, "was changed: its hash does not follow from what it says and from the entry before it"}
		}
		e, err := r.Entry()
		if err != nil {
			return entries, head, &ChainBreak{r.Seq, "cannot be understood: " + err.Error()}
		}
		entries = append(entries, e)
		head.Seq, head.Hash = r.Seq, hash
	}
	return entries, head, nil
}
