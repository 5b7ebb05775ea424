package provider

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const signingKeyBits = 2048

// signingKey signs the provider's tokens.
type signingKey struct {
	private *rsa.PrivateKey
	id      string // RFC 7638 thumbprint: the same key always has the same id
}

// loadSigningKey reads the key at path, or makes one there. Without a path it makes one that is not kept.
func loadSigningKey(path string) (signingKey, error) {
	if path == "" {
		return newSigningKey()
	}
	key, err := readSigningKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if key, err = newSigningKey(); err != nil {
		return signingKey{}, err
	}
	if err := key.save(path); errors.Is(err, fs.ErrExist) {
		return readSigningKey(path) // another process was faster
	} else if err != nil {
		return signingKey{}, fmt.Errorf("saving to %s: %w", path, err)
	}
	return key, nil
}

func newSigningKey() (signingKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, signingKeyBits)
	if err != nil {
		return signingKey{}, fmt.Errorf("generating: %w", err)
	}
	return withThumbprint(private)
}

func withThumbprint(private *rsa.PrivateKey) (signingKey, error) {
	sum, err := (&jose.JSONWebKey{Key: private.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		return signingKey{}, fmt.Errorf("naming the key: %w", err)
	}
	return signingKey{private: private, id: base64.RawURLEncoding.EncodeToString(sum)}, nil
}

func readSigningKey(path string) (signingKey, error) {
	info, err := os.Stat(path)
	if err != nil {
		return signingKey{}, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return signingKey{}, fmt.Errorf("%s can be read by others (mode %04o); run: chmod 600 %[1]s, or delete it to get a new one", path,
			info.Mode().Perm())
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return signingKey{}, err
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return signingKey{}, fmt.Errorf("%s is not a PEM file; delete it to get a new one", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return signingKey{}, fmt.Errorf("%s cannot be read (%w); delete it to get a new one", path, err)
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok || private.N.BitLen() < signingKeyBits {
		return signingKey{}, fmt.Errorf("%s is not an RSA key of %d bits or more; delete it to get a new one", path, signingKeyBits)
	}
	return withThumbprint(private)
}

// save writes the key beside path and links it into place, so that a crash leaves no half a key and two processes
// agree on one. It fails with fs.ErrExist when there is one already.
func (k signingKey) save(path string) error {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".provider-key-*") // CreateTemp uses mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), path)
}

func (k signingKey) public() jose.JSONWebKey {
	return jose.JSONWebKey{Key: k.private.Public(), KeyID: k.id, Algorithm: string(jose.RS256), Use: "sig"}
}

// sign makes a token of the given type (the typ header) from claims.
func (k signingKey) sign(typ jose.ContentType, claims map[string]any) (string, error) {
	key := jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: k.private, KeyID: k.id}}
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType(typ))
	if err != nil {
		return "", fmt.Errorf("signing a %s: %w", typ, err)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		return "", fmt.Errorf("signing a %s: %w", typ, err)
	}
	return token, nil
}

// open checks the signature of a token of ours and reads its claims into out. Expiry is not looked at.
func (k signingKey) open(token string, out any) error {
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return err
	}
	return parsed.Claims(k.private.Public(), out)
}
