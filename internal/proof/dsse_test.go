package proof

import (
	"strings"
	"testing"
)

// The encodings that the specification of DSSE gives as its examples.
func TestPreAuthentication(t *testing.T) {
	for _, c := range []struct{ kind, payload, want string }{
		{"http://example.com/HelloWorld", "hello world", "DSSEv1 29 http://example.com/HelloWorld 11 hello world"},
		{"", "", "DSSEv1 0  0 "},
		{"http://example.com/HelloWorld", "ಠ", "DSSEv1 29 http://example.com/HelloWorld 3 ಠ"},
	} {
		if got := string(preAuth(c.kind, []byte(c.payload))); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestEnvelopes(t *testing.T) {
	k, other := newKey(t, "test"), newKey(t, "test")
	b, err := k.envelop(typeInToto, []byte(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, by, err := keysOf(t, other, k).openEnvelope(typeInToto, b); err != nil || string(got) != `{"a":1}` || by != k.id() {
		t.Errorf("%s by %s, %v", got, by, err)
	}
	for name, spoil := range map[string]func(string) string{
		"another payload":       func(s string) string { return strings.Replace(s, "eyJhIjoxfQ", "eyJhIjoyfQ", 1) },
		"another key's name":    func(s string) string { return strings.Replace(s, k.id(), other.id(), 1) },
		"another form":          func(s string) string { return strings.ReplaceAll(s, "\n", " \n") },
		"a field in capitals":   func(s string) string { return strings.Replace(s, "payloadType", "PayloadType", 1) },
		"a field more":          func(s string) string { return strings.Replace(s, "{", `{"x":1,`, 1) },
		"no signature":          func(s string) string { return s[:strings.Index(s, `"signatures"`)] + "\"signatures\": []\n}\n" },
		"loose base64":          func(s string) string { return strings.Replace(s, "eyJhIjoxfQ==", "eyJhIjoxfR==", 1) },
		"something after it":    func(s string) string { return s + "{}" },
		"nothing":               func(string) string { return "" },
		"what is not JSON":      func(string) string { return "sig" },
		"a payload of one sort": func(s string) string { return strings.Replace(s, typeInToto, typeManifest, 1) },
	} {
		if _, _, err := keysOf(t, k, other).openEnvelope(typeInToto, []byte(spoil(string(b)))); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	if _, _, err := keysOf(t, other).openEnvelope(typeInToto, b); err == nil {
		t.Error("opened with a key that is not trusted")
	}
}
