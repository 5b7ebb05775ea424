package load

import (
	"bufio"
	"fmt"
	"strings"
	"testing"
)

func TestLoopbackRefusesEverythingElse(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:80", "127.9.8.7:65535", "[::1]:8080", "[::ffff:127.0.0.1]:80"} {
		if err := Loopback(addr); err != nil {
			t.Errorf("Loopback(%q) = %v, want it allowed", addr, err)
		}
	}
	for _, addr := range []string{
		"", "127.0.0.1", ":8080", "0.0.0.0:80", "[::]:80", "10.0.0.1:80", "192.0.2.1:443", "169.254.169.254:80", "128.0.0.1:80",
		"localhost:8080", "example.test:80", "127.0.0.1.example.test:80", "127.0.0.1:80@192.0.2.1:80", "127.0.0.1:99999",
		"[::ffff:192.0.2.1]:80", "0177.0.0.1:80", "2130706433:80",
	} {
		if err := Loopback(addr); err == nil {
			t.Errorf("Loopback(%q) allowed it", addr)
		}
		if _, err := Dial(t.Context(), addr); err == nil {
			t.Errorf("Dial(%q) connected", addr)
		}
	}
}

func TestReadAnswers(t *testing.T) {
	tests := map[string]struct {
		in     string
		status int
		body   string
		close  bool
	}{
		"length":            {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", false},
		"any case, bare LF": {"HTTP/1.1 201 Created\ncontent-LENGTH:  2 \n\nhi", 201, "hi", false},
		"empty":             {"HTTP/1.1 303 See Other\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", 303, "", false},
		"no reason":         {"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, "", false},
		"no content":        {"HTTP/1.1 204 No Content\r\n\r\n", 204, "", false},
		"not modified":      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 900\r\nETag: \"a\"\r\n\r\n", 304, "", false},
		"chunked": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n6\r\npedia!\r\n0\r\n\r\n", 200,
			"wikipedia!", false},
		"chunked, trailer": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n\r\n", 200, "x", false},
		"closing":          {"HTTP/1.1 500 Oops\r\nConnection: close\r\nContent-Length: 1\r\n\r\n!", 500, "!", true},
		"twice the same":   {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", 200, "a", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			// Two answers on one connection, into one reused Response: the second fails when the first is not read to its exact end.
			in := bufio.NewReaderSize(strings.NewReader(tt.in+tt.in), readBuffer)
			var r Response
			for range 2 {
				if err := r.read(in); err != nil {
					t.Fatal(err)
				}
				if r.Status != tt.status || string(r.Body) != tt.body || r.Close != tt.close {
					t.Errorf("got %d %q close %v, want %d %q close %v", r.Status, r.Body, r.Close, tt.status, tt.body, tt.close)
				}
			}
			if in.Buffered() != 0 {
				t.Errorf("%d bytes left over", in.Buffered())
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	tests := map[string]string{
		"nothing":          "",
		"not HTTP":         "SSH-2.0-x\r\n\r\n",
		"old HTTP":         "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
		"bad status":       "HTTP/1.1 2OO OK\r\nContent-Length: 0\r\n\r\n",
		"long status":      "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
		"interim status":   "HTTP/1.1 103 Early Hints\r\n\r\n",
		"no framing":       "HTTP/1.1 200 OK\r\n\r\nhello",
		"both framings":    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
		"negative length":  "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"huge length":      fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", maxBody+1),
		"two lengths":      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"other encoding":   "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
		"cut headers":      "HTTP/1.1 200 OK\r\nContent-Len",
		"header, no colon": "HTTP/1.1 200 OK\r\nwhat\r\n\r\n",
		"cut body":         "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
		"cut chunk":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhel",
		"bad chunk":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhel",
		"cut trailer":      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
		"endless line":     "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", readBuffer) + "\r\n\r\n",
		"endless headers":  "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: "+strings.Repeat("a", 1000)+"\r\n", 70) + "Content-Length: 0\r\n\r\n",
	}
	for name, in := range tests {
		t.Run(name, func(t *testing.T) {
			var r Response
			if err := r.read(bufio.NewReaderSize(strings.NewReader(in), readBuffer)); err == nil {
				t.Errorf("accepted: %d %q", r.Status, r.Body)
			}
		})
	}
}

func TestResponseHeader(t *testing.T) {
	var r Response
	in := "HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nEtag:  \"v:7\" \r\nContent-Length: 0\r\n\r\n"
	if err := r.read(bufio.NewReader(strings.NewReader(in))); err != nil {
		t.Fatal(err)
	}
	if got := string(r.Header("ETag")); got != `"v:7"` {
		t.Errorf("ETag = %q", got)
	}
	if got := string(r.Header("set-cookie")); got != "a=b; Path=/" {
		t.Errorf("Set-Cookie = %q", got)
	}
	if got := r.Header("Etagx"); got != nil {
		t.Errorf("Etagx = %q, want none", got)
	}
}
