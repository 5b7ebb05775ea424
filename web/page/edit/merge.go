package edit

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// shownMark begins what a form carries of what it was filled in for.
const shownMark = "v2"

// Shown tells what somebody saw: a digest of each field that was not empty.
func (p Part) Shown(v url.Values) string {
	out := map[string]string{}
	for _, f := range p.Fields {
		if d := f.digest(v[f.Name]); d != "" {
			out[f.Name] = d
		}
	}
	return writeShown(out)
}

func writeShown(digests map[string]string) string {
	out := []string{shownMark}
	for _, name := range slices.Sorted(maps.Keys(digests)) {
		out = append(out, name+"-"+digests[name])
	}
	return strings.Join(out, ".")
}

// digest is empty for a field without a value. The order of ticked boxes says nothing.
func (f Input) digest(values []string) string {
	if f.Takes == Ticks {
		values = slices.Sorted(slices.Values(values))
	}
	text := normal(strings.Join(values, "\x00"))
	if strings.Trim(text, "\x00") == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}

// readShown reads it back; false for what tells nothing of the fields.
func readShown(s string) (map[string]string, bool) {
	parts := strings.Split(s, ".")
	out := map[string]string{}
	for _, p := range parts[1:] {
		if end := strings.LastIndexByte(p, '-'); end > 0 { // a field's name may have hyphens
			out[p[:end]] = p[end+1:]
		}
	}
	return out, parts[0] == shownMark
}

// Merged is a form that was filled in for an earlier state of its part.
type Merged struct {
	Values   url.Values // to be saved
	Overlaps []Difference
	Theirs   []string // labels of the fields that others changed, and the form did not
	Shown    string   // what the form, left as it is, was filled in for then
	unseen   []string // fields in which the form shows something else than is saved
}

// Merge puts a form together with what others saved since it was shown: a field that
// only one of both changed is theirs. Fields that both changed, in different ways, are
// overlaps, but for those of take, which get what is there now.
func (p Part) Merge(now, mine url.Values, shown string, take []string) Merged {
	base, known := readShown(shown)
	out := Merged{Values: maps.Clone(mine)}
	seen := map[string]string{}
	see := func(name, digest string) {
		if digest != "" {
			seen[name] = digest
		}
	}
	for _, f := range p.Fields {
		there, typed := f.digest(now[f.Name]), f.digest(mine[f.Name])
		was := base[f.Name]
		switch {
		case slices.Contains(take, f.Name) && there != typed:
			out.Values[f.Name], out.unseen = now[f.Name], append(out.unseen, f.Name)
			see(f.Name, typed)
		case !mine.Has(f.Name) && f.Takes == One, there == typed, known && there == was: // the form decides
			see(f.Name, there)
		case known && typed == was:
			out.Values[f.Name] = now[f.Name]
			out.Theirs, out.unseen = append(out.Theirs, f.Label), append(out.unseen, f.Name)
			see(f.Name, typed)
		default:
			out.Overlaps = append(out.Overlaps, Difference{
				Field: f.Name, Label: f.Label, Theirs: strings.Join(now[f.Name], ", "), Mine: strings.Join(mine[f.Name], ", "),
			})
			see(f.Name, there)
		}
	}
	out.Shown = writeShown(seen)
	return out
}

// Kept is what a form was filled in for after it was saved: what the part then has,
// but of fields whose change by others the form does not show, what it shows.
func (m *Merged) Kept(now string) string {
	after, _ := readShown(now)
	before, _ := readShown(m.Shown)
	for _, name := range m.unseen {
		delete(after, name)
		if before[name] != "" {
			after[name] = before[name]
		}
	}
	return writeShown(after)
}
