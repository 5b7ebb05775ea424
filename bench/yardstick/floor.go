package yardstick

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The floor: the same page, and the same bytes, as fast as reading it all from PostgreSQL allows. Values stay as they came over the
// wire, and the page is appended in one go. Nobody should write a product like this; it shows what is left to gain.

// span is a piece of floorPage.text.
type span struct{ from, to int }

type floorItem struct {
	id                 int64
	stage, status      int16
	version            int32
	title, help, owner span
	links, linksEnd    int // in floorPage.links
}

type floorLink struct{ title, url span }

type floorSignoff struct {
	by span
	at time.Time
}

// floorPage is reused from request to request.
type floorPage struct {
	text              []byte // all texts one after the other
	id                int64
	name, owner, user span
	csrf              [16]byte // in hexadecimal
	tier              int32
	items             []floorItem
	links             []floorLink
	signoffs          [stages]floorSignoff
	out               []byte
}

func (f *floorPage) reset() {
	*f = floorPage{text: f.text[:0], items: f.items[:0], links: f.links[:0], out: f.out[:0]}
}

func (f *floorPage) keep(v []byte) span {
	from := len(f.text)
	f.text = append(f.text, v...)
	return span{from, len(f.text)}
}

func (f *floorPage) at(s span) []byte { return f.text[s.from:s.to] }

func (f *floorPage) read(ctx context.Context, pool *pgxpool.Pool, session []byte, project int64) (err error) {
	f.reset()
	results := pool.SendBatch(ctx, pageBatch(session, project, evidenceSQL+` order by item_id`))
	defer func() {
		if e := results.Close(); err == nil && e != nil {
			err = fmt.Errorf("page batch: %w", e)
		}
	}()
	for _, take := range []func([][]byte){f.takeSession, f.takeProject, f.takeItem, f.takeLink, f.takeSignoff} {
		if err := eachRow(results, take); err != nil {
			return fmt.Errorf("page batch: %w", err)
		}
	}
	if f.id == 0 || f.user == (span{}) {
		return pgx.ErrNoRows
	}
	return nil
}

func eachRow(results pgx.BatchResults, take func([][]byte)) error {
	rows, err := results.Query()
	if err != nil {
		return err
	}
	for rows.Next() {
		take(rows.RawValues())
	}
	rows.Close()
	return rows.Err()
}

func int16Of(v []byte) int16 { return int16(binary.BigEndian.Uint16(v)) }
func int32Of(v []byte) int32 { return int32(binary.BigEndian.Uint32(v)) }
func int64Of(v []byte) int64 { return int64(binary.BigEndian.Uint64(v)) }

// PostgreSQL counts a timestamp's microseconds from this day.
var postgresEpoch = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

func (f *floorPage) takeSession(v [][]byte) {
	f.user = f.keep(v[0])
	hex.Encode(f.csrf[:], v[1][:8])
}

func (f *floorPage) takeProject(v [][]byte) {
	f.id, f.name, f.owner, f.tier = int64Of(v[0]), f.keep(v[1]), f.keep(v[2]), int32Of(v[3])
}

func (f *floorPage) takeItem(v [][]byte) {
	f.items = append(f.items, floorItem{
		id: int64Of(v[0]), stage: int16Of(v[1]), status: int16Of(v[2]), version: int32Of(v[3]),
		title: f.keep(v[4]), help: f.keep(v[5]), owner: f.keep(v[6]),
	})
}

// A project's items have consecutive ids, which finds a link's item without a map.
func (f *floorPage) takeLink(v [][]byte) {
	id := int64Of(v[0])
	i := int(id - f.items[0].id)
	if i < 0 || i >= len(f.items) || f.items[i].id != id {
		return
	}
	it := &f.items[i]
	if it.linksEnd == 0 {
		it.links = len(f.links)
	}
	f.links = append(f.links, floorLink{title: f.keep(v[1]), url: f.keep(v[2])})
	it.linksEnd = len(f.links)
}

func (f *floorPage) takeSignoff(v [][]byte) {
	f.signoffs[int16Of(v[0])-1] = floorSignoff{by: f.keep(v[1]), at: postgresEpoch.Add(time.Duration(int64Of(v[2])) * time.Microsecond)}
}

func (f *floorPage) render() []byte {
	b := append(f.out, `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>`...)
	b = appendEscaped(b, f.at(f.name))
	b = append(b, `</title><link rel="stylesheet" href="/static/app.3f2a1b.css"><script src="/static/app.9c1d2e.js" defer></script></head>`...)
	b = append(
		b, `<body><header><nav><a href="/">Portfolio</a><a href="/projects">Projects</a><a href="/audit">Audit</a><span class="user">`...,
	)
	b = appendEscaped(b, f.at(f.user))
	b = append(b, `</span></nav></header><main><h1>`...)
	b = appendEscaped(b, f.at(f.name))
	b = append(b, `</h1><p class="meta">Owner `...)
	b = appendEscaped(b, f.at(f.owner))
	b = append(b, `, tier `...)
	b = strconv.AppendInt(b, int64(f.tier), 10)
	b = append(b, `</p>`...)
	items := f.items
	for number := 1; number <= stages; number++ {
		n := 0
		for n < len(items) && int(items[n].stage) == number {
			n++
		}
		b = f.appendStage(b, number, items[:n])
		items = items[n:]
	}
	f.out = append(b, `</main></body></html>`...)
	return f.out
}

func (f *floorPage) appendStage(b []byte, number int, items []floorItem) []byte {
	finished := 0
	for i := range items {
		if done(items[i].status) {
			finished++
		}
	}
	b = append(b, `<section id="s`...)
	b = strconv.AppendInt(b, int64(number), 10)
	b = append(b, `"><h2>Stage `...)
	b = strconv.AppendInt(b, int64(number), 10)
	b = append(b, ` <small>`...)
	b = strconv.AppendInt(b, int64(finished), 10)
	b = append(b, '/')
	b = strconv.AppendInt(b, int64(len(items)), 10)
	b = append(b, `</small></h2>`...)
	b = f.appendGate(b, number)
	b = append(b, `<ul class="items">`...)
	for i := range items {
		it := &items[i]
		b = appendRowHead(b, it.id, it.status, it.version)
		b = appendRowText(b, f.at(it.title), f.at(it.help), f.at(it.owner))
		for _, l := range f.links[it.links:it.linksEnd] {
			b = appendLink(b, f.at(l.url), f.at(l.title))
		}
		b = append(b, `</li>`...)
	}
	return append(b, `</ul></section>`...)
}

func (f *floorPage) appendGate(b []byte, number int) []byte {
	if s := f.signoffs[number-1]; s.by != (span{}) {
		b = append(b, `<p class="gate ok">Signed off by `...)
		b = appendEscaped(b, f.at(s.by))
		b = append(b, ` on `...)
		b = s.at.AppendFormat(b, "2006-01-02")
		return append(b, `</p>`...)
	}
	b = append(b, `<form method="post" action="/p/`...)
	b = strconv.AppendInt(b, f.id, 10)
	b = append(b, `/gate/`...)
	b = strconv.AppendInt(b, int64(number), 10)
	b = append(b, `"><input type="hidden" name="csrf" value="`...)
	b = append(b, f.csrf[:]...)
	return append(b, `"><button>Sign off</button></form>`...)
}
