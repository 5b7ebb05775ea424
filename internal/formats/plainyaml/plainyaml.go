// Package plainyaml reads YAML that means what it looks like: one document,
// without anchors, aliases, merge keys, tags and unknown or repeated fields, and
// without what only serves to exhaust a parser.
package plainyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of a file.
type Limits struct {
	Line  int  // bytes; the parser's time grows with the square of what nests on one line
	Depth int  // of what is nested
	Omap  bool // the tag !!omap may stand before a list: its order is kept all the same
}

// maxParts bounds the memory that tokens take: of lines, and of brackets, commas
// and colons.
const maxParts = 150_000

// maxMarks bounds it too: of quotes, and of what stands before a value.
const maxMarks = 300_000

// maxTokens bounds the memory that the parser takes in turn, which is about half a
// kibibyte for each. Commas and colons in a text are none.
const maxTokens = 250_000

// Fault is what is wrong with a file.
type Fault struct {
	Line, Column int // from 1; 0 where it is the whole file
	Message      string
}

// Decode reads src into v. It returns nil where nothing is wrong.
func Decode(src []byte, v any, l Limits, opts ...yaml.DecodeOption) *Fault {
	if f := Unwelcome(src, l); f != nil {
		return f
	}
	dec := yaml.NewDecoder(bytes.NewReader(src), append([]yaml.DecodeOption{yaml.Strict()}, opts...)...)
	if err := dec.Decode(v); err != nil {
		return fault(err)
	}
	if err := dec.Decode(new(any)); !errors.Is(err, io.EOF) {
		return &Fault{Message: "holds more than one YAML document"}
	}
	return nil
}

// Parse reads src as it stands, for forms that others have and that hold more than
// is read. It returns nil and nil for a file with nothing but comments in it.
func Parse(src []byte, l Limits) (ast.Node, *Fault) {
	tokens, f := welcome(src, l)
	if f != nil {
		return nil, f
	}
	if len(tokens) > maxTokens {
		return nil, &Fault{Message: "holds too much to be a document"}
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, fault(err)
	}
	var body ast.Node
	for _, d := range file.Docs {
		if d.Body == nil || d.Body.Type() == ast.CommentType {
			continue
		}
		if body != nil {
			return nil, &Fault{Message: "holds more than one YAML document"}
		}
		body = d.Body
	}
	return body, nil
}

func fault(err error) *Fault {
	if errors.Is(err, io.EOF) {
		return &Fault{Message: "is empty"}
	}
	f := &Fault{Message: err.Error()}
	var at yaml.Error
	if !errors.As(err, &at) {
		return f
	}
	f.Message = at.GetMessage()
	var mismatch *yaml.TypeError
	if errors.As(err, &mismatch) { // its own message speaks of Go types
		f.Message = fmt.Sprintf("the value should be %s, not %s", Form(mismatch.DstType), Form(mismatch.SrcType))
	}
	if tok := at.GetToken(); tok != nil && tok.Position != nil {
		f.Line, f.Column = tok.Position.Line, tok.Position.Column
	}
	return f
}

// Form says in an author's words what kind of value a type stands for.
func Form(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "a mapping"
	case reflect.Pointer:
		return Form(t.Elem())
	}
	return "a " + t.String()
}

// Unwelcome finds YAML that a document has no use for: what makes it read
// otherwise than it looks (anchors, aliases, merges, tags) or only serves to
// exhaust the parser (endless lines, deep nesting).
func Unwelcome(src []byte, l Limits) *Fault {
	_, f := welcome(src, l)
	return f
}

func welcome(src []byte, l Limits) (token.Tokens, *Fault) {
	number, parts, marks := 0, 0, 0
	for line := range bytes.Lines(src) {
		if number++; len(line) > l.Line {
			return nil, &Fault{number, 1, fmt.Sprintf("the line is %d bytes long; at most %d are read", len(line), l.Line)}
		}
		parts++
		for _, c := range line {
			switch c {
			case '[', ']', '{', '}', ',', ':':
				parts++
			case '"', '\'', '-', '?', '&', '*', '!', '|', '>', '%', '@', '`':
				marks++
			}
		}
		if parts > maxParts || marks > maxMarks {
			return nil, &Fault{number, 1, "there is too much in the file up to here to be a document"}
		}
	}
	n := nesting{most: l.Depth, omap: l.Omap}
	tokens := lexer.Tokenize(string(src))
	for _, tok := range tokens {
		if what := n.unwelcome(tok); what != "" {
			return nil, &Fault{tok.Position.Line, tok.Position.Column, what}
		}
	}
	return tokens, nil
}

// nesting follows how deep a file nests: in brackets, by entries that begin on one
// line, and by indentation.
type nesting struct {
	most     int
	omap     bool
	brackets int
	line     int
	entries  int // that began on the line
}

func (n *nesting) unwelcome(tok *token.Token) string {
	switch tok.Type {
	case token.AnchorType, token.AliasType, token.MergeKeyType:
		return "anchors, aliases and merge keys are not allowed: write the value out"
	case token.TagType, token.DirectiveType:
		if !n.omap || tok.Value != "!!omap" {
			return "tags and directives are not allowed"
		}
	case token.SequenceStartType, token.MappingStartType:
		n.brackets++
	case token.SequenceEndType, token.MappingEndType:
		n.brackets--
	case token.SequenceEntryType, token.MappingKeyType:
		if n.line != tok.Position.Line {
			n.line, n.entries = tok.Position.Line, 0
		}
		n.entries++
	case token.MappingValueType:
		if n.brackets == 0 && tok.Position.IndentNum > 8*n.most {
			return "values are nested too deeply"
		}
	}
	if n.brackets > n.most {
		return "brackets are nested too deeply"
	}
	if n.entries > n.most {
		return "values are nested too deeply"
	}
	return ""
}
