package internal

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Days are worked out in one place, review/day.go, in the organisation's time
// zone. Whoever cuts a moment down to its day elsewhere does so in UTC.
func TestDaysAreWorkedOutInOnePlace(t *testing.T) {
	cuts := regexp.MustCompile(`Truncate\(24 ?\* ?time\.Hour\)|Truncate\(day\)|(now|clock_timestamp)\(\)::date|now\(\) at time zone|!now\.Before\([^)]*AddDate\(0, 0, 1\)\)`)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "bench" || d.Name() == "devstack" || d.Name() == "gallery" || strings.HasPrefix(d.Name(), ".") && d.Name() != "..") {
			return fs.SkipDir
		}
		if ext := filepath.Ext(path); ext != ".go" && ext != ".templ" || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(text), "\n") {
			if cuts.MatchString(line) {
				t.Errorf("%s:%d: %s: use review.Today, review.Over or review.Soon", path, i+1, strings.TrimSpace(line))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
