package formats

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/slipway-prr/slipway/internal/formats/plainyaml"
	"github.com/slipway-prr/slipway/internal/record"
)

// OpenSLO is the version of the OpenSLO form that is read and written.
const OpenSLO = "openslo/v1"

// Bounds on a file of objectives.
const (
	maxObjectives     = 200
	maxSLODescription = 1050 // characters, as the form has it
)

// Objective is a service level objective in a file.
type Objective struct {
	Name   string // what the file calls it; letters, digits and hyphens
	Title  string
	Text   string
	Values record.Values // of the kind of records "objective"
}

// The fields of an objective that the form has no place for travel as annotations.
const (
	noteMethod = "slipway/method"
	noteSource = "slipway/source"
	noteSpent  = "slipway/error-budget-policy"
)

// ReadOpenSLO reads the objectives of a file in the OpenSLO form, which can hold
// several documents. Indicators are found where they stand or by their name in the
// same file. Alert policies, conditions, targets, data sources, services and labels
// are left out. Where something is wrong, nothing is read of the file.
func ReadOpenSLO(src []byte) ([]Objective, []Problem) {
	o := sloReader{indicators: map[string]*value{}}
	var objectives []*value
	for _, d := range documents(src) {
		root := o.tree(d)
		if len(o.problems) > 0 {
			return nil, o.problems
		}
		if root == nil {
			continue
		}
		if v := root.get("apiVersion"); v == nil || v.text != OpenSLO {
			o.wrong(d, orNode(v, root), "The document does not say that it is "+OpenSLO+".", "Write apiVersion: "+OpenSLO+" at its start; older forms have other fields.")
			continue
		}
		switch kind := textOf(root.get("kind")); kind {
		case "SLO":
			objectives = append(objectives, root)
			o.from = append(o.from, d)
		case "SLI":
			o.indicators[textOf(root.get("metadata").get("name"))] = root
		}
	}
	var out []Objective
	for i, root := range objectives {
		out = append(out, o.slo(o.from[i], root)...)
	}
	switch {
	case len(o.problems) > 0:
		return nil, o.problems
	case len(out) == 0:
		return nil, []Problem{{Severity: Error, Message: "The file holds no objective.", Do: "It needs a document with kind: SLO."}}
	case len(out) > maxObjectives:
		return nil, []Problem{{Severity: Error, Message: fmt.Sprintf("The file holds %d objectives; %d are read at most.", len(out), maxObjectives), Do: "Cut it into several."}}
	}
	return out, nil
}

// sloPart is one YAML document of a file.
type sloPart struct {
	src  []byte
	line int // lines before it
}

// documents are the parts of a file between lines of three hyphens.
func documents(src []byte) []sloPart {
	var out []sloPart
	var now sloPart
	line := 0
	for l := range bytes.Lines(src) {
		line++
		if bytes.Equal(bytes.TrimRight(l, " \t\r\n"), []byte("---")) {
			out = append(out, now)
			now = sloPart{line: line}
			continue
		}
		now.src = append(now.src, l...)
	}
	return append(out, now)
}

type sloReader struct {
	indicators map[string]*value // by name
	from       []sloPart         // where each objective stands
	problems   []Problem
}

func (o *sloReader) tree(d sloPart) *value {
	body, f := plainyaml.Parse(d.src, plainyaml.Limits{Line: maxYAMLLine, Depth: MaxDepth})
	bad := yamlTree{}
	if f != nil {
		p := yamlProblem(f)
		if p.Line > 0 {
			p.Line += d.line
		}
		o.problems = append(o.problems, *p)
		return nil
	}
	if body == nil {
		return nil
	}
	v := bad.value(nil, body, 0)
	if bad.bad != nil {
		bad.bad.Line += d.line
		o.problems = append(o.problems, *bad.bad)
		return nil
	}
	if !v.is(mapping) {
		o.wrong(d, v, "The document is no mapping of names and values.", "See the form at openslo.com.")
	}
	return v
}

func (o *sloReader) wrong(d sloPart, at *value, message, do string) {
	p := Problem{Severity: Error, Message: message, Do: do}
	if at != nil && at.line > 0 {
		p.Line, p.Column = int(at.line)+d.line, int(at.column)
	}
	o.problems = append(o.problems, p)
}

// orNode is a, or b where there is no a.
func orNode(a, b *value) *value {
	if a != nil {
		return a
	}
	return b
}

func textOf(v *value) string {
	if v == nil || v.kind != scalar {
		return ""
	}
	return strings.TrimSpace(v.text)
}

// slo reads the objectives of one document: often one, several where they differ in
// their targets.
func (o *sloReader) slo(d sloPart, root *value) []Objective {
	meta, spec := root.get("metadata"), root.get("spec")
	name := cmp.Or(textOf(meta.get("name")), "objective")
	title := cmp.Or(textOf(meta.get("displayName")), name)
	notes := meta.get("annotations")
	window, windowNote := o.window(d, spec)
	indicator := spec.get("indicator")
	if indicator == nil {
		ref := textOf(spec.get("indicatorRef"))
		if ref == "" {
			o.wrong(d, orNode(spec, root), "The objective “"+title+"” has no indicator.", "Write indicator, or indicatorRef with the name of an SLI.")
			return nil
		}
		if indicator = o.indicators[ref]; indicator == nil {
			indicator = &value{kind: mapping, parts: []*value{{kind: mapping, name: "metadata", parts: []*value{{kind: scalar, name: "name", text: ref}}}}}
		}
	}
	list := spec.get("objectives").each()
	if len(list) == 0 {
		o.wrong(d, orNode(spec, root), "The objective “"+title+"” has no target.", "Write objectives with a target or a targetPercent.")
	}
	var out []Objective
	for i, target := range list {
		share := o.share(d, target, title)
		own := Objective{Name: name, Title: title, Text: textOf(spec.get("description"))}
		if len(list) > 1 {
			own.Name += "-" + strconv.Itoa(i+1)
			own.Title += ": " + cmp.Or(textOf(target.get("displayName")), share+" %")
		}
		own.Values = record.Values{"indicator": indicatorWords(indicator, target), "objective": share, "window": window}
		set := func(f record.FieldKey, text string) {
			if text != "" {
				own.Values[f] = text
			}
		}
		method := textOf(notes.get(noteMethod))
		if method == "" {
			method = strings.Join(append(queries(indicator.get("spec")), windowNote...), "\n")
		}
		set("method", method)
		set("source", textOf(notes.get(noteSource)))
		set("spent", textOf(notes.get(noteSpent)))
		out = append(out, own)
	}
	return out
}

// share is the target in percent.
func (o *sloReader) share(d sloPart, target *value, title string) string {
	given, hundred := target.get("targetPercent"), record.Decimal(1)
	if given == nil {
		given, hundred = target.get("target"), 100
	}
	if given == nil {
		o.wrong(d, target, "The objective “"+title+"” has no target.", "Write target, such as 0.999, or targetPercent, such as 99.9.")
		return ""
	}
	n, err := record.ParseDecimal(given.text)
	n *= hundred
	if most := record.Decimal(100 * 1e6); err != nil || n <= 0 || n >= most {
		o.wrong(d, given, "The target of the objective “"+title+"” lies outside its range.", "A target lies between 0 and 1, a targetPercent between 0 and 100, with six digits behind the point at most.")
		return ""
	}
	return n.String()
}

// window is the key of a window that records have, and what to say of one that had
// to be read as another.
func (o *sloReader) window(d sloPart, spec *value) (key string, note []string) {
	given := spec.get("timeWindow").each()
	if len(given) == 0 {
		return "28d", []string{"The file named no window; 28 days were taken."}
	}
	duration := textOf(given[0].get("duration"))
	n, unit := 0, ""
	if l := len(duration); l > 1 {
		n, _ = strconv.Atoi(duration[:l-1]) // 0 fits none
		unit = duration[l-1:]
	}
	days := map[string]int{"d": 1, "w": 7, "M": 30, "Q": 90, "Y": 365, "y": 365}[unit] * n
	if days == 366 {
		days = 365
	}
	key = strconv.Itoa(days) + "d"
	if !slices.Contains(record.Windows(), key) {
		o.wrong(d, given[0], "A window of "+cmp.Or(duration, "no length")+" is none that objectives have here.", "Possible are "+strings.Join(record.Windows(), ", ")+".")
		return "", nil
	}
	if given[0].get("calendar") != nil || unit == "M" || unit == "Q" || unit == "Y" {
		note = []string{"The file's window is " + duration + " by the calendar; " + strconv.Itoa(days) + " days were taken."}
	}
	return key, note
}

// indicatorWords say what is measured, in a line.
func indicatorWords(indicator, target *value) string {
	meta, spec := indicator.get("metadata"), indicator.get("spec")
	words := cmp.Or(textOf(meta.get("displayName")), textOf(spec.get("description")), textOf(meta.get("name")), "as the file's queries say")
	op := map[string]string{"lte": "at most", "lt": "under", "gte": "at least", "gt": "over"}[textOf(target.get("op"))]
	if bound := textOf(target.get("value")); op != "" && bound != "" {
		words += ", " + op + " " + bound
	}
	return strings.Join(strings.Fields(words), " ")
}

// queries write out where the figures of an indicator come from, a line each.
func queries(spec *value) []string {
	var out []string
	add := func(label string, metric *value) {
		source := metric.get("metricSource")
		if source == nil {
			return
		}
		var parts []string
		for _, p := range source.get("spec").each() {
			if p.kind == scalar {
				parts = append(parts, p.name+": "+strings.Join(strings.Fields(p.text), " "))
			}
		}
		from := cmp.Or(textOf(source.get("type")), textOf(source.get("metricSourceRef")))
		line := label
		if from != "" {
			line += " (" + from + ")"
		}
		out = append(out, line+": "+strings.Join(parts, "; "))
	}
	ratio := spec.get("ratioMetric")
	add("Good", ratio.get("good"))
	add("Bad", ratio.get("bad"))
	add("All", ratio.get("total"))
	add("Share", ratio.get("raw"))
	add("Figure", spec.get("thresholdMetric"))
	return out
}

// The shape of a document that is written.
type sloFile struct {
	APIVersion string  `yaml:"apiVersion"`
	Kind       string  `yaml:"kind"`
	Metadata   sloMeta `yaml:"metadata"`
	Spec       sloSpec `yaml:"spec"`
}

type sloMeta struct {
	Name        string            `yaml:"name"`
	DisplayName string            `yaml:"displayName,omitempty"`
	Annotations map[string]string `yaml:"annotations,omitempty"`
}

type sloSpec struct {
	Description     string         `yaml:"description,omitempty"`
	Service         string         `yaml:"service"`
	Indicator       sloIndicator   `yaml:"indicator"`
	TimeWindow      []sloWindow    `yaml:"timeWindow"`
	BudgetingMethod string         `yaml:"budgetingMethod"`
	Objectives      []sloObjective `yaml:"objectives"`
}

type sloIndicator struct {
	Metadata sloMeta `yaml:"metadata"`
	Spec     struct {
		RatioMetric struct {
			RawType string `yaml:"rawType"`
			Raw     struct {
				MetricSource struct {
					Type string            `yaml:"type"`
					Spec map[string]string `yaml:"spec"`
				} `yaml:"metricSource"`
			} `yaml:"raw"`
		} `yaml:"ratioMetric"`
	} `yaml:"spec"`
}

type sloWindow struct {
	Duration  string `yaml:"duration"`
	IsRolling bool   `yaml:"isRolling"`
}

type sloObjective struct {
	DisplayName   string  `yaml:"displayName,omitempty"`
	TargetPercent float64 `yaml:"targetPercent"`
}

// WriteOpenSLO writes objectives of a service, a document each. The form asks where
// the figures come from; the values that people note are named as the source.
func WriteOpenSLO(service string, objectives []Objective) ([]byte, error) {
	var out bytes.Buffer
	for i, o := range objectives {
		share, err := record.ParseDecimal(o.Values["objective"])
		if err != nil {
			return nil, fmt.Errorf("the objective %s: %w", o.Name, err)
		}
		f := sloFile{APIVersion: OpenSLO, Kind: "SLO", Metadata: sloMeta{Name: o.Name, DisplayName: o.Title, Annotations: map[string]string{}}}
		for note, field := range map[string]record.FieldKey{noteMethod: "method", noteSource: "source", noteSpent: "spent"} {
			if text := o.Values[field]; text != "" {
				f.Metadata.Annotations[note] = text
			}
		}
		f.Spec = sloSpec{
			Description: cutRunes(o.Text, maxSLODescription), Service: service, TimeWindow: []sloWindow{{o.Values["window"], true}}, BudgetingMethod: "Occurrences",
			Objectives: []sloObjective{{o.Title, share.Float()}},
		}
		f.Spec.Indicator.Metadata = sloMeta{Name: o.Name + "-indicator", DisplayName: o.Values["indicator"]}
		ratio := &f.Spec.Indicator.Spec.RatioMetric
		ratio.RawType, ratio.Raw.MetricSource.Type = "success", "Slipway"
		ratio.Raw.MetricSource.Spec = map[string]string{"objective": o.Name}
		b, err := yaml.Marshal(f)
		if err != nil {
			return nil, fmt.Errorf("writing the objective %s: %w", o.Name, err)
		}
		if i > 0 {
			out.WriteString("---\n")
		}
		out.Write(b)
	}
	return out.Bytes(), nil
}

// cutRunes is a text up to so many characters.
func cutRunes(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
