// Publish writes the current versions of the built-in lifecycles and modules to
// internal/catalog/published. Run it from the top of the repository after a
// version was raised: go run ./internal/catalog/cmd/publish
package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/slipway-prr/slipway/internal/catalog"
)

const (
	written   = "internal/catalog/builtin"
	published = "internal/catalog/published"
)

func main() {
	if err := publish(); err != nil {
		fmt.Fprintln(os.Stderr, "publish:", err)
		os.Exit(1)
	}
}

func publish() error {
	heads, err := filepath.Glob(written + "/*/template.yaml")
	if err != nil {
		return err
	}
	if len(heads) == 0 {
		return fmt.Errorf("there is no %s here", written)
	}
	for _, head := range heads {
		name, err := catalog.Publish(os.DirFS(path.Dir(head)), published)
		if err != nil {
			return err
		}
		fmt.Println(name)
	}
	modules, err := filepath.Glob(written + "/modules/*.yaml")
	if err != nil {
		return err
	}
	for _, module := range modules {
		name, err := catalog.PublishModule(os.DirFS(path.Dir(module)), path.Base(module), published)
		if err != nil {
			return err
		}
		fmt.Println(name)
	}
	return nil
}
