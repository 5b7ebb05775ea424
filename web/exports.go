package web

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/internal/formats"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
)

// writable reports whether documents can be written in a format.
func writable(format string) bool {
	in, ok := formats.Find(formats.Format(format))
	return ok && in.Write != nil
}

// export sends a published version as a file. It never changes, so a browser that has
// it is told to keep it.
func (s *Server) export(w http.ResponseWriter, r *http.Request) error {
	version, err := number(r, "version")
	if err != nil || version > page.MostVersions {
		return errNoPage
	}
	if _, err := s.Store.Who(r.Context(), s.by(r)); err != nil {
		return err
	}
	d, err := s.Store.Document(r.Context(), documentKey(r), version)
	if err != nil {
		return err
	}
	in, _ := formats.Find(formats.Format(chi.URLParam(r, "format")))
	if !formats.Takes(in.Format, d) {
		return review.ErrNotFound
	}
	ref, err := d.Ref()
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(ref.Digest + " " + string(in.Format) + " " + s.Version))
	tag := base64.RawURLEncoding.EncodeToString(sum[:16])
	return s.sendDocument(w, r, in, d, fmt.Sprintf("%s-%d", ref.Key, ref.Version), tag)
}

// exportDraft sends a draft as it is now.
func (s *Server) exportDraft(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Store.DocumentDraft(r.Context(), s.by(r), documentKey(r))
	if err != nil {
		return err
	}
	in, _ := formats.Find(formats.Format(chi.URLParam(r, "format")))
	if !formats.Takes(in.Format, v.Document) {
		return review.ErrNotFound
	}
	v.Document.Number(v.Published.Next())
	return s.sendDocument(w, r, in, v.Document, v.Document.Key()+"-draft", "")
}

// sendDocument sends a document as a file. With a tag the browser may keep it, and
// asks each time.
func (s *Server) sendDocument(w http.ResponseWriter, r *http.Request, in formats.Info, d plan.Document, name, tag string) error {
	h := w.Header()
	keep := func() {
		if tag != "" {
			h.Set("Cache-Control", revalidate)
			h.Set("Vary", "Cookie")
			h.Set("ETag", plainTag(tag))
		}
	}
	if tag != "" && seen(r, tag) {
		keep()
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	leave, err := s.reading(r)
	if err != nil {
		return err
	}
	defer leave()
	b, _, err := formats.Write(in.Format, d)
	if err != nil {
		return err
	}
	kind := in.MediaType
	if strings.HasPrefix(kind, "text/") {
		kind += "; charset=utf-8"
	}
	keep()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+in.Extensions[0]+`"`)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	_, _ = w.Write(b) // the client went away: nothing left to tell it
	return nil
}

// exports are the formats in which a document can be had, with what is lost in each.
func exports(d plan.Document, address func(format string) string) ([]page.Export, error) {
	var out []page.Export
	for _, in := range formats.All() {
		if in.Write == nil || !formats.Takes(in.Format, d) {
			continue
		}
		lost, err := formats.Lost(in.Format, d)
		if err != nil {
			return nil, err
		}
		out = append(out, page.Export{Label: in.Label, Ending: in.Extensions[0], URL: address(string(in.Format)), Lost: lost})
	}
	return out, nil
}
