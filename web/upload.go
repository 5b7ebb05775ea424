package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/slipway-prr/slipway/internal/formats"
	"github.com/slipway-prr/slipway/web/page"
)

// maxUpload is the largest request with a file that is read to its end. It is more
// than a file may have, so that whoever sends too much is told so, where the browser
// would otherwise only say that the connection broke. What is too much is not kept.
const maxUpload = 32 << 20

// uploaded is a file, or a text that was pasted.
type uploaded struct {
	name   string // of the file
	file   []byte
	text   string
	filed  bool // there is a file, perhaps an empty one
	tooBig bool
	mark   string // of what its sender says is no secret
}

func isMultipart(r *http.Request) bool {
	ct, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && ct == "multipart/form-data"
}

// readUpload reads a form with a file in it.
func readUpload(r *http.Request) (up uploaded, err error) {
	factsOf(r).fields = []string{"file", "text", page.NoSecret}
	parts, err := r.MultipartReader()
	if err != nil {
		return up, errUnreadable
	}
	seen := map[string]bool{}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			if !up.filed {
				r.PostForm = url.Values{"text": {up.text}} // to be shown again if it cannot be kept
			}
			return up, nil
		}
		if err != nil {
			return up, uploadError(err)
		}
		name := part.FormName()
		if seen[name] {
			return up, &repeated{"form", name}
		}
		seen[name] = true
		body, whole, err := readPart(part)
		if err != nil {
			return up, uploadError(err)
		}
		switch name {
		case "file":
			up.name = fileName(part.FileName())
			up.file, up.filed = body, up.name != "" || len(body) > 0
		case "text":
			up.text = string(body)
		case page.NoSecret:
			up.mark = string(body)
		default:
			return up, invalidField("form", "has a field that this page does not know: "+printable(name, 40))
		}
		up.tooBig = up.tooBig || !whole
	}
}

// readPart reads a part as far as it can be imported, and past the rest.
func readPart(part io.Reader) (body []byte, whole bool, err error) {
	body, err = io.ReadAll(io.LimitReader(part, formats.MaxBytes+1))
	if err != nil || len(body) <= formats.MaxBytes {
		return body, true, err
	}
	_, err = io.Copy(io.Discard, part)
	return nil, false, err
}

var errUnreadable = invalidField("form", "cannot be read; go back and send it again")

func uploadError(err error) error {
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		return errTooBig
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errTooSlow
	}
	return errUnreadable
}

// fileName is what a file is called, without folders and what nobody can read.
func fileName(s string) string {
	s = path.Base(strings.ReplaceAll(strings.ToValidUTF8(s, ""), `\`, "/"))
	if s == "." || s == "/" {
		return ""
	}
	if n := len([]rune(s)); n > 150 { // its ending tells the format
		s = string([]rune(s)[n-150:])
	}
	return printable(s, 150)
}

// choose says what is imported, or at which field something is wrong.
func (up *uploaded) choose() (name string, body []byte, field, wrong string) {
	pasted := strings.TrimSpace(up.text) != ""
	switch {
	case up.tooBig:
		return "", nil, "file", "The file has more than 5 MiB, which is the most that is read. Split it, or take out what is no checklist."
	case up.filed && pasted:
		return "", nil, "file", "A file and a pasted text cannot be imported together. Choose the file again without the text, or send the text alone."
	case up.filed && len(up.file) == 0:
		return "", nil, "file", "The file is empty. Choose another one."
	case up.filed:
		return up.name, up.file, "", ""
	case pasted:
		return "", []byte(up.text), "", ""
	}
	return "", nil, "file", "Choose a file, or paste a text."
}
