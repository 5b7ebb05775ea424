package static

import (
	"fmt"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"
)

// squeeze makes our own files shorter without changing what they do. Vendored
// files are served as their authors wrote them.
func squeeze(name string, body []byte) ([]byte, error) {
	m := minify.New()
	kind := ""
	switch name {
	case CSS:
		kind = "text/css"
		m.AddFunc(kind, css.Minify)
	case JS:
		kind = "text/javascript"
		m.AddFunc(kind, js.Minify)
	default:
		return body, nil
	}
	out, err := m.Bytes(kind, body)
	if err != nil {
		return nil, fmt.Errorf("shortening: %w", err)
	}
	return out, nil
}
