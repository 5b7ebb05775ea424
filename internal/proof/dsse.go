package proof

import (
	"encoding/base64"
	"errors"
	"fmt"
)

// Types of what envelopes hold.
const (
	typeInToto   = "application/vnd.in-toto+json"
	typeManifest = "application/vnd.slipway.manifest.v1+text"
)

// envelope is a DSSE envelope (https://github.com/secure-systems-lab/dsse).
type envelope struct {
	PayloadType string              `json:"payloadType"`
	Payload     string              `json:"payload"`
	Signatures  []envelopeSignature `json:"signatures"`
}

type envelopeSignature struct {
	KeyID string `json:"keyid"`
	Sig   string `json:"sig"`
}

// preAuth is what DSSE signs: the type and the payload with their lengths, so
// that neither can be taken for the other.
func preAuth(payloadType string, payload []byte) []byte {
	b := fmt.Appendf(nil, "DSSEv1 %d %s %d ", len(payloadType), payloadType, len(payload))
	return append(b, payload...)
}

// envelop signs a payload.
func (k *Key) envelop(payloadType string, payload []byte) ([]byte, error) {
	sig, err := k.signer.Sign(preAuth(payloadType, payload))
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	return encodeFile(envelope{
		PayloadType: payloadType,
		Payload:     base64.StdEncoding.EncodeToString(payload),
		Signatures:  []envelopeSignature{{k.id(), base64.StdEncoding.EncodeToString(sig)}},
	})
}

// openEnvelope returns the payload that one of the keys has signed, and which
// one. Without a valid signature there is an error, and the payload only for
// comparing. DSSE allows for several signatures and alphabets; what this
// program writes has one of each, and nothing else is taken.
func (k Keys) openEnvelope(payloadType string, b []byte) (payload []byte, key string, err error) {
	var e envelope
	if err := decodeFile(b, &e); err != nil {
		return nil, "", err
	}
	if e.PayloadType != payloadType {
		return nil, "", fmt.Errorf("holds a %q, not a %q", e.PayloadType, payloadType)
	}
	payload, err = base64.StdEncoding.Strict().DecodeString(e.Payload)
	if err != nil {
		return nil, "", errors.New("has a payload that is not base64")
	}
	if len(e.Signatures) != 1 {
		return payload, "", fmt.Errorf("has %d signatures, not one", len(e.Signatures))
	}
	key = e.Signatures[0].KeyID
	by := k.named(key)
	if by == nil {
		return payload, "", fmt.Errorf("was signed with the key %.100q, not with %s", key, k)
	}
	sig, err := base64.StdEncoding.Strict().DecodeString(e.Signatures[0].Sig)
	if err != nil || !by.Verify(preAuth(payloadType, payload), sig) {
		return payload, "", fmt.Errorf("carries a signature that is not by %s", k)
	}
	return payload, key, nil
}
