// Publish writes the built-in templates' current versions to
// internal/catalog/published. Run it from the top of the repository after a
// template's version was raised: go run ./internal/catalog/cmd/publish
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/slipway-prr/slipway/internal/catalog"
)

func main() {
	folders, err := filepath.Glob("internal/catalog/builtin/*")
	if err == nil && len(folders) == 0 {
		err = fmt.Errorf("there is no internal/catalog/builtin here")
	}
	for _, folder := range folders {
		var name string
		if name, err = catalog.Publish(os.DirFS(folder), "internal/catalog/published"); err != nil {
			break
		}
		fmt.Println(name)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "publish:", err)
		os.Exit(1)
	}
}
