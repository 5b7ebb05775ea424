package web

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"

	"github.com/slipway-prr/slipway/internal/lru"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/static"
)

// A page of a project is kept, here and in the browser, under a tag of all that
// it depends on: the session, the project, everybody's rights, the hour. It is
// never shown again without asking the database for these, so a right that was
// revoked counts at once.

// keptFor is how long a kept page may stand while nothing is done to its
// project. Days end on the hour of their time zone, so whatever the clock alone
// changes on a checklist changes with it; so do, at the latest, the names of
// others.
const keptFor = time.Hour

// tag is the version of a page at an address, in a session. It is keyed, so
// that nobody can find out by guessing whether a hidden project has changed.
func (s *Server) tag(r *http.Request, st store.Stamp, now time.Time) string {
	mac := hmac.New(sha256.New, s.tagKey[:])
	b := make([]byte, 0, 256)
	for _, text := range [...]string{s.cookies.session(r), r.URL.RequestURI(), string(s.cookies.theme(r))} {
		b = append(binary.AppendUvarint(b, uint64(len(text))), text...)
	}
	written, rights := st.Values()
	_, ahead := now.Zone() // of UTC, and in places not by whole hours
	for _, n := range [...]int64{written, rights, (now.Unix() + int64(ahead)) / int64(keptFor/time.Second)} {
		b = binary.AppendVarint(b, n)
	}
	mac.Write(b)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(b[:0])[:16])
}

// A compressed answer needs its own tag, because its bytes differ.
func plainTag(tag string) string { return `"` + tag + `"` }
func gzipTag(tag string) string  { return `"` + tag + `-gzip"` }

// seen reports whether the browser says that it has the page already.
func seen(r *http.Request, tag string) bool {
	for _, line := range r.Header["If-None-Match"] {
		for t := range strings.SplitSeq(line, ",") {
			t = strings.TrimPrefix(strings.TrimSpace(t), "W/")
			if t == plainTag(tag) || t == gzipTag(tag) {
				return true
			}
		}
	}
	return false
}

// keeps reports whether the page may be kept at all: one that tells of a change
// is shown once.
func (s *Server) keeps(r *http.Request) bool {
	return r.Method == http.MethodGet && read(r, s.cookies.flashName) == ""
}

// unchanged answers a request for a project's page that was shown before and
// still is what it was, after one round trip of one statement. It asks only
// where there is something to win: the browser or the cache has the page.
func (s *Server) unchanged(w http.ResponseWriter, r *http.Request) (answered bool, err error) {
	if !s.keeps(r) {
		return false, nil
	}
	var kept keptPage
	var ok bool
	if static.AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		kept, ok = s.kept.Get(s.keptKey(r))
	}
	if !ok && r.Header.Get("If-None-Match") == "" {
		return false, nil
	}
	st, now, err := s.Store.Version(r.Context(), s.by(r), projectKey(r))
	if err != nil {
		return false, err
	}
	tag := s.tag(r, st, now)
	switch {
	case seen(r, tag):
		h := w.Header()
		h.Set("Cache-Control", revalidate)
		h.Set("Vary", varies)
		h.Set("ETag", plainTag(tag))
		if static.AcceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("ETag", gzipTag(tag))
		}
		w.WriteHeader(http.StatusNotModified)
		return true, nil
	case ok && kept.tag == tag:
		sendGzip(w, kept)
		return true, nil
	}
	return false, nil
}

const (
	// revalidate lets the browser keep a page, and ask each time before it shows it.
	revalidate = "private, no-cache"
	varies     = "Accept-Encoding, Cookie"
)

// renderKept writes a page like render, and keeps it for the next time.
func (s *Server) renderKept(w http.ResponseWriter, r *http.Request, v *store.ProjectView, c templ.Component) error {
	if !s.keeps(r) {
		return s.render(w, r, http.StatusOK, c)
	}
	tag := s.tag(r, v.Stamp, v.Now)
	h := w.Header()
	h.Set("Cache-Control", revalidate)
	h.Set("Vary", varies)
	if !static.AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("ETag", plainTag(tag))
		return s.render(w, r, http.StatusOK, c)
	}
	buf := buffers.Get().(*bytes.Buffer)
	defer release(buf)
	if err := c.Render(r.Context(), buf); err != nil {
		return err
	}
	p := keptPage{tag: tag, body: squeeze(buf.Bytes())}
	s.kept.Put(s.keptKey(r), p)
	sendGzip(w, p)
	return nil
}

func sendGzip(w http.ResponseWriter, p keptPage) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Encoding", "gzip")
	h.Set("Cache-Control", revalidate)
	h.Set("Vary", varies)
	h.Set("ETag", gzipTag(p.tag))
	h.Set("Content-Length", strconv.Itoa(len(p.body)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(p.body) // the client went away: nothing left to tell it
}

// gzipLevel: see bench/RESULTS.md for what a higher one would cost and win.
const gzipLevel = 1

// zippers are reused: a new one costs more than the page.
var zippers = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(nil, gzipLevel)
	if err != nil {
		panic(err) // the level is one that exists
	}
	return z
}}

// squeeze compresses a page.
func squeeze(page []byte) []byte {
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	out := bytes.NewBuffer(make([]byte, 0, len(page)/6+512))
	z.Reset(out)
	_, _ = z.Write(page) // a buffer takes everything
	_ = z.Close()
	return bytes.Clone(out.Bytes())
}

// keptKey names a page as one browser session sees it, so that nobody is ever
// given somebody else's.
type keptKey struct {
	session store.Token
	uri     string
}

func (s *Server) keptKey(r *http.Request) keptKey {
	return keptKey{store.HashToken(s.cookies.session(r)), r.URL.RequestURI()}
}

// keptPage is a compressed page. Only compressed ones are kept: there is room
// for ten times as many.
type keptPage struct {
	tag  string
	body []byte
}

const (
	keptBytes = 8 << 20   // of all pages together: some eight hundred checklists
	keptMost  = 256 << 10 // of one page with its address
	keptExtra = 300       // that a page costs beside its body and address
)

type pageCache = lru.Cache[keptKey, keptPage]

func newPageCache() *pageCache {
	return lru.New(keptBytes, keptMost, func(k keptKey, p keptPage) int { return len(p.body) + len(k.uri) + keptExtra })
}
