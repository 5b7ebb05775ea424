package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/slipway-prr/slipway/internal/formats/plainyaml"
)

// maxPlaces bounds what is remembered of where values stand in a JSON text.
const maxPlaces = 20_000

// maxJSONValues bounds the memory that a JSON text takes once it is read.
const maxJSONValues = 200_000

// jsonFile is a JSON text that was looked through once.
type jsonFile struct {
	src    []byte
	places map[string]int // path of an object or list -> its first byte; not of all in a very large file
}

// at is a problem at the object or list of a path such as pillars[2].questions[0],
// or at what it stands in where that is not known.
func (f *jsonFile) at(path string, p Problem) Problem {
	p.Path = path
	for path != "" {
		if offset, ok := f.places[path]; ok {
			p.Line, p.Column = position(f.src, offset)
			return p
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return p
}

// checkJSON looks through a JSON text for what decoding would not report: names
// used twice in an object, deep nesting, something behind the end. A bare NaN or
// Infinity, which some tools write, is read as an empty text; nans says how many.
func checkJSON(src []byte) (f *jsonFile, nans int, bad *Problem) {
	src, nans = withoutNaN(src)
	f = &jsonFile{src, map[string]int{}}
	c := jsonCheck{jsonFile: f, dec: json.NewDecoder(bytes.NewReader(src))}
	c.dec.UseNumber()
	err := c.value("", 0)
	if err == nil {
		if _, err = c.dec.Token(); errors.Is(err, io.EOF) {
			return f, nans, nil
		}
		if err == nil {
			err = c.fault("", "Something stands behind the end of the JSON value.", "Take it out.")
		}
	}
	var p *problemError
	if errors.As(err, &p) {
		return f, nans, &p.Problem
	}
	return f, nans, f.syntax()
}

type problemError struct{ Problem }

func (e *problemError) Error() string { return e.String() }

type jsonCheck struct {
	*jsonFile
	dec    *json.Decoder
	values int
}

func (c *jsonCheck) fault(path, message, do string) error {
	line, column := position(c.src, int(c.dec.InputOffset()))
	return &problemError{Problem{Line: line, Column: column, Path: path, Severity: Error, Message: message, Do: do}}
}

func (c *jsonCheck) value(path string, depth int) error {
	if c.values++; c.values > maxJSONValues {
		return c.fault("", fmt.Sprintf("There are more than %d values.", maxJSONValues), "Take out what is no checklist.")
	}
	tok, err := c.dec.Token()
	if err != nil {
		return err
	}
	delim, nests := tok.(json.Delim)
	if !nests {
		return nil
	}
	if depth++; depth > MaxDepth {
		return c.fault("", fmt.Sprintf("Values are nested more than %d deep.", MaxDepth), "Make the levels fewer.")
	}
	if len(c.places) < maxPlaces {
		c.places[path] = int(c.dec.InputOffset()) - 1
	}
	if delim == '{' {
		err = c.members(path, depth)
	} else {
		for i := 0; err == nil && c.dec.More(); i++ {
			err = c.value(fmt.Sprintf("%s[%d]", path, i), depth)
		}
	}
	if err != nil {
		return err
	}
	_, err = c.dec.Token() // its end
	return err
}

func (c *jsonCheck) members(path string, depth int) error {
	seen := map[string]bool{}
	for c.dec.More() {
		tok, err := c.dec.Token()
		if err != nil {
			return err
		}
		name, ok := tok.(string)
		if !ok {
			return c.fault(path, "A name in quotes is missing here.", "Write names in double quotes.")
		}
		if seen[name] {
			return c.fault(path, fmt.Sprintf("%q stands twice in one object.", cut(name)), "Take one of them out.")
		}
		seen[name] = true
		inner := cut(name)
		if path != "" {
			inner = path + "." + inner
		}
		if err := c.value(inner, depth); err != nil {
			return err
		}
	}
	return nil
}

// cut keeps a name that a message repeats to a size that can be read.
func cut(name string) string {
	short, _ := shorten(clean(name), 60)
	return short
}

// decode reads the text into v.
func (f *jsonFile) decode(v any) *Problem {
	err := json.Unmarshal(f.src, v)
	if err == nil {
		return nil
	}
	var mismatch *json.UnmarshalTypeError
	if !errors.As(err, &mismatch) {
		return f.syntax()
	}
	line, column := position(f.src, int(mismatch.Offset))
	return &Problem{
		Line: line, Column: column, Path: mismatch.Field, Severity: Error,
		Message: fmt.Sprintf("The value should be %s, not %s.", plainyaml.Form(mismatch.Type), article(mismatch.Value)),
	}
}

// syntax says where the text is no JSON.
func (f *jsonFile) syntax() *Problem {
	message, offset := "This is not JSON: it ends too early.", len(f.src)
	var at *json.SyntaxError
	if err := json.Unmarshal(f.src, new(json.RawMessage)); errors.As(err, &at) && at.Error() != "unexpected end of JSON input" {
		message, offset = fmt.Sprintf("This is not JSON: %s.", at), int(at.Offset)-1
	}
	line, column := position(f.src, offset)
	return &Problem{Line: line, Column: column, Severity: Error, Message: message, Do: "Check the file with the tool that wrote it."}
}

func article(kind string) string {
	switch kind {
	case "string":
		return "text"
	case "bool":
		return "true or false"
	case "array":
		return "a list"
	case "object":
		return "a mapping"
	}
	if strings.HasPrefix(kind, "number") {
		return "a number"
	}
	return kind
}

// withoutNaN replaces bare NaN by an empty text of the same length, and bare
// Infinity too, so that places in the text stay what they are.
func withoutNaN(src []byte) ([]byte, int) {
	if !bytes.Contains(src, []byte("NaN")) && !bytes.Contains(src, []byte("Infinity")) {
		return src, 0
	}
	out, n, quoted := bytes.Clone(src), 0, false
	for i := 0; i < len(out); i++ {
		switch {
		case quoted && out[i] == '\\':
			i++
		case out[i] == '"':
			quoted = !quoted
		case quoted:
		default:
			for _, word := range []string{"NaN", "-Infinity", "Infinity"} {
				if bytes.HasPrefix(out[i:], []byte(word)) {
					copy(out[i:], `""`+strings.Repeat(" ", len(word)-2))
					i += len(word) - 1
					n++
					break
				}
			}
		}
	}
	return out, n
}
