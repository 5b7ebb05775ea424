package formats

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// What is refused is so in every format that could hold it, with the place and what to do.
func TestRefusedInAll(t *testing.T) {
	yaml := map[string]string{
		"alias bomb":   "a: &a [b, b]\nc: &c [*a, *a]\nd: [*c, *c]\n",
		"merge key":    "a: {b: c}\nd:\n  <<: {e: f}\n",
		"tag":          "a: !!python/object:os.system b\n",
		"name twice":   "a: b\na: c\n",
		"deep lists":   "a: " + strings.Repeat("[", 60) + strings.Repeat("]", 60) + "\n",
		"invalid byte": "a: \xff\n",
		"zero byte":    "a: \x00\n",
		"UTF-16":       "\xff\xfea\x00:\x00",
	}
	json := map[string]string{
		"name twice":   `{"a": 1, "a": 2}`,
		"deep lists":   strings.Repeat("[", 60) + strings.Repeat("]", 60),
		"deep objects": strings.Repeat(`{"a":`, 60) + "1" + strings.Repeat("}", 60),
		"cut off":      `{"a": [1, 2`,
		"code":         `{"a": alert(1)}`,
		"function":     `callback({"a": 1})`,
		"behind":       `{} {}`,
		"invalid byte": "{\"a\": \"\xff\"}",
		"many values":  "[" + strings.Repeat("[],", maxJSONValues) + "[]]",
	}
	for _, in := range All() {
		if in.Read == nil || in.Binary {
			continue
		}
		files := map[string]string{"invalid byte": "a\xff", "UTF-16": "\xfe\xff\x00a"}
		switch {
		case slices.Contains(in.Extensions, ".yaml"):
			files = yaml
		case path.Ext("x"+in.Extensions[len(in.Extensions)-1]) == ".json":
			files = json
		}
		for name, src := range files {
			r, err := Read(in.Format, "x"+in.Extensions[len(in.Extensions)-1], []byte(src), Options{})
			if err != nil || !r.Refused() {
				t.Errorf("%s, %s: %v, imported", in.Format, name, err)
				continue
			}
			checkResult(t, r)
			if p := r.Problems[0]; p.Line == 0 || p.Column == 0 || p.Do == "" {
				t.Errorf("%s, %s: %s", in.Format, name, p.String())
			}
		}
		r, err := Read(in.Format, "x", make([]byte, MaxBytes+1), Options{})
		if err != nil || !r.Refused() || !strings.Contains(r.Problems[0].Message, "at most 5 MiB") {
			t.Errorf("%s: too large a file: %v %v", in.Format, err, problems(r))
		}
	}
}
