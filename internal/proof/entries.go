package proof

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// entryLine is a line of entries.jsonl or rights.jsonl, for reading.
type entryLine struct {
	Seq   int64           `json:"seq"`
	At    int64           `json:"at"` // microseconds since 1970
	Actor review.PersonID `json:"actor"`
	Kind  string          `json:"kind"`
	Body  json.RawMessage `json:"body"`
	Hash  string          `json:"hash"`
}

// encodeRecord is a line of a file of entries. The event stands in it as the bytes
// that were hashed.
func encodeRecord(b []byte, r *review.Sealed) []byte {
	b = append(b, `{"seq":`...)
	b = strconv.AppendInt(b, r.Seq, 10)
	b = append(b, `,"at":`...)
	b = strconv.AppendInt(b, r.At.UnixMicro(), 10)
	b = append(b, `,"actor":`...)
	b = strconv.AppendInt(b, int64(r.Actor), 10)
	b = append(b, `,"kind":"`...)
	b = append(b, r.Kind...)
	b = append(b, `","body":`...)
	b = append(b, r.Body...)
	b = append(b, `,"hash":"`...)
	b = hex.AppendEncode(b, r.Hash[:])
	return append(b, '"', '}', '\n')
}

func encodeRecords(records []review.Sealed) []byte {
	var b []byte
	for i := range records {
		b = encodeRecord(b, &records[i])
	}
	return b
}

// decodeRecords reads a file of entries up to the first line that is not as
// [encodeRecord] writes it; the problem names that line's entry.
func decodeRecords(name string, b []byte) ([]review.Sealed, *Problem) {
	var out []review.Sealed
	for len(b) > 0 {
		line, rest, ended := bytes.Cut(b, []byte("\n"))
		no := len(out) + 1
		if !ended {
			return out, &Problem{entryPlace(name, int64(no)), "is cut off"}
		}
		r, err := decodeRecord(line)
		if err != nil {
			return out, &Problem{entryPlace(name, int64(no)), err.Error()}
		}
		out, b = append(out, *r), rest
	}
	return out, nil
}

func decodeRecord(line []byte) (*review.Sealed, error) {
	var l entryLine
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil {
		return nil, errors.New("is not the JSON that it should be")
	}
	hash, err := parseHash(l.Hash)
	if err != nil {
		return nil, err
	}
	r := &review.Sealed{Seq: l.Seq, At: time.UnixMicro(l.At).UTC(), Actor: l.Actor, Kind: l.Kind, Body: l.Body, Hash: hash}
	if again := encodeRecord(nil, r); !bytes.Equal(again[:len(again)-1], line) {
		return nil, errors.New("is not written the one way in which this program writes it")
	}
	return r, nil
}

func entryPlace(file string, no int64) string { return fmt.Sprintf("%s, entry %d", file, no) }
