package formats

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/slipway-prr/slipway/internal/formats/plainyaml"
)

// Limits of files that are read as a tree.
const (
	maxValues   = 300_000 // bounds the memory that a tree takes
	maxYAMLLine = 64 << 10
)

// value is a part of a JSON or YAML file: a text (numbers and such count as what
// stands there), a list, or a mapping with its order. Its methods take nil for what
// is not there, so that a reader asks for what it knows and leaves the rest.
type value struct {
	kind         valueKind
	name         string // in the mapping that it stands in
	text         string
	parts        []*value
	line, column int32
	parent       *value
}

type valueKind byte

const (
	nothing valueKind = iota // null
	scalar
	list
	mapping
)

// get is the first of names that a mapping has with something in it.
func (v *value) get(names ...string) *value {
	if v == nil || v.kind != mapping {
		return nil
	}
	for _, n := range names {
		if i := slices.IndexFunc(v.parts, func(p *value) bool { return p.name == n }); i >= 0 && v.parts[i].kind != nothing {
			return v.parts[i]
		}
	}
	return nil
}

// each are the parts of a list or a mapping.
func (v *value) each() []*value {
	if v == nil {
		return nil
	}
	return v.parts
}

// is reports whether v is there and of a kind.
func (v *value) is(k valueKind) bool { return v != nil && v.kind == k }

// str is the text that stands there; empty for a list and a mapping.
func (v *value) str() string {
	if v == nil {
		return ""
	}
	return v.text
}

// truth reports whether a text says yes.
func (v *value) truth() bool {
	return strings.EqualFold(v.str(), "true") || strings.EqualFold(v.str(), "yes")
}

// path says where v is, such as groups[2].title.
func (v *value) path() string {
	if v == nil || v.parent == nil {
		return ""
	}
	if v.parent.kind == list {
		return v.parent.path() + "[" + strconv.Itoa(slices.Index(v.parent.parts, v)) + "]"
	}
	name := cut(v.name)
	if before := v.parent.path(); before != "" {
		return before + "." + name
	}
	return name
}

// at is a problem at v.
func (v *value) at(message, do string) Problem {
	p := Problem{Message: message, Do: do}
	if v != nil {
		p.Line, p.Column, p.Path = int(v.line), int(v.column), v.path()
	}
	return p
}

// wants refuses a file in which something is not of the kind that it has to be.
// What is not there is left to the reader.
func (d *draft) wants(v *value, k valueKind) bool {
	if v == nil || v.kind == k {
		return true
	}
	if d.crowded() {
		return false
	}
	d.refuse(v.at(fmt.Sprintf("There should be %s here, not %s.", k, v.kind), "See whether it is a file of this format, and of a version that is read."))
	return false
}

func (k valueKind) String() string {
	switch k {
	case scalar:
		return "a text"
	case list:
		return "a list"
	case mapping:
		return "a mapping"
	}
	return "nothing"
}

// text is that of v. One that is a list or a mapping is counted as lost.
func (d *draft) text(v *value) string {
	if (v.is(list) || v.is(mapping)) && !d.crowded() {
		d.warn(v.at(fmt.Sprintf("There should be a text here, not %s; it was left out.", v.kind), ""))
	}
	return v.str()
}

// readJSON reads a file as a tree, and notes what is no JSON in it.
func (d *draft) readJSON(src []byte) (*value, *Problem) {
	f, nans, bad := checkJSON(src)
	if bad != nil {
		return nil, bad
	}
	d.note(nans, "value is NaN or Infinity, which JSON does not have, and is read as empty", "values are NaN or Infinity, which JSON does not have, and are read as empty", "")
	return f.tree()
}

// tree is the file as one. It was looked through already.
func (f *jsonFile) tree() (*value, *Problem) {
	t := jsonTree{src: f.src, dec: json.NewDecoder(strings.NewReader(string(f.src))), line: 1, column: 1}
	t.dec.UseNumber()
	v, err := t.value(nil)
	if err != nil {
		return nil, f.syntax() // checkJSON would have found it
	}
	if t.values > maxValues {
		return nil, tooManyValues()
	}
	return v, nil
}

func tooManyValues() *Problem {
	return &Problem{Severity: Error, Message: fmt.Sprintf("There are more than %d values in the file.", maxValues), Do: "Split it."}
}

// jsonTree reads JSON that was checked already. It follows the lines itself, since
// asking for each anew would take the square of the time.
type jsonTree struct {
	src          []byte
	dec          *json.Decoder
	values       int
	offset       int
	line, column int32
}

// place moves on to where the next token begins.
func (t *jsonTree) place() (line, column int32) {
	to := int(t.dec.InputOffset())
	for to < len(t.src) && strings.IndexByte(" \t\r\n,:", t.src[to]) >= 0 {
		to++
	}
	for t.offset < to {
		r, size := utf8.DecodeRune(t.src[t.offset:])
		t.offset += size
		t.column++
		if r == '\n' {
			t.line, t.column = t.line+1, 1
		}
	}
	return t.line, t.column
}

func (t *jsonTree) value(parent *value) (*value, error) {
	v := &value{parent: parent}
	v.line, v.column = t.place()
	if t.values++; t.values > maxValues {
		return v, nil
	}
	tok, err := t.dec.Token()
	if err != nil {
		return nil, err
	}
	switch tok := tok.(type) {
	case json.Delim:
		if v.kind = list; tok == '{' {
			v.kind = mapping
		}
		return v, t.parts(v)
	case string:
		v.kind, v.text = scalar, tok
	case json.Number:
		v.kind, v.text = scalar, tok.String()
	case bool:
		v.kind, v.text = scalar, strconv.FormatBool(tok)
	}
	return v, nil
}

func (t *jsonTree) parts(v *value) error {
	for t.dec.More() {
		name := ""
		if v.kind == mapping {
			tok, err := t.dec.Token()
			if err != nil {
				return err
			}
			name, _ = tok.(string)
		}
		p, err := t.value(v)
		if err != nil || t.values > maxValues {
			return err
		}
		p.name = name
		v.parts = append(v.parts, p)
	}
	_, err := t.dec.Token() // its end
	return err
}

// readYAML reads a file as a tree. A list of mappings with the tag !!omap is a mapping.
func (d *draft) readYAML(src []byte) (*value, *Problem) {
	body, f := plainyaml.Parse(src, plainyaml.Limits{Line: maxYAMLLine, Depth: MaxDepth, Omap: true})
	if f != nil {
		return nil, yamlProblem(f)
	}
	t := yamlTree{}
	v := t.value(nil, body, 0)
	if t.bad != nil {
		return nil, t.bad
	}
	return v, nil
}

func yamlProblem(f *plainyaml.Fault) *Problem {
	p := &Problem{
		Line: f.Line, Column: f.Column, Severity: Error, Message: "The file cannot be read here: " + f.Message + ".",
		Do: "Write it as plain YAML: each name once, values written out, no more than 50 levels.",
	}
	if f.Line == 0 {
		p.Message = "The file " + f.Message + "."
	}
	return p
}

type yamlTree struct {
	values int
	bad    *Problem
}

func (t *yamlTree) refuse(n ast.Node, message string) {
	if t.bad == nil {
		t.bad = &Problem{Severity: Error, Message: message, Do: "Write it as plain YAML: each name once, values written out, no more than 50 levels."}
		if tok := n.GetToken(); tok != nil && tok.Position != nil {
			t.bad.Line, t.bad.Column = tok.Position.Line, tok.Position.Column
		}
	}
}

func (t *yamlTree) value(parent *value, n ast.Node, depth int) *value {
	v := &value{parent: parent}
	if n == nil || t.bad != nil {
		return v
	}
	if t.values++; t.values > maxValues {
		t.bad = tooManyValues()
		return v
	}
	if depth > MaxDepth {
		t.refuse(n, fmt.Sprintf("Values are nested more than %d deep.", MaxDepth))
		return v
	}
	if tok := n.GetToken(); tok != nil && tok.Position != nil {
		v.line, v.column = int32(tok.Position.Line), int32(tok.Position.Column)
	}
	switch n := n.(type) {
	case *ast.TagNode: // !!omap: no other has come so far
		return t.ordered(parent, n, depth)
	case *ast.MappingNode:
		v.kind = mapping
		for _, m := range n.Values {
			t.member(v, m, depth)
		}
	case *ast.MappingValueNode:
		v.kind = mapping
		t.member(v, n, depth)
	case *ast.SequenceNode:
		v.kind = list
		for _, e := range n.Values {
			v.parts = append(v.parts, t.value(v, e, depth+1))
		}
	case *ast.NullNode:
	case *ast.LiteralNode:
		v.kind, v.text = scalar, n.Value.Value
	case *ast.StringNode:
		v.kind, v.text = scalar, n.Value
	case ast.ScalarNode: // as it is written, so that 1.10 is not 1.1
		v.kind, v.text = scalar, strings.TrimSpace(n.GetToken().Value)
	default:
		t.refuse(n, "This is not read here.")
	}
	if len(v.parts) > 0 { // a mapping begins at its first key, not at its first colon
		v.line, v.column = v.parts[0].line, v.parts[0].column
	}
	return v
}

func (t *yamlTree) member(v *value, m *ast.MappingValueNode, depth int) {
	key, ok := scalarKey(m.Key)
	if !ok {
		t.refuse(m, "A key of a mapping has to be a text.")
		return
	}
	p := t.value(v, m.Value, depth+1)
	p.name = key
	if tok := m.Key.GetToken(); tok != nil && tok.Position != nil {
		p.line, p.column = int32(tok.Position.Line), int32(tok.Position.Column)
	}
	v.parts = append(v.parts, p)
}

func scalarKey(n ast.MapKeyNode) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.MappingKeyNode: // "? key", which writers use for long ones
		if in, ok := n.Value.(ast.MapKeyNode); ok && n.Value.Type() != ast.MappingKeyType {
			return scalarKey(in)
		}
		return "", false
	}
	tok := n.GetToken()
	if tok == nil || tok.Type == token.MergeKeyType {
		return "", false
	}
	return strings.TrimSpace(tok.Value), true
}

// ordered is the mapping that a list of mappings with one key each stands for.
func (t *yamlTree) ordered(parent *value, n *ast.TagNode, depth int) *value {
	if _, again := n.Value.(*ast.TagNode); again {
		t.refuse(n, "There is a tag behind a tag.")
		return &value{parent: parent}
	}
	in := t.value(parent, n.Value, depth)
	if in.kind == mapping || in.kind == nothing {
		return in
	}
	if in.kind != list {
		t.refuse(n, "The tag !!omap belongs before a list.")
		return in
	}
	out := &value{kind: mapping, line: in.line, column: in.column, parent: parent}
	seen := map[string]bool{}
	for _, e := range in.parts {
		if e.kind != mapping || len(e.parts) != 1 {
			t.refuse(n, "Behind the tag !!omap, each entry of the list has to be a mapping with one key.")
			return in
		}
		p := e.parts[0]
		if seen[p.name] {
			t.bad = &Problem{
				Line: int(p.line), Column: int(p.column), Severity: Error, Message: fmt.Sprintf("%q stands twice in one ordered mapping.", cut(p.name)),
				Do: "Take one of them out.",
			}
			return in
		}
		seen[p.name] = true
		p.parent = out
		out.parts = append(out.parts, p)
	}
	return out
}

// filled reports whether something stands in a value.
func (v *value) filled() bool {
	return v != nil && v.kind != nothing && (v.kind != scalar || v.text != "") && (v.kind == scalar || len(v.parts) > 0)
}

// leaveOutAs counts the fields of a mapping that are not read, as what they all are.
func (d *draft) leaveOutAs(one, many string, v *value, read ...string) {
	if !v.is(mapping) {
		return
	}
	for _, p := range v.parts {
		if p.filled() && !slices.Contains(read, p.name) {
			d.lose(one, many)
		}
	}
}

// leaveOut counts the fields of a mapping that are not read, by their names.
func (d *draft) leaveOut(v *value, read ...string) {
	d.leaveOutBut(v, func(name string) bool { return slices.Contains(read, name) })
}

// leaveOutFold is that for forms in which it does not matter how a name is written.
func (d *draft) leaveOutFold(v *value, read ...string) {
	d.leaveOutBut(v, func(name string) bool {
		return slices.ContainsFunc(read, func(r string) bool { return strings.EqualFold(r, name) })
	})
}

func (d *draft) leaveOutBut(v *value, read func(name string) bool) {
	if !v.is(mapping) {
		return
	}
	for _, p := range v.parts {
		if !p.filled() || read(p.name) {
			continue
		}
		if len(d.losses) > maxLosses {
			d.lose("other field was left out", "other fields were left out")
			continue
		}
		name := cut(p.name)
		d.lose("field “"+name+"” was left out", "fields “"+name+"” were left out")
	}
}

// maxLosses bounds the list of what is lost, which a file could make as long as itself.
const maxLosses = 40
