package auth

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

const (
	// providerTimeout bounds one request to the provider, from connecting to the last byte.
	providerTimeout = 10 * time.Second
	// maxAnswer bounds what is read of one answer, in bytes. Discovery documents and key sets are a few KiB.
	maxAnswer = 1 << 20
)

// newHTTPClient makes the one client that speaks to the provider. It follows no redirect: the addresses are known
// from discovery, and a redirect could lead a client secret elsewhere.
func newHTTPClient() *http.Client {
	return &http.Client{
		Timeout: providerTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
		Transport: &boundedTransport{base: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSHandshakeTimeout:   5 * time.Second,
			ResponseHeaderTimeout: providerTimeout,
			IdleConnTimeout:       90 * time.Second,
			MaxIdleConnsPerHost:   4,
			MaxConnsPerHost:       32,
			ForceAttemptHTTP2:     true,
		}},
	}
}

// boundedTransport cuts long answers off and turns 5xx answers into errors, so that a provider in trouble looks
// the same to every caller: like one that cannot be reached.
type boundedTransport struct{ base http.RoundTripper }

func (t *boundedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= http.StatusInternalServerError {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("answered with status %d", resp.StatusCode)
	}
	resp.Body = &boundedBody{Reader: io.LimitReader(resp.Body, maxAnswer), Closer: resp.Body}
	return resp, nil
}

type boundedBody struct {
	io.Reader
	io.Closer
}
