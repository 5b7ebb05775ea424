package bench

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"

	"golang.org/x/net/html"

	"github.com/slipway-prr/slipway/bench/load"
	"github.com/slipway-prr/slipway/bench/seed"
	"github.com/slipway-prr/slipway/web/page"
)

// gzipKiB is the size of a body as it travels compressed, in KiB.
func gzipKiB(body []byte) (float64, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, errWrite := w.Write(body)
	if err := errors.Join(errWrite, w.Close()); err != nil {
		return 0, fmt.Errorf("compress: %w", err)
	}
	return float64(b.Len()) / 1024, nil
}

// elements counts the elements of an HTML page, as far as they have a tag in it.
func elements(page []byte) (int, error) {
	n := 0
	for t := html.NewTokenizer(bytes.NewReader(page)); ; {
		switch t.Next() {
		case html.StartTagToken, html.SelfClosingTagToken:
			n++
		case html.ErrorToken:
			if err := t.Err(); !errors.Is(err, io.EOF) {
				return 0, fmt.Errorf("count elements: %w", err)
			}
			return n, nil
		}
	}
}

// weigh measures what travels, compressed as the server compresses it.
func (s *stand) weigh(r *Report) error {
	checklist := page.StageURL(seed.CopyKey(s.long.Key, 2), seed.LongStage)
	plain, err := s.main.example(checklist)
	if err != nil {
		return err
	}
	n, err := elements(plain)
	if err != nil {
		return err
	}
	r.Figures["checklist elements"] = float64(n)
	if r.Figures["checklist gzip KiB"], err = s.main.travels(checklist); err != nil {
		return err
	}
	for _, asset := range assetPath.FindAllString(string(plain), -1) {
		kib, err := s.main.travels(asset)
		if err != nil {
			return err
		}
		r.Figures["assets gzip KiB"] += kib
	}
	list := s.main
	if s.full() {
		list = s.portfolio.small
	}
	r.Figures["portfolio gzip KiB"], err = list.travels(page.PortfolioURL)
	return err
}

// assetPath finds stylesheets and scripts in a page.
var assetPath = regexp.MustCompile(`/static/[A-Za-z0-9._-]+\.(css|js)`)

// travels is the size of an answer's body in KiB for a browser; of one that the server does not compress, what a proxy before it
// would send.
func (p *product) travels(path string) (kib float64, err error) {
	err = p.get(path, p.world.Busy, func(_ int, r *load.Response) error {
		if r.Status != http.StatusOK {
			return fmt.Errorf("status %d", r.Status)
		}
		if string(r.Header("Content-Encoding")) == "gzip" {
			kib = float64(len(r.Body)) / 1024
			return nil
		}
		kib, err = gzipKiB(r.Body)
		return err
	}, acceptGzip)
	return kib, err
}
