package store_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/slipway-prr/slipway/internal/store"
)

// Whatever is handed over as an export of an organisation is taken or refused with a reason.
func FuzzCheckOrganisation(f *testing.F) {
	header := `{"kind":"organisation","row":{"product":"slipway","format":1,"schema":1,"zone":"UTC"}}` + "\n"
	for _, seed := range []string{"", header, header + `{"kind":"person","row":{"id":1}}` + "\n", header + `{"kind":"end","row":{"lines":1,"sha256":""}}`} {
		f.Add([]byte(seed))
	}
	f.Add(sealed([]string{header, `{"kind":"person","row":{}}` + "\n", ""}))
	f.Fuzz(func(t *testing.T, file []byte) {
		done, err := store.CheckOrganisation(bytes.NewReader(file))
		var bad *store.BadFile
		if err != nil && !errors.As(err, &bad) {
			t.Errorf("it fails with %v", err)
		}
		if err == nil && done.Lines+1 != bytes.Count(file, []byte("\n")) {
			t.Errorf("it found %d lines", done.Lines)
		}
	})
}
