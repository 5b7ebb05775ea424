package catalog

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/slipway-prr/slipway/internal/plan"
)

// What projects are pinned to says what its author wrote. The bytes are not
// compared but what they say: they stay when the program learns new fields.
func TestPublishedSayWhatTheFilesSay(t *testing.T) {
	published := map[plan.Ref]plan.Document{}
	for _, d := range builtInDocuments(t) {
		ref, err := d.Ref()
		if err != nil {
			t.Fatal(err)
		}
		ref.Digest = ""
		published[ref] = d
	}
	for _, d := range written(t) {
		ref, err := d.Ref()
		if err != nil {
			t.Fatal(err)
		}
		ref.Digest = ""
		p, found := published[ref]
		switch {
		case !found:
			t.Errorf("%s version %d is not published: run go run ./internal/catalog/cmd/publish", ref.Key, ref.Version)
		case said(t, p) != said(t, d):
			t.Errorf("%s version %d is published with other content than its files have: raise the version and run go run ./internal/catalog/cmd/publish",
				ref.Key, ref.Version)
		}
	}
}

// written are the documents in builtin.
func written(t *testing.T) []plan.Document {
	t.Helper()
	var all []plan.Document
	heads, err := fs.Glob(builtin, "builtin/*/"+headName)
	if err != nil {
		t.Fatal(err)
	}
	for _, head := range heads {
		folder, err := fs.Sub(builtin, path.Dir(head))
		if err != nil {
			t.Fatal(err)
		}
		l, err := Load(folder)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, plan.Document{Lifecycle: &l})
	}
	asked, err := Asked()
	if err != nil {
		t.Fatal(err)
	}
	modules, err := fs.Glob(builtin, "builtin/modules/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range modules {
		m, err := LoadModule(builtin, name, asked)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, plan.Document{Module: &m})
	}
	return all
}

// said is all that a document says, in today's words.
func said(t *testing.T, d plan.Document) string {
	t.Helper()
	var v any = d.Lifecycle
	if d.Module != nil {
		v = d.Module
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPublish(t *testing.T) {
	folder, err := fs.Sub(builtin, "builtin/prototype-to-production-3")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	name, err := Publish(folder, dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "prototype-to-production-3.json"); name != want {
		t.Errorf("published as %s, want %s", name, want)
	}
	once := readFile(t, name)
	if _, err := Publish(folder, dir); err != nil {
		t.Errorf("publishing the same again: %v", err)
	}
	changed := fstest.MapFS{}
	files, err := fs.Glob(folder, "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := fs.ReadFile(folder, f)
		if err != nil {
			t.Fatal(err)
		}
		changed[f] = &fstest.MapFile{Data: []byte(strings.Replace(string(b), "name: Idea and first prototype\n", "name: Another beginning\n", 1))}
	}
	if _, err := Publish(changed, dir); err == nil || !strings.Contains(err.Error(), "raise its version") {
		t.Errorf("other content under a published version: %v", err)
	}
	if readFile(t, name) != once {
		t.Error("what was published has changed")
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
