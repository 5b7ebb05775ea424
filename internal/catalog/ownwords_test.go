package catalog

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// The built-in template uses facts from two published articles, and says
// everything in its own words: it shares no run of five words with either.
// The articles are not part of this repository. What is kept of them is
// testdata/source-runs.txt: for each run of five words the first 8 bytes of
// its SHA-256 as hexadecimal, one a line, sorted, each once. A word is a run
// of letters and digits in lower case; everything between words is ignored,
// so punctuation and line breaks do not hide a copied phrase.
//
// To make the file again, name the articles:
//
//	go test ./internal/catalog -run TestSourceRunsFile -source-texts /path/one.txt,/path/two.txt
var sourceTexts = flag.String("source-texts", "", "comma-separated text files; TestSourceRunsFile writes "+
	"testdata/source-runs.txt from them")

const (
	runWords       = 5
	sourceRunsPath = "testdata/source-runs.txt"
)

//go:embed testdata/source-runs.txt
var sourceRuns []byte

// words splits text as the doc comment above says.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func hashRun(run []string) string {
	sum := sha256.Sum256([]byte(strings.Join(run, " ")))
	return hex.EncodeToString(sum[:8])
}

// runHashes maps each run's hash to the run.
func runHashes(text string) map[string]string {
	hashes := map[string]string{}
	w := words(text)
	for i := 0; i+runWords <= len(w); i++ {
		run := w[i : i+runWords]
		hashes[hashRun(run)] = strings.Join(run, " ")
	}
	return hashes
}

// sharedRuns lists the runs of text whose hashes are among forbidden.
func sharedRuns(text string, forbidden map[string]bool) []string {
	var shared []string
	for hash, run := range runHashes(text) {
		if forbidden[hash] {
			shared = append(shared, run)
		}
	}
	slices.Sort(shared)
	return shared
}

// readRuns refuses a file in which lookups could silently miss.
func readRuns(file []byte) (map[string]bool, error) {
	runs := map[string]bool{}
	last := ""
	lines := bufio.NewScanner(bytes.NewReader(file))
	for lines.Scan() {
		line := lines.Text()
		if b, err := hex.DecodeString(line); err != nil || len(b) != 8 || line != strings.ToLower(line) {
			return nil, fmt.Errorf("line %d, %q, is not 8 bytes of lower-case hexadecimal", len(runs)+1, line)
		}
		if line <= last {
			return nil, fmt.Errorf("line %d, %q, is out of order", len(runs)+1, line)
		}
		runs[line], last = true, line
	}
	return runs, lines.Err()
}

func writeRuns(paths []string) error {
	all := map[string]bool{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for hash := range runHashes(string(text)) {
			all[hash] = true
		}
	}
	lines := make([]string, 0, len(all))
	for hash := range all {
		lines = append(lines, hash+"\n")
	}
	slices.Sort(lines)
	return os.WriteFile(sourceRunsPath, []byte(strings.Join(lines, "")), 0o644)
}

func TestSourceRunsFile(t *testing.T) {
	file := sourceRuns
	if *sourceTexts != "" {
		if err := writeRuns(strings.Split(*sourceTexts, ",")); err != nil {
			t.Fatal(err)
		}
		written, err := os.ReadFile(sourceRunsPath)
		if err != nil {
			t.Fatal(err)
		}
		file = written
	}
	runs, err := readRuns(file)
	if err != nil {
		t.Fatalf("%s: %v", sourceRunsPath, err)
	}
	if len(runs) < 3000 { // both articles together have close to 4000 words
		t.Errorf("%s holds %d runs; the two articles give more than 3000", sourceRunsPath, len(runs))
	}
}

func TestTemplatesUseTheirOwnWords(t *testing.T) {
	forbidden, err := readRuns(sourceRuns)
	if err != nil {
		t.Fatalf("%s: %v", sourceRunsPath, err)
	}
	checked := 0
	check := func(name string, text []byte) {
		checked++
		for _, run := range sharedRuns(string(text), forbidden) {
			t.Errorf("%s: %q stands in a source text; say it in other words", name, run)
		}
	}
	err = fs.WalkDir(builtin, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(builtin, path)
		if err != nil {
			return err
		}
		check(path, text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile("../../docs/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	check("docs/templates.md", guide)
	if checked < 12 {
		t.Errorf("checked %d files; the template and its guide are 12", checked)
	}
}

func TestSharedRunsCatchesAPlantedRun(t *testing.T) {
	planted := map[string]bool{hashRun([]string{"seven", "grey", "herons", "guard", "port"}): true}
	for _, tc := range []struct {
		name, text string
		want       []string
	}{
		{"verbatim", "At dusk seven grey herons guard port and pier.", []string{"seven grey herons guard port"}},
		{"capitals, punctuation, line break", "Seven grey -- \"herons\"\n    guard; PORT", []string{"seven grey herons guard port"}},
		{"five words exactly", "seven grey herons guard port", []string{"seven grey herons guard port"}},
		{"four of the words", "seven grey herons guard ports", nil},
		{"another order", "grey seven herons guard port", nil},
		{"a word between", "seven grey herons still guard port", nil},
		{"too short", "seven grey herons", nil},
		{"empty", "", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := sharedRuns(tc.text, planted); !slices.Equal(got, tc.want) {
				t.Errorf("sharedRuns(%q) = %q, want %q", tc.text, got, tc.want)
			}
		})
	}
}

func TestReadRunsRefusesADamagedFile(t *testing.T) {
	for name, file := range map[string]string{
		"not hexadecimal": "zz00000000000000\n",
		"too short":       "00aa\n",
		"capitals":        "AA00000000000000\n",
		"out of order":    "bb00000000000000\naa00000000000000\n",
		"twice":           "aa00000000000000\naa00000000000000\n",
	} {
		if _, err := readRuns([]byte(file)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
