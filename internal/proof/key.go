package proof

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// namePrefix begins the name of every key, and so the first line of every
// checkpoint.
const namePrefix = "slipway/"

var instancePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,59}$`)

// Key is an Ed25519 key that signs checkpoints and bundles. Its name is
// slipway/ and the name of the instance.
type Key struct {
	signer   note.Signer
	secret   string
	verifier string
}

// NewKey makes a key for an instance, which is named with up to 60 lower-case
// letters, digits, dots and hyphens, such as "prod" or "slipway.example.com".
func NewKey(instance string) (*Key, error) {
	if !instancePattern.MatchString(instance) {
		return nil, fmt.Errorf("%q cannot name an instance: use up to 60 lower-case letters, digits, dots and hyphens", instance)
	}
	secret, _, err := note.GenerateKey(rand.Reader, namePrefix+instance)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	return ParseKey(secret)
}

// ParseKey reads a private key: PRIVATE+KEY+name+hash+base64.
func ParseKey(secret string) (*Key, error) {
	secret = strings.TrimSpace(secret)
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, errors.New("this is not a private key of the form PRIVATE+KEY+name+hash+base64")
	}
	if err := checkName(signer.Name()); err != nil {
		return nil, err
	}
	// The base64 may hold a plus itself, so it is what remains after four.
	raw, err := base64.StdEncoding.DecodeString(strings.SplitN(secret, "+", 5)[4])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return nil, errors.New("this is not an Ed25519 key")
	}
	public, ok := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("this is not an Ed25519 key")
	}
	verifier, err := note.NewEd25519VerifierKey(signer.Name(), public)
	if err != nil {
		return nil, fmt.Errorf("deriving the public key: %w", err)
	}
	return &Key{signer: signer, secret: secret, verifier: verifier}, nil
}

// ReadKey reads a private key from a file.
func ReadKey(path string) (*Key, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the key: %w", err)
	}
	k, err := ParseKey(string(b))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

// WriteNew keeps the key in a file that only its owner may read. An existing
// file is never overwritten.
func (k *Key) WriteNew(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("keeping the key: %w", err)
	}
	if _, err := f.WriteString(k.secret + "\n"); err != nil {
		f.Close()
		return fmt.Errorf("keeping the key: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("keeping the key: %w", err)
	}
	return nil
}

// Name is the key's name, slipway/ and the instance.
func (k *Key) Name() string { return k.signer.Name() }

// Verifier is the public key, name+hash+base64: what a verifier needs.
func (k *Key) Verifier() string { return k.verifier }

// id names the key in signatures: name+hash.
func (k *Key) id() string { return keyID(k.signer.Name(), k.signer.KeyHash()) }

func keyID(name string, hash uint32) string { return fmt.Sprintf("%s+%08x", name, hash) }

func checkName(name string) error {
	instance, ok := strings.CutPrefix(name, namePrefix)
	if !ok || !instancePattern.MatchString(instance) {
		return fmt.Errorf("the key is named %q; a key of this program is named %s and an instance", name, namePrefix)
	}
	return nil
}

// Keys are the public keys that somebody trusts. There is more than one when a
// key was replaced: what the old one signed remains valid.
type Keys []note.Verifier

// ParseKeys reads public keys, one a line. Empty lines and lines that begin
// with # are skipped.
func ParseKeys(text string) (Keys, error) {
	var keys Keys
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, "PRIVATE+KEY+") {
			return nil, errors.New("this is a private key, which stays on the server; verifying takes the public one, which the command key prints")
		}
		v, err := note.NewVerifier(line)
		if err != nil {
			return nil, errors.New("this is not a public key of the form name+hash+base64")
		}
		if err := checkName(v.Name()); err != nil {
			return nil, err
		}
		keys = append(keys, v)
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no key in this")
	}
	return keys, nil
}

// named finds the key that a signature names.
func (k Keys) named(id string) note.Verifier {
	for _, v := range k {
		if keyID(v.Name(), v.KeyHash()) == id {
			return v
		}
	}
	return nil
}

// String lists the keys by name and hash.
func (k Keys) String() string {
	ids := make([]string, len(k))
	for i, v := range k {
		ids[i] = keyID(v.Name(), v.KeyHash())
	}
	return strings.Join(ids, ", ")
}
