package store

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"unicode/utf8"
)

// BadFile says why a file is not an export of an organisation that can be imported, and in
// which lines.
type BadFile struct {
	From, To int // lines; 0: the whole file
	Why      string
}

func (e *BadFile) Error() string {
	switch {
	case e.From == 0:
		return "the file " + e.Why
	case e.To <= e.From:
		return fmt.Sprintf("line %d %s", e.From, e.Why)
	}
	return fmt.Sprintf("lines %d to %d: %s", e.From, e.To, e.Why)
}

func badLine(no int, format string, args ...any) error {
	return &BadFile{From: no, To: no, Why: fmt.Sprintf(format, args...)}
}

// organisationLine is a line of the file.
type organisationLine struct {
	no   int
	kind string
	row  json.RawMessage // an object
}

// organisationFile reads the lines of an export one by one, and checks of each what can be
// checked without a database.
type organisationFile struct {
	in     *bufio.Reader
	header organisationHeader
	tables []*exported
	place  int       // in tables, of the last line
	sum    hash.Hash // of all lines
	bytes  hash.Hash // of the lines whose rows an import writes
	read   int       // lines
	line   organisationLine
	out    Exported
}

// openOrganisation reads the first line, and goes on to the second.
func openOrganisation(r io.Reader) (*organisationFile, error) {
	f := &organisationFile{in: bufio.NewReaderSize(r, 1<<16), tables: inFile(), sum: sha256.New(), bytes: sha256.New(), out: Exported{Kinds: map[string]int{}}}
	raw, err := f.raw()
	if err != nil {
		return nil, err
	}
	if raw == nil {
		return nil, &BadFile{Why: "is empty"}
	}
	var first struct {
		Kind string
		Row  organisationHeader
	}
	if err := json.Unmarshal(raw, &first); err != nil || first.Kind != kindHeader || first.Row.Product != organisationProduct {
		return nil, badLine(1, "is not the first line of an export of an organisation")
	}
	f.header = first.Row
	if f.header.Format > organisationFormat {
		return nil, badLine(1, "says that the file has format %d, and this program knows formats up to %d: upgrade it first", f.header.Format, organisationFormat)
	}
	if !bytes.Equal(raw, appendLine(nil, kindHeader, f.header.row())) {
		return nil, badLine(1, "is not the first line of an export of an organisation")
	}
	f.sum.Write(raw)
	return f, f.next()
}

// raw is the next line with its end; nil when the file is over.
func (f *organisationFile) raw() ([]byte, error) {
	var line []byte
	for {
		part, err := f.in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > longestLine:
			return nil, badLine(f.read+1, "is longer than %d bytes", longestLine)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) == 0:
			return nil, nil
		case errors.Is(err, io.EOF):
			return nil, badLine(f.read+1, "is cut off")
		case err != nil:
			return nil, fmt.Errorf("reading line %d: %w", f.read+1, err)
		}
		f.read++
		switch {
		case !utf8.Valid(line):
			return nil, badLine(f.read, "is not UTF-8")
		case bytes.IndexByte(line, 0) >= 0:
			return nil, badLine(f.read, "has a zero byte")
		}
		return line, nil
	}
}

// next goes on to the next line. At the last one it holds the file against what that says.
func (f *organisationFile) next() error {
	raw, err := f.raw()
	if err != nil {
		return err
	}
	if raw == nil {
		return &BadFile{Why: fmt.Sprintf("was cut off: its last line, %d, is not the end of an export", f.read)}
	}
	var said struct {
		Kind string          `json:"kind"`
		Row  json.RawMessage `json:"row"`
	}
	if err := strictly(raw, &said); err != nil {
		return badLine(f.read, "is not understood: %v", err)
	}
	f.line = organisationLine{f.read, said.Kind, said.Row}
	if said.Kind == kindEnd {
		return f.end()
	}
	f.sum.Write(raw)
	f.out.Lines = f.read
	place := slices.IndexFunc(f.tables, func(t *exported) bool { return t.kind == said.Kind })
	switch {
	case place < 0:
		return badLine(f.read, "is of a kind that this program does not know: %q", said.Kind)
	case place < f.place:
		return badLine(f.read, "is out of place: lines of the kind %s come before those of the kind %s", said.Kind, f.tables[f.place].kind)
	case len(said.Row) == 0 || said.Row[0] != '{':
		return badLine(f.read, "has no row")
	}
	f.place = place
	f.out.Kinds[said.Kind]++
	if f.tables[place].fate == carried {
		f.bytes.Write(raw)
	}
	return nil
}

// end checks the last line.
func (f *organisationFile) end() error {
	var e organisationEnd
	if err := strictly(f.line.row, &e); err != nil {
		return badLine(f.line.no, "is not understood: %v", err)
	}
	f.out.SHA256 = hex.EncodeToString(f.sum.Sum(nil))
	f.out.Lines = f.read - 1
	switch {
	case e.Lines != f.out.Lines:
		return badLine(f.line.no, "says that %d lines stand before it, and there are %d", e.Lines, f.out.Lines)
	case e.SHA256 != f.out.SHA256:
		return badLine(f.line.no, "has another digest than the lines before it, so some were changed: they have %s", f.out.SHA256)
	}
	if _, err := f.in.ReadByte(); !errors.Is(err, io.EOF) {
		return badLine(f.line.no+1, "comes after the end of the export")
	}
	return nil
}

// strictly decodes one JSON value without unknown fields and with nothing behind it.
func strictly(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind it")
	}
	return nil
}

// CheckOrganisation reads a whole file, and says what is in it: that it is complete and
// unchanged is worth knowing before an import begins. A [BadFile] when it is not.
func CheckOrganisation(r io.Reader) (*Exported, error) {
	f, err := openOrganisation(r)
	if err != nil {
		return nil, err
	}
	for f.line.kind != kindEnd {
		if err := f.next(); err != nil {
			return nil, err
		}
	}
	return &f.out, nil
}
