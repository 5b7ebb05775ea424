package web

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
)

// sealed is an ID token for the database, which gives it back at sign-out: many
// providers sign somebody out without asking, or at all, only with it. It can be
// opened with the session's secret alone, and that is only in the browser. Where
// the provider has no page to sign out, nothing is kept.
func (s *Server) sealed(r *http.Request, secret, idToken string) string {
	if _, ok := s.Auth.EndSessionURL(r.Context(), "", s.Origin+"/", ""); !ok {
		return ""
	}
	return seal(secret, idToken)
}

// seal encrypts a text under a session's secret; empty when there is nothing to
// seal. The key is used once, as the secret is new for each session.
func seal(secret, text string) string {
	box := sealing(secret)
	if box == nil || text == "" {
		return ""
	}
	nonce := make([]byte, box.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return base64.RawStdEncoding.EncodeToString(box.Seal(nonce, nonce, []byte(text), nil))
}

// unseal opens what [seal] wrote; empty for anything else.
func unseal(secret, sealed string) string {
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	box := sealing(secret)
	if err != nil || box == nil || len(raw) < box.NonceSize() {
		return ""
	}
	text, err := box.Open(nil, raw[:box.NonceSize()], raw[box.NonceSize():], nil)
	if err != nil {
		return ""
	}
	return string(text)
}

func sealing(secret string) cipher.AEAD {
	if secret == "" {
		return nil
	}
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "slipway id token", 32)
	if err != nil {
		return nil
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		return nil
	}
	return box
}
