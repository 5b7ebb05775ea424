package yardstick

import (
	"context"
	"io"
	"strconv"
	"sync"

	"github.com/a-h/templ"
)

// rows are written by appending: of the whole page they are the part that repeats, and a component per row costs several times
// as much.
func rows(items []item) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		buf := rowBuffers.Get().(*[]byte)
		defer rowBuffers.Put(buf)
		b := (*buf)[:0]
		for i := range items {
			b = appendRow(b, &items[i])
		}
		*buf = b
		_, err := w.Write(b)
		return err
	})
}

var rowBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}

func appendRow(b []byte, it *item) []byte {
	b = appendRowHead(b, it.ID, it.Status, it.Version)
	b = appendRowText(b, it.Title, it.Help, it.Owner)
	for _, e := range it.Evidence {
		b = appendLink(b, e.URL, e.Title)
	}
	return append(b, `</li>`...)
}

func appendRowHead(b []byte, id int64, status int16, version int32) []byte {
	b = append(b, `<li id="`...)
	b = strconv.AppendInt(b, id, 10)
	b = append(b, `" class="`...)
	b = append(b, class(status)...)
	b = append(b, `"><form method="post" action="/i/`...)
	b = strconv.AppendInt(b, id, 10)
	b = append(b, `"><input type="hidden" name="v" value="`...)
	b = strconv.AppendInt(b, int64(version), 10)
	b = append(b, `"> <button name="st" value="1" aria-pressed="`...)
	b = append(b, pressed(status)...)
	return append(b, `"><span class="box"></span>`...)
}

func appendRowText[T string | []byte](b []byte, title, help, owner T) []byte {
	b = appendEscaped(b, title)
	b = append(b, `</button> <button name="st" value="2" class="na">N/A</button></form><small>`...)
	b = appendEscaped(b, help)
	b = append(b, ` &middot; `...)
	b = appendEscaped(b, owner)
	return append(b, `</small>`...)
}

func appendLink[T string | []byte](b []byte, url, title T) []byte {
	b = append(b, ` <a class="ev" href="`...)
	b = appendEscaped(b, url)
	b = append(b, `">`...)
	b = appendEscaped(b, title)
	return append(b, `</a>`...)
}

// appendEscaped appends text so that it means itself between tags and between quotes, in the same way as templ.
func appendEscaped[T string | []byte](b []byte, s T) []byte {
	start := 0
	for i := 0; i < len(s); i++ {
		var entity string
		switch s[i] {
		case '<':
			entity = "&lt;"
		case '>':
			entity = "&gt;"
		case '&':
			entity = "&amp;"
		case '\'':
			entity = "&#39;"
		case '"':
			entity = "&#34;"
		default:
			continue
		}
		b = append(append(b, s[start:i]...), entity...)
		start = i + 1
	}
	return append(b, s[start:]...)
}
