package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"net/netip"
	"strconv"
	"time"
)

const (
	readBuffer = 32 << 10
	maxHead    = 64 << 10
	maxBody    = 64 << 20
)

// Loopback refuses every address that is not a literal loopback IP with a port. A name is refused too: only the resolver
// knows where it leads, and a load tool must not find out by trying.
func Loopback(addr string) error {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil {
		return fmt.Errorf("load address %q: want a loopback IP and a port, such as 127.0.0.1:8080: %w", addr, err)
	}
	if !ap.Addr().Unmap().IsLoopback() {
		return fmt.Errorf("load address %q: not loopback; load tests never leave this machine", addr)
	}
	return nil
}

// Conn is one keep-alive HTTP/1.1 connection. It is small because it shares the processors with what it measures: net/http's
// client would cost several times as much per request.
type Conn struct {
	c net.Conn
	r *bufio.Reader
	// Reused for every answer.
	answer Response
}

// Response is an answer. It is valid until the next call of Do on the same Conn.
type Response struct {
	Status int
	Body   []byte
	// Close says that the server will close the connection.
	Close bool
	head  []byte
}

// Dial connects to a loopback address.
func Dial(ctx context.Context, addr string) (*Conn, error) {
	if err := Loopback(addr); err != nil {
		return nil, err
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return &Conn{c: c, r: bufio.NewReaderSize(c, readBuffer)}, nil
}

// SetDeadline bounds everything that follows on the connection.
func (c *Conn) SetDeadline(t time.Time) error { return c.c.SetDeadline(t) }

// Close closes the connection.
func (c *Conn) Close() error { return c.c.Close() }

// Do sends one request, as made by Get or Post, and reads the whole answer.
func (c *Conn) Do(request []byte) (*Response, error) {
	if _, err := c.c.Write(request); err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	if err := c.answer.read(c.r); err != nil {
		return nil, fmt.Errorf("receive: %w", err)
	}
	return &c.answer, nil
}

// Header returns the first header of that name, or nil. It searches the raw lines, so that nobody pays who does not ask.
func (r *Response) Header(name string) []byte {
	for rest := r.head; len(rest) > 0; {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte{'\n'})
		if key, value, ok := bytes.Cut(line, []byte{':'}); ok && bytes.EqualFold(key, []byte(name)) {
			return bytes.TrimSpace(value)
		}
	}
	return nil
}

// framing is what the headers say about where the body ends.
type framing struct {
	length  int // -1: not given
	chunked bool
}

func (r *Response) read(in *bufio.Reader) error {
	r.head, r.Body, r.Close = r.head[:0], r.Body[:0], false
	line, err := readLine(in)
	if err != nil {
		return err
	}
	if r.Status, err = parseStatus(line); err != nil {
		return err
	}
	f, err := r.readHead(in)
	if err != nil {
		return err
	}
	switch {
	case r.Status == 204 || r.Status == 304:
		return nil
	case f.chunked && f.length >= 0:
		return errors.New("both Content-Length and chunked")
	case f.chunked:
		return r.readChunks(in)
	case f.length < 0:
		return errors.New("neither Content-Length nor chunked")
	default:
		return r.readBody(in, f.length)
	}
}

func parseStatus(line []byte) (int, error) {
	// HTTP/1.1 200 OK
	rest, ok := bytes.CutPrefix(line, []byte("HTTP/1.1 "))
	if !ok || len(rest) < 3 || (len(rest) > 3 && rest[3] != ' ') {
		return 0, fmt.Errorf("bad status line %.40q", line)
	}
	status, err := strconv.Atoi(string(rest[:3]))
	if err != nil || status < 200 || status > 599 {
		return 0, fmt.Errorf("bad status line %.40q", line)
	}
	return status, nil
}

func (r *Response) readHead(in *bufio.Reader) (framing, error) {
	f := framing{length: -1}
	for {
		line, err := readLine(in)
		if err != nil {
			return f, err
		}
		if len(line) == 0 {
			return f, nil
		}
		if len(r.head)+len(line) >= maxHead {
			return f, fmt.Errorf("headers above %d bytes", maxHead)
		}
		r.head = append(append(r.head, line...), '\n')
		if err := r.note(&f, line); err != nil {
			return f, err
		}
	}
}

// note takes what matters for framing from one header line.
func (r *Response) note(f *framing, line []byte) error {
	key, value, ok := bytes.Cut(line, []byte{':'})
	if !ok {
		return fmt.Errorf("bad header line %.40q", line)
	}
	switch {
	case bytes.EqualFold(key, []byte("Content-Length")):
		n, err := strconv.Atoi(string(bytes.TrimSpace(value)))
		if err != nil || n < 0 || n > maxBody || (f.length >= 0 && f.length != n) {
			return fmt.Errorf("bad Content-Length %.40q", value)
		}
		f.length = n
	case bytes.EqualFold(key, []byte("Transfer-Encoding")):
		if !bytes.EqualFold(bytes.TrimSpace(value), []byte("chunked")) {
			return fmt.Errorf("unknown Transfer-Encoding %.40q", value)
		}
		f.chunked = true
	case bytes.EqualFold(key, []byte("Connection")):
		r.Close = bytes.EqualFold(bytes.TrimSpace(value), []byte("close"))
	}
	return nil
}

func (r *Response) readBody(in *bufio.Reader, n int) error {
	if cap(r.Body) < n {
		r.Body = make([]byte, n)
	}
	r.Body = r.Body[:n]
	if _, err := io.ReadFull(in, r.Body); err != nil {
		return fmt.Errorf("body of %d bytes: %w", n, err)
	}
	return nil
}

func (r *Response) readChunks(in *bufio.Reader) error {
	body := bytes.NewBuffer(r.Body)
	n, err := body.ReadFrom(io.LimitReader(httputil.NewChunkedReader(in), maxBody+1))
	if err != nil {
		return fmt.Errorf("chunked body: %w", err)
	}
	if n > maxBody {
		return fmt.Errorf("chunked body above %d bytes", maxBody)
	}
	r.Body = body.Bytes()
	for { // the trailer, which ends with an empty line
		line, err := readLine(in)
		if err != nil || len(line) == 0 {
			return err
		}
	}
}

// readLine returns a line without its end. It is valid until the next read.
func readLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return nil, fmt.Errorf("line: %w", err)
	}
	line = line[:len(line)-1]
	return bytes.TrimSuffix(line, []byte{'\r'}), nil
}
