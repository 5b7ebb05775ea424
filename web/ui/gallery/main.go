// Command gallery serves every page of the design with canned data, under the same Content-Security-Policy as the product, so that
// a change of a component or of the stylesheet can be looked at without a database.
//
//	go run ./web/ui/gallery -addr 127.0.0.1:8099
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/a-h/templ"

	"github.com/slipway-prr/slipway/web/static"
)

// policy is the product's Content-Security-Policy.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func main() {
	addr := flag.String("addr", "127.0.0.1:8099", "loopback `address` to serve on")
	flag.Parse()
	if err := serve(*addr); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

func serve(addr string) error {
	h, err := newGallery(time.Now())
	if err != nil {
		return err
	}
	log.Printf("gallery on http://%s/", addr)
	server := &http.Server{Addr: addr, Handler: h, ReadHeaderTimeout: 5 * time.Second}
	return server.ListenAndServe()
}

func newGallery(now time.Time) (http.Handler, error) {
	files, err := static.Load()
	if err != nil {
		return nil, err
	}
	d := newDemo(now, files)
	mux := http.NewServeMux()
	mux.Handle(static.Prefix, files)
	for path, page := range pages(d) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			if err := page(d.themed(r)).Render(r.Context(), w); err != nil {
				log.Printf("rendering %s: %v", path, err)
			}
		})
	}
	mux.HandleFunc("POST /theme", setTheme)
	mux.HandleFunc("POST /projects/{key}/stages/{stage}/items/{item}/answer", d.answer)
	return mux, nil
}

func setTheme(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: "theme", Value: r.FormValue("theme"), Path: "/", SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/"+r.FormValue("to")[1:], http.StatusSeeOther)
}

// pages lists every page of the design by its path here.
func pages(d *demo) map[string]func(demo) templ.Component {
	p := map[string]func(demo) templ.Component{
		"/{$}":          work,
		"/work-empty":   workEmpty,
		"/portfolio":    portfolio,
		"/sign-offs":    queue,
		"/people":       people,
		"/projects/new": newProject,
		"/login":        signIn,
		"/readiness":    readiness,
		"/error/404":    notFound,
		"/error/409":    conflict,
		"/error/422":    invalid,
	}
	p[projectPath] = overview
	p[projectPath+"/history"] = history
	p[stagePath] = checklist
	p[stagePath+"/gate"] = gate
	p[stagePath+"/items/{item}"] = item
	return p
}
