package web

import (
	"bufio"
	"log/slog"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/internal/sheet"
)

// tableParam is the part of an address that says as what a list is wanted.
const tableParam = "table"

// isTable reports whether lists are written in a format.
func isTable(format string) bool { return slices.Contains(sheet.Formats(), sheet.Format(format)) }

// table is a list on its way to the reader as a file.
type table struct {
	*sheet.Writer // nil until begin
	format        sheet.Format
	to            *bufio.Writer
	answer        *fileAnswer
}

// fileAnswer sends the headers of a file with its first bytes, and not before: until then a
// page can still say what went wrong.
type fileAnswer struct {
	http.ResponseWriter
	kind, name string
	sent       bool
}

func (a *fileAnswer) Write(b []byte) (int, error) {
	if !a.sent {
		a.sent = true
		h := a.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Content-Disposition", `attachment; filename="`+a.name+`"`)
		h.Set("Cache-Control", "private, no-store")
	}
	return a.ResponseWriter.Write(b)
}

// begin names the file and the sheet in it, and writes the headings. The name is of words
// and hyphens and has no ending.
func (t *table) begin(name, title string, columns []sheet.Column) (err error) {
	t.answer.kind, t.answer.name = t.format.MediaType(), name+"."+string(t.format)
	t.Writer, err = sheet.New(t.format, t.to, title, columns)
	return err
}

// sendTable sends a list as the file that the address asks for. fill begins it and writes
// its rows. What goes wrong after some of it was sent breaks the connection, so that nobody
// takes half a list for all of it.
func (s *Server) sendTable(w http.ResponseWriter, r *http.Request, fill func(*table) error) error {
	leave, err := s.reading(r)
	if err != nil {
		return err
	}
	defer leave()
	a := &fileAnswer{ResponseWriter: w}
	t := &table{format: sheet.Format(chi.URLParam(r, tableParam)), to: bufio.NewWriterSize(a, 64<<10), answer: a}
	if err = fill(t); err == nil {
		if err = t.Close(); err == nil {
			err = t.to.Flush()
		}
	} else if t.Writer != nil {
		t.Abandon()
	}
	if err != nil && a.sent {
		s.event(r, slog.LevelWarn, "list not sent whole", slog.Any("error", err))
		panic(http.ErrAbortHandler)
	}
	return err
}
