package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/klauspost/compress/s2"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// A stage is kept packed, a small part of what it takes as a review: numbers as
// varints, an item by its place in the template, a text that repeats the one
// before it as nothing, and all of that compressed. Texts of what is unpacked lie
// in one string.

// packer appends to a stage's packed form.
type packer []byte

func (p *packer) int(n int64) { *p = binary.AppendVarint(*p, n) }

// time writes a moment in microseconds. One before the year 1970, which nothing
// here has, would be taken for none.
func (p *packer) time(t time.Time) {
	if t.IsZero() {
		p.int(-1)
		return
	}
	p.int(t.UnixMicro())
}

// text writes a text; last is what unpacking has at hand.
func (p *packer) text(s, last string) {
	if s == last {
		p.int(-1)
		return
	}
	p.int(int64(len(s)))
	*p = append(*p, s...)
}

func (p *packer) bool(b bool) {
	n := int64(0)
	if b {
		n = 1
	}
	p.int(n)
}

// pack writes the items that somebody touched, and the evidence. It fails when
// a piece of evidence is for no item of the stage.
func pack(s *review.Stage) (packed []byte, ok bool) {
	room := packers.Get().(*packing)
	defer packers.Put(room)
	p := &room.plain
	*p = (*p)[:0]
	var none review.Item
	last := &none
	for i := range s.Items {
		if it := &s.Items[i]; touched(it) {
			p.int(int64(i))
			p.item(it, last)
			last = it
		}
	}
	p.int(-1)
	p.int(int64(len(s.Evidence)))
	var first review.Evidence
	before := &first
	for i := range s.Evidence {
		e := &s.Evidence[i]
		at := s.Def.Place(e.Item)
		if at < 0 {
			return nil, false
		}
		p.int(int64(at))
		p.evidence(e, before)
		before = e
	}
	if n := s2.MaxEncodedLen(len(*p)); len(room.small) < n {
		room.small = make([]byte, n)
	}
	return bytes.Clone(s2.Encode(room.small, *p)), true
}

// packing is room to pack and unpack in.
type packing struct {
	plain packer
	small []byte
}

// packers are reused: what they write is copied, in its exact size.
var packers = sync.Pool{New: func() any { return new(packing) }}

// touched reports whether an item has anything that the template does not say.
func touched(it *review.Item) bool {
	return it.Answer != review.Answer{State: review.Open} || it.Assignee != 0 || !it.Due.IsZero() || it.Comments != 0 || it.Reattest || it.Was != "" || len(it.Earlier) > 0 ||
		it.Offer != nil || it.Inherited != nil
}

func (p *packer) item(it, last *review.Item) {
	a := &it.Answer
	p.text(string(a.State), string(last.Answer.State))
	p.text(a.Note, last.Answer.Note)
	p.text(string(a.NoteFor), string(last.Answer.NoteFor))
	p.text(string(a.Choices), string(last.Answer.Choices))
	p.text(string(a.Risk), string(last.Answer.Risk))
	p.int(int64(a.Version))
	p.int(int64(a.By))
	p.time(a.At)
	p.int(int64(a.ApprovedBy))
	p.time(a.ApprovedAt)
	p.int(int64(it.Assignee))
	p.time(it.Due)
	p.int(int64(it.Comments))
	p.bool(it.Reattest)
	p.text(string(it.Was), string(last.Was))
	p.int(int64(len(it.Earlier)))
	for _, person := range it.Earlier {
		p.int(int64(person))
	}
	p.bool(it.Offer != nil)
	if o := it.Offer; o != nil {
		p.text(o.Text, "")
		p.int(int64(o.By))
		p.time(o.At)
	}
	p.bool(it.Inherited != nil)
	if in := it.Inherited; in != nil {
		p.int(int64(in.From))
		p.text(string(in.Of), "")
		p.text(string(in.Seal), "")
		p.text(string(in.Lost), "")
		p.int(int64(in.By))
		p.time(in.At)
	}
}

func (p *packer) evidence(e, last *review.Evidence) {
	p.int(int64(e.No))
	p.text(string(e.URL), string(last.URL))
	p.text(e.Title, last.Title)
	p.text(string(e.Type), string(last.Type))
	p.time(e.Effective)
	p.time(e.Expires)
	p.text(e.Commit, last.Commit)
	p.int(int64(e.By))
	p.time(e.At)
	p.int(int64(e.RemovedBy))
	p.time(e.RemovedAt)
	p.text(string(e.Home.Stage), string(last.Home.Stage))
	p.text(string(e.Home.Item), string(last.Home.Item))
	p.int(int64(e.Home.No))
	p.int(int64(e.Renews))
	p.int(int64(e.From))
}

// errPacked means that something is not what pack wrote.
var errPacked = errors.New("a kept stage cannot be unpacked")

// unpacker reads a stage's packed form, and keeps the first error.
type unpacker struct {
	rest string
	err  error
}

func (u *unpacker) int() int64 {
	var n uint64
	for shift := 0; shift < 64; shift += 7 {
		if u.rest == "" {
			break
		}
		c := u.rest[0]
		u.rest = u.rest[1:]
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return int64(n>>1) ^ -int64(n&1)
		}
	}
	u.err = errPacked
	return 0
}

func (u *unpacker) time() time.Time {
	n := u.int()
	if n < 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

func (u *unpacker) text(last string) string {
	n := u.int()
	if n < 0 {
		return last
	}
	if n > int64(len(u.rest)) {
		u.err = errPacked
		return ""
	}
	s := u.rest[:n]
	u.rest = u.rest[n:]
	return s
}

// unpack gives a stage that was just loaded what pack wrote of one.
func unpack(packed []byte, s *review.Stage) error {
	plain, err := inflate(packed)
	if err != nil {
		return err
	}
	u := unpacker{rest: plain}
	var none review.Item
	last := &none
	for {
		i := u.int()
		if i < 0 || u.err != nil {
			break
		}
		if i >= int64(len(s.Items)) {
			return errPacked
		}
		it := &s.Items[i]
		u.item(it, last)
		last = it
	}
	n := u.int()
	if u.err != nil || n < 0 || n > int64(len(u.rest)) {
		return errPacked
	}
	if n == 0 {
		return nil
	}
	s.Evidence = make([]review.Evidence, n, n+1) // with room for one more, which is what often comes next
	var first review.Evidence
	before := &first
	for i := range s.Evidence {
		e := &s.Evidence[i]
		at := u.int()
		if u.err != nil || at < 0 || at >= int64(len(s.Items)) {
			return errPacked
		}
		e.Item = s.Items[at].Def.Key
		u.evidence(e, before)
		before = e
	}
	return u.err
}

// inflate is the packed form before it was compressed.
func inflate(packed []byte) (string, error) {
	room := packers.Get().(*packing)
	defer packers.Put(room)
	plain, err := s2.Decode(room.plain[:cap(room.plain)], packed)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errPacked, err)
	}
	room.plain = plain
	return string(plain), nil
}

func (u *unpacker) item(it, last *review.Item) {
	a := &it.Answer
	a.State = review.State(u.text(string(last.Answer.State)))
	a.Note = u.text(last.Answer.Note)
	a.NoteFor = review.State(u.text(string(last.Answer.NoteFor)))
	a.Choices = plan.Chosen(u.text(string(last.Answer.Choices)))
	a.Risk = plan.Risk(u.text(string(last.Answer.Risk)))
	a.Version = int(u.int())
	a.By = review.PersonID(u.int())
	a.At = u.time()
	a.ApprovedBy = review.PersonID(u.int())
	a.ApprovedAt = u.time()
	it.Assignee = review.PersonID(u.int())
	it.Due = u.time()
	it.Comments = int32(u.int())
	it.Reattest = u.int() != 0
	it.Was = plan.ItemKey(u.text(string(last.Was)))
	n := u.int()
	if n < 0 || n > int64(len(u.rest)) {
		u.err = errPacked
		return
	}
	for range n {
		it.Earlier = append(it.Earlier, review.PersonID(u.int()))
	}
	if u.int() != 0 {
		it.Offer = &review.Offer{Text: u.text(""), By: review.PersonID(u.int()), At: u.time()}
	}
	if u.int() != 0 {
		it.Inherited = &review.Inherited{
			From: review.ProjectID(u.int()), Of: plan.ItemKey(u.text("")), Seal: review.Digest(u.text("")), Lost: review.WhyLost(u.text("")),
			By: review.PersonID(u.int()), At: u.time(),
		}
	}
}

func (u *unpacker) evidence(e, last *review.Evidence) {
	e.No = int(u.int())
	e.URL = review.SafeURL(u.text(string(last.URL)))
	e.Title = u.text(last.Title)
	e.Type = plan.EvidenceKind(u.text(string(last.Type)))
	e.Effective = u.time()
	e.Expires = u.time()
	e.Commit = u.text(last.Commit)
	e.By = review.PersonID(u.int())
	e.At = u.time()
	e.RemovedBy = review.PersonID(u.int())
	e.RemovedAt = u.time()
	e.Home.Stage = plan.StageKey(u.text(string(last.Home.Stage)))
	e.Home.Item = plan.ItemKey(u.text(string(last.Home.Item)))
	e.Home.No = int(u.int())
	e.Renews = int(u.int())
	e.From = review.ProjectID(u.int())
}
