package load

import (
	"fmt"
	"net/url"
)

// Header is one request header. Names and values are written as they are.
type Header struct{ Name, Value string }

// Get makes a GET request ready to send.
func Get(path string, headers ...Header) []byte {
	return append(head("GET", path, headers), "\r\n"...)
}

// Post makes a form post ready to send, as a browser on the same origin sends it.
func Post(path string, form url.Values, headers ...Header) []byte {
	body := form.Encode()
	b := head("POST", path, headers)
	b = fmt.Appendf(
		b, "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n", len(body),
	)
	return append(b, body...)
}

// The Host is a fixed loopback name: what is measured must not depend on the port it happened to get.
func head(method, path string, headers []Header) []byte {
	b := fmt.Appendf(make([]byte, 0, 512), "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n", method, path)
	for _, h := range headers {
		b = fmt.Appendf(b, "%s: %s\r\n", h.Name, h.Value)
	}
	return b
}
