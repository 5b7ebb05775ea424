package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// Errors of the web itself.
var (
	errNoPage      = errors.New("no such page")
	errMethod      = errors.New("method not allowed")
	errForm        = errors.New("the address of a form was opened as a page")
	errMediaType   = errors.New("not a form")
	errTooBig      = errors.New("form too big")
	errTooSlow     = errors.New("form did not arrive in time")
	errCrossOrigin = errors.New("request from another site")
	errTooMany     = errors.New("too many requests")
)

// elsewhere means that a page of ours was open at an address that is not ours.
type elsewhere struct{ origin string }

func (e *elsewhere) Error() string { return "request from an address other than " + e.origin }

// fail turns an error into a page. It is the only place that does; handlers
// that can show their form again do so before, with [Server.refill].
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, store.ErrNoSession) {
		s.askToSignIn(w, r)
		return
	}
	if errors.Is(err, errSignInAgain) {
		s.askToSignInAgain(w, r)
		return
	}
	var secrets *maybeSecret
	if errors.As(err, &secrets) {
		s.askAboutSecret(w, r, secrets)
		return
	}
	if errors.Is(err, errTooSlow) { // which ended the request's context too
		r = r.WithContext(context.WithoutCancel(r.Context()))
	}
	p := explain(err)
	if p.status == http.StatusInternalServerError && errors.Is(r.Context().Err(), context.DeadlineExceeded) {
		p = explain(store.ErrOverloaded) // whatever broke, it broke for want of time
	}
	id := requestID(r)
	if p.status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		level := slog.LevelError
		if store.OutageOf(err) == store.Busy && !errors.Is(err, store.ErrUncertain) {
			level = slog.LevelWarn // it may be over already
		}
		s.event(r, level, "request failed", slog.String("method", r.Method), slog.String("route", routeOf(r)), slog.Any("err", err))
	} else {
		id = ""
	}
	if p.status == http.StatusServiceUnavailable {
		s.unavailable(w, r, p, id, errors.Is(err, store.ErrUncertain))
		return
	}
	var v *store.Viewer
	if worthLookingUp(err) {
		var nobody bool
		if v, nobody = s.viewer(r); nobody && factsOf(r).access == signedIn && p.status < http.StatusInternalServerError {
			s.askToSignIn(w, r) // whatever is wrong, it is nobody's business who has not signed in
			return
		}
	}
	m := s.meta(w, r, v, p.title, ui.NavNone)
	var back page.Way
	switch {
	case (p.status == http.StatusUnprocessableEntity || p.status == http.StatusBadRequest) && r.Method == http.MethodGet:
		back = page.Way{To: r.URL.EscapedPath(), Text: "Show the page without its filters"} // what is wrong with an address stands in its query
	case errors.Is(err, store.ErrAnother):
		back = projectOf(r)
	case errors.Is(err, errForm):
		back = page.Way{To: page.Of(r.URL.EscapedPath()), Text: "Open the page that the form is on"}
	}
	renderErr := s.render(w, r, p.status, page.Error(m, p.title, p.text, id, back))
	if renderErr != nil && r.Context().Err() == nil { // otherwise the client went away
		s.Log.ErrorContext(r.Context(), "showing an error failed", "request", requestID(r), "err", renderErr)
		http.Error(w, "Something went wrong. Nothing was changed.", http.StatusInternalServerError)
	}
}

// worthLookingUp reports whether the page about an error should know whose it
// is. Whoever floods us, or comes from another site, costs no statement.
func worthLookingUp(err error) bool {
	var away *elsewhere
	return !errors.Is(err, errTooMany) && !errors.Is(err, errCrossOrigin) && !errors.As(err, &away)
}

// notAPage answers whoever asks for an address in a way that it does not take.
func (s *Server) notAPage(_ http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodPost {
		return errMethod
	}
	return errForm
}

// echoed is the most that is shown again of a form that could not be taken: a
// page must not be much larger than what people type, whoever sends it.
const echoed = 64 << 10

// typed is what a form holds, to be shown again; not whole when it is too much
// for that, and then nothing is.
func (s *Server) typed(r *http.Request) (form url.Values, whole bool) {
	if r.PostForm == nil && isMultipart(r) {
		return typedBesideFile(r)
	}
	if r.PostForm == nil && r.Body != nil {
		r.Body = http.MaxBytesReader(nil, r.Body, 3*echoed) // a letter takes up to three bytes of one on the way
		if err := r.ParseForm(); err != nil {
			var tooBig *http.MaxBytesError
			if errors.As(err, &tooBig) {
				return nil, false
			}
		}
	}
	size := 0
	for name, values := range r.PostForm {
		for _, v := range values {
			size += len(name) + len(v)
		}
	}
	if size > echoed {
		return nil, false
	}
	return r.PostForm, true
}

// typedBesideFile is what a form with a file holds. The file has to be chosen again.
func typedBesideFile(r *http.Request) (form url.Values, whole bool) {
	r.Body = http.MaxBytesReader(nil, r.Body, 3*echoed)
	up, err := readUpload(r)
	if err != nil || up.filed || len(up.text) > echoed {
		return nil, false
	}
	return url.Values{"text": {up.text}}, true
}

// retryAfter is when a client may ask again after an outage, in seconds.
const retryAfter = "5"

// unavailable shows what was typed again, to be sent once more, or leads back to
// the page that could not be shown. It asks the database nothing: who looks, the
// page does not need.
func (s *Server) unavailable(w http.ResponseWriter, r *http.Request, p problem, id string, uncertain bool) {
	w.Header().Set("Retry-After", retryAfter)
	// The request's time may be over; the page about that still has to be made.
	r = r.WithContext(context.WithoutCancel(r.Context()))
	m := s.meta(w, r, nil, p.title, ui.NavNone)
	var c templ.Component
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		c = page.Unavailable(m, p.text, id, r.URL.RequestURI())
	} else {
		if uncertain {
			w.Header().Set("X-Slipway-Outcome", "unknown")
		}
		form, whole := s.typed(r)
		text := p.text
		if !uncertain {
			text = "Nothing was saved. " + text
		}
		c = page.NotSaved(m, text, id, uncertain, r.URL.RequestURI(), form, whole)
	}
	if err := s.render(w, r, p.status, c); err != nil {
		s.Log.ErrorContext(r.Context(), "showing an outage failed", "request", requestID(r), "err", err)
	}
}

// problem is an error in words for the person who met it.
type problem struct {
	status      int
	title, text string
}

func explain(err error) problem {
	var denied *review.Denied
	var refused *review.Refused
	var invalid *review.Invalid
	var blocked *review.Blocked
	var stale *review.StaleDigest
	var outdated *review.Outdated
	var conflict *review.AnswerConflict
	var away *elsewhere
	var twice *repeated
	switch {
	case errors.Is(err, review.ErrNotFound), errors.Is(err, errNoPage):
		return problem{
			404, "Not found",
			"There is nothing at this address, or it is not open to you. Check the address, or look for the project in the portfolio.",
		}
	case errors.Is(err, errForm):
		return problem{405, "This page cannot be opened directly", "Its address is that of a form's button. Nothing was changed."}
	case errors.Is(err, errMethod):
		return problem{405, "This address does not take that kind of request", "Go back and use the buttons on the page."}
	case errors.As(err, &denied):
		return problem{403, "You may not do this", denied.Why + " Nothing was changed."}
	case errors.As(err, &conflict):
		return problem{
			409, "Somebody else was quicker",
			"The item was changed since you opened the page. Go back, reload it, and look at both values; nothing was overwritten.",
		}
	case errors.As(err, &stale):
		return problem{
			409, "The content has changed",
			"It changed after you opened the page, so nothing was recorded. Look at the gate again and decide on what it says now.",
		}
	case errors.As(err, &outdated):
		return problem{409, "It has changed", "The " + outdated.What + " was changed after you opened the page, so nothing was recorded. Read what it says now and decide on that; what you typed is kept."}
	case errors.As(err, &blocked):
		return problem{409, "Not ready for sign-off", "Something still stands in the way. The gate's page lists it. Nothing was changed."}
	case errors.As(err, &refused):
		return problem{409, "This cannot be done now", refused.Why + " Nothing was changed."}
	case errors.As(err, &invalid):
		text := "Nothing was changed."
		for _, f := range invalid.Fields {
			text = "The field “" + f.Field + "” " + f.Message + ". " + text
		}
		return problem{422, "Something is not right yet", text}
	case errors.As(err, &twice):
		return problem{
			400, "Something is given twice",
			"The " + twice.where + " has “" + printable(twice.name, 40) + "” more than once, where one value is expected. Nothing was changed.",
		}
	case errors.Is(err, errMediaType):
		return problem{415, "This is not a form", "Forms are sent as application/x-www-form-urlencoded. Nothing was changed."}
	case errors.Is(err, errTooBig):
		return problem{413, "Too much text", "A form may hold up to 4 MiB. Go back: what you typed is still there. Nothing was changed."}
	case errors.Is(err, errTooSlow):
		return problem{408, "The form did not arrive in time", "Go back and send it again: what you typed is still there. Nothing was changed."}
	case errors.Is(err, errCrossOrigin):
		return problem{
			403, "The request came from another site", "For your safety, changes are taken only from Slipway's own pages. Nothing was changed.",
		}
	case errors.As(err, &away):
		return problem{
			403, "The page was open at another address",
			"Slipway's own is " + away.origin + ": open it there and send the form again. Nothing was changed.",
		}
	case errors.Is(err, store.ErrAnother):
		return problem{
			403, "Somebody else typed this",
			"You have signed in as somebody else than the person who typed the form. Nothing was sent, and what they typed is not shown. " +
				"Open the page that it belongs to and fill in your own.",
		}
	case errors.Is(err, errTooMany):
		return problem{429, "Too many requests", "Wait a minute, then try again. Nothing was changed."}
	case errors.Is(err, store.ErrDraftGone):
		return problem{409, "This draft is no longer what you saw", "Somebody published, changed or discarded it meanwhile. Nothing was changed. Open the document's page to see how it stands."}
	case errors.Is(err, store.ErrUncertain):
		return problem{503, "It may or may not be saved", "The database was told to save your change and did not say whether it has."}
	}
	switch store.OutageOf(err) {
	case store.Busy:
		return problem{503, "Slipway is busy", "The database did not answer in time. Try again in a moment."}
	case store.Unreachable:
		return problem{503, "Slipway cannot reach its database", "It may be restarting. Try again in a minute."}
	case store.Full, store.ReadOnly:
		return problem{503, "Slipway cannot save anything at the moment",
			"Its database takes no changes. Pages can still be read. Try again later, or tell your administrator."}
	}
	return problem{500, "Something went wrong on our side", "Try again. If it happens again, tell your administrator the number below."}
}

// frameTime is how long a page may wait to learn whose name to put on top.
const frameTime = 2 * time.Second

// viewer is who looks, for the frame of a page that everybody may see; nil when
// unknown. nobody: it is certain that nobody has signed in.
func (s *Server) viewer(r *http.Request) (v *store.Viewer, nobody bool) {
	if s.cookies.session(r) == "" {
		return nil, true
	}
	ctx, cancel := context.WithTimeout(r.Context(), frameTime)
	defer cancel()
	v, err := s.Store.Who(ctx, s.looker(r))
	if err != nil {
		return nil, errors.Is(err, store.ErrNoSession)
	}
	return v, false
}

// askToSignIn leads a reader to sign-in and back here. A form that arrives
// after its session has ended is shown again instead, with everything in it.
func (s *Server) askToSignIn(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		http.Redirect(w, r, page.LoginTo(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), frameTime)
	defer cancel()
	whose, err := s.Store.Whose(ctx, s.token(r))
	if err != nil { // the form is kept all the same
		s.Log.WarnContext(r.Context(), "whose session has ended is not known", "request", requestID(r), "err", err)
	}
	s.keepTyped(w, r, s.meta(w, r, nil, "Your session has ended", ui.NavNone), whose, page.SessionEnded)
}

// keepTyped shows a form again that cannot be taken before its sender has signed
// in, with everything that was typed. It notes who that was, where it is known:
// somebody else may sign in.
func (s *Server) keepTyped(
	w http.ResponseWriter, r *http.Request, m ui.PageMeta, whose review.PersonID, show func(m ui.PageMeta, action string, typed url.Values, whole bool) templ.Component,
) {
	form, whole := s.typed(r)
	if whose != 0 && form != nil && form.Get(page.TypedBy) == "" {
		form.Set(page.TypedBy, strconv.FormatInt(int64(whose), 10))
	}
	m.Posted = false // the page holds the only copy of what was typed
	err := s.render(w, r, http.StatusUnauthorized, show(m, r.URL.RequestURI(), form, whole))
	if err != nil && r.Context().Err() == nil {
		s.Log.ErrorContext(r.Context(), "showing a form that needs a sign-in failed", "request", requestID(r), "err", err)
	}
}

// fieldErrors are an error's problems by field, for a form that is shown
// again; ok is false for errors that are not about fields.
func fieldErrors(err error) (fields map[string]string, ok bool) {
	var invalid *review.Invalid
	if !errors.As(err, &invalid) {
		return nil, false
	}
	fields = map[string]string{}
	for _, f := range invalid.Fields {
		if fields[f.Field] == "" {
			fields[f.Field] = f.Message
		}
	}
	return fields, true
}

// formRefusal says what keeps a form from being carried out: by field, or in a sentence
// where no field is at fault. ok is false for what is no refusal of a form.
func formRefusal(err error) (fields map[string]string, problem string, ok bool) {
	var refused *review.Refused
	var outdated *review.Outdated
	fields, invalid := fieldErrors(err)
	switch {
	case invalid && fields["form"] == "":
		return fields, "", true
	case invalid, errors.As(err, &refused), errors.As(err, &outdated):
		return nil, explain(err).text, true
	}
	return nil, "", false
}
