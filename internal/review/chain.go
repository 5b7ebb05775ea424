package review

import (
	"crypto/sha256"
	"strconv"
)

// Hash is a link of a stream's chain.
type Hash [sha256.Size]byte

// ChainHash is the hash of an entry: SHA-256 over the hash before it and the
// entry's fields, one a line, with the time in microseconds since 1970 and the
// event as [EncodeEvent] wrote it. The first entry follows the zero hash.
func ChainHash(prev Hash, stream ProjectID, e Entry, body []byte) Hash {
	b := make([]byte, 0, 160+len(body))
	b = append(b, "slipway trail 1\n"...)
	b = append(b, prev[:]...)
	for _, n := range []int64{int64(stream), e.Seq, e.At.UnixMicro(), int64(e.Actor)} {
		b = append(b, '\n')
		b = strconv.AppendInt(b, n, 10)
	}
	b = append(b, '\n')
	b = append(b, e.Event.Kind()...)
	b = append(b, '\n')
	b = append(b, body...)
	return sha256.Sum256(b)
}
