package catalog

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/slipway-prr/slipway/internal/plan"
)

// What projects are pinned to says what its author wrote. The bytes are not
// compared but what they say: they stay when the program learns new fields.
func TestPublishedSayWhatTheFilesSay(t *testing.T) {
	templates, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	folders, err := fs.ReadDir(builtin, "builtin")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range folders {
		folder, err := fs.Sub(builtin, "builtin/"+dir.Name())
		if err != nil {
			t.Fatal(err)
		}
		written, err := Load(folder)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, p := range templates {
			if p.Key != written.Key || p.Version != written.Version {
				continue
			}
			if found = true; said(t, &p) != said(t, &written) {
				t.Errorf("%s version %d is published with other content than its files have: raise the version and run go run ./internal/catalog/cmd/publish",
					p.Key, p.Version)
			}
		}
		if !found {
			t.Errorf("%s version %d is not published: run go run ./internal/catalog/cmd/publish", written.Key, written.Version)
		}
	}
}

// said is all that a template says, in today's words.
func said(t *testing.T, tpl *plan.Lifecycle) string {
	t.Helper()
	b, err := json.Marshal(tpl)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPublish(t *testing.T) {
	folder, err := fs.Sub(builtin, "builtin/prototype-to-production-2")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	name, err := Publish(folder, dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "prototype-to-production-2.json"); name != want {
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
