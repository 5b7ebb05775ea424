package web

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/slipway-prr/slipway/internal/formats"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/page/edit"
	"github.com/slipway-prr/slipway/web/ui"
)

// maxReads is how many files are read or written in a format at once: a reader may
// take much more memory than its file has.
const maxReads = 2

// reading waits for one of the places in which files are read and written.
func (s *Server) reading(r *http.Request) (leave func(), err error) {
	select {
	case s.reads <- struct{}{}:
		return func() { <-s.reads }, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// writer is who asks, when they may write documents.
func (s *Server) writer(r *http.Request) (*store.Viewer, error) {
	v, err := s.Store.Who(r.Context(), s.by(r))
	if err != nil {
		return nil, err
	}
	return v, review.May(v.Actor, review.EditLibrary, nil)
}

// importChoices are how a file is to be read, as far as somebody said it.
type importChoices struct {
	Format   formats.Format         `json:"format,omitempty"`
	Kind     plan.Kind              `json:"kind,omitempty"`
	Key      string                 `json:"key,omitempty"`
	Name     string                 `json:"name,omitempty"`
	Sheet    string                 `json:"sheet,omitempty"`
	Headings string                 `json:"headings,omitempty"` // digest of those whose columns they are
	Columns  map[formats.Column]int `json:"columns,omitempty"`
	Phases   map[string]plan.Phase  `json:"phases,omitempty"`
}

// toImport shows where a file is chosen.
func (s *Server) toImport(w http.ResponseWriter, r *http.Request) error {
	return s.showToImport(w, r, http.StatusOK, &edit.Upload{})
}

func (s *Server) showToImport(w http.ResponseWriter, r *http.Request, status int, d *edit.Upload) error {
	v, err := s.writer(r)
	if err != nil {
		return err
	}
	waiting, err := s.Store.Imports(r.Context(), v.Actor.Person)
	if err != nil {
		return err
	}
	for _, im := range waiting {
		d.Waiting = append(d.Waiting, edit.Waiting{ID: im.ID, Name: im.Name, At: im.At})
	}
	d.Now = v.Now
	m := s.editorMeta(w, r, v, "Import a checklist")
	m.ErrorCount, m.Width = len(d.Errors), ui.Slim
	return s.render(w, r, status, edit.UploadPage(m, d))
}

// upload keeps a file and leads to what was read from it.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) error {
	var up uploaded
	if !isMultipart(r) {
		form, err := readForm(r, "text")
		if err != nil {
			return err
		}
		up = uploaded{text: form.Get("text")}
	}
	v, err := s.writer(r) // before anything large is read
	if err != nil {
		return err
	}
	if isMultipart(r) {
		up, err = readUpload(r)
		switch {
		case errors.Is(err, errTooBig):
			up.tooBig = true
		case err != nil:
			return err
		}
	}
	name, body, field, wrong := up.choose()
	if wrong != "" {
		status := http.StatusUnprocessableEntity
		if up.tooBig {
			status = http.StatusRequestEntityTooLarge
		}
		d := &edit.Upload{Errors: map[string]string{field: wrong}}
		if len(up.text) <= echoed {
			d.Text = up.text
		}
		return s.showToImport(w, r, status, d)
	}
	if isMultipart(r) { // other forms were looked through before
		field, form := "text", url.Values{"text": {string(body)}}
		if up.filed {
			field, form = "file", url.Values{"file": {string(body)}}
		}
		if found := lookForSecrets(form); found != nil && found.mark != up.mark {
			s.noteSecret(r, found)
			d := &edit.Upload{Errors: map[string]string{field: found.words(form)[field]}, NoSecret: found.mark}
			if len(up.text) <= echoed {
				d.Text = up.text
			}
			return s.showToImport(w, r, http.StatusUnprocessableEntity, d)
		}
	}
	id := newDraftID()
	if err := s.Store.KeepImport(r.Context(), v.Actor.Person, id, name, body); err != nil {
		return err
	}
	http.Redirect(w, r, page.ImportingURL(id), http.StatusSeeOther)
	return nil
}

// opened is a file that somebody is importing.
type opened struct {
	who     *store.Viewer
	file    *store.Import
	choices importChoices
}

// openImport reads the file that the address names.
func (s *Server) openImport(r *http.Request) (*opened, error) {
	v, err := s.writer(r)
	if err != nil {
		return nil, err
	}
	o := &opened{who: v}
	if o.file, err = s.Store.Import(r.Context(), v.Actor.Person, chi.URLParam(r, "import")); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(o.file.Choices, &o.choices); err != nil {
		return nil, fmt.Errorf("reading how a file is imported: %w", err)
	}
	return o, nil
}

// importing shows what a file is read as.
func (s *Server) importing(w http.ResponseWriter, r *http.Request) error {
	o, err := s.openImport(r)
	if err != nil {
		return err
	}
	if o.file.Made != "" {
		http.Redirect(w, r, page.DraftURL(o.file.Made), http.StatusSeeOther)
		return nil
	}
	read, err := s.readImport(r, o)
	if err != nil {
		return err
	}
	return s.showImport(w, r, http.StatusOK, o, read, nil)
}

// chooseImport takes how a file is to be read, and shows it so.
func (s *Server) chooseImport(w http.ResponseWriter, r *http.Request) error {
	o, err := s.takeChoices(w, r)
	if o == nil || err != nil {
		return err
	}
	http.Redirect(w, r, page.ImportingURL(o.file.ID), http.StatusSeeOther)
	return nil
}

// takeChoices keeps how a form has a file read. There is none where that was
// answered already.
func (s *Server) takeChoices(w http.ResponseWriter, r *http.Request) (*opened, error) {
	form, err := readForm(r, importFields()...)
	if err != nil {
		return nil, err
	}
	o, err := s.openImport(r)
	if err != nil {
		return nil, err
	}
	if o.file.Made != "" {
		return nil, s.done(w, r, page.DraftURL(o.file.Made), flashAlready)
	}
	if wrong := o.choices.take(form); len(wrong) > 0 {
		return nil, s.wrongChoice(w, r, o, form, wrong)
	}
	return o, s.keepChoices(r, o)
}

// wrongChoice shows a file as it was read before, with what was chosen now.
func (s *Server) wrongChoice(w http.ResponseWriter, r *http.Request, o *opened, form url.Values, wrong map[string]string) error {
	read, err := s.readImport(r, o)
	if err != nil {
		return err
	}
	if len(form["column"]) == len(read.Headings) {
		read.holds = nil
		for _, c := range form["column"] {
			read.holds = append(read.holds, formats.Column(c))
		}
	}
	return s.showImport(w, r, http.StatusUnprocessableEntity, o, read, wrong)
}

func (s *Server) keepChoices(r *http.Request, o *opened) error {
	b, err := json.Marshal(o.choices)
	if err != nil {
		return fmt.Errorf("encoding how a file is imported: %w", err)
	}
	var said *store.Columns
	if o.choices.Columns != nil {
		said = &store.Columns{Headings: o.choices.Headings, Holds: map[string]int{}}
		for c, i := range o.choices.Columns {
			said.Holds[string(c)] = i
		}
	}
	return s.Store.ChooseImport(r.Context(), o.who.Actor.Person, o.file.ID, b, said)
}

// storeImport makes a draft of a file, as it is chosen to be read.
func (s *Server) storeImport(w http.ResponseWriter, r *http.Request) error {
	o, err := s.takeChoices(w, r)
	if o == nil || err != nil {
		return err
	}
	read, err := s.readImport(r, o)
	if err != nil {
		return err
	}
	if read.Refused() || read.wrong["key"] != "" {
		return s.showImport(w, r, http.StatusUnprocessableEntity, o, read, read.wrong)
	}
	from := 0
	if newest := read.standing.Newest(); newest != nil {
		from = newest.Ref.Version
	}
	draft, err := read.Document.Draft() // storing numbers it
	if err != nil {
		return err
	}
	err = s.Store.StoreImport(r.Context(), s.by(r), o.file.ID, draft, from)
	fields, invalid := fieldErrors(err)
	if invalid || errors.Is(err, review.ErrNotFound) { // perhaps the second of two presses
		if again, err := s.Store.Import(r.Context(), o.who.Actor.Person, o.file.ID); err == nil && again.Made != "" {
			return s.done(w, r, page.DraftURL(again.Made), flashAlready)
		}
	}
	if invalid {
		for name, message := range fields {
			fields[name] = page.FieldSentence("The "+name, message) + "."
		}
		return s.showImport(w, r, http.StatusUnprocessableEntity, o, read, fields)
	}
	if err != nil {
		return err
	}
	return s.done(w, r, page.DraftURL(read.Document.Key()), flashImported)
}

func importFields() []string {
	return []string{"format", "kind", "key", "name", "sheet", "headings", "column" + several, "section" + several, "phase" + several}
}

// take reads a form into the choices, and says what is wrong with it.
func (c *importChoices) take(form url.Values) (wrong map[string]string) {
	wrong = map[string]string{}
	if f := formats.Format(form.Get("format")); form.Has("format") && f != c.Format {
		if in, ok := formats.Find(f); f != "" && (!ok || in.Read == nil) {
			wrong["format"] = "This format is not read. Choose another."
		} else {
			c.Format = f
		}
	}
	if k := plan.Kind(form.Get("kind")); k == plan.KindLifecycle || k == plan.KindModule {
		c.Kind = k
	}
	if form.Has("key") {
		c.Key = strings.TrimSpace(form.Get("key"))
		if c.Key != "" && !plan.ValidKey(c.Key) {
			wrong["key"] = page.FieldSentence("The key", plan.KeyForm) + "."
			c.Key = printable(c.Key, 60)
		}
	}
	if form.Has("name") {
		if c.Name = strings.TrimSpace(form.Get("name")); len([]rune(c.Name)) > plan.MaxName {
			wrong["name"] = fmt.Sprintf("The name is longer than %d characters.", plan.MaxName)
			c.Name = printable(c.Name, 2*plan.MaxName)
		}
		c.Name = strings.ToValidUTF8(strings.ReplaceAll(c.Name, "\x00", ""), "")
	}
	if form.Has("sheet") {
		c.Sheet = printable(form.Get("sheet"), 100)
	}
	if sections, phases := form["section"], form["phase"]; len(sections) == len(phases) && len(sections) <= plan.MaxStages && len(sections) > 0 {
		c.Phases = map[string]plan.Phase{}
		for i, name := range sections {
			if slices.Contains(plan.Phases(), plan.Phase(phases[i])) {
				c.Phases[printable(name, 200)] = plan.Phase(phases[i])
			}
		}
	}
	if form.Has("headings") {
		c.takeColumns(form["column"], form.Get("headings"), wrong)
	}
	return wrong
}

func (c *importChoices) takeColumns(holds []string, headings string, wrong map[string]string) {
	known, columns := formats.Columns(), map[formats.Column]int{}
	for i, name := range holds {
		column := formats.Column(name)
		if !slices.Contains(known, column) {
			continue
		}
		if at, twice := columns[column]; twice {
			wrong["column"] = fmt.Sprintf("“%s” is chosen for columns %d and %d. Choose it for one of them.", column.Label(), at+1, i+1)
			return
		}
		columns[column] = i
	}
	if _, there := columns[formats.ColumnTitle]; !there {
		wrong["column"] = "No column holds the titles. Choose one."
		return
	}
	if len(headings) == 2*sha256.Size {
		c.Columns, c.Headings = columns, headings
	}
}

// imported is what a file was read as, and where it would go.
type imported struct {
	formats.Result
	info       formats.Info // without a format: none was recognised
	holds      []formats.Column
	headings   string // digest
	remembered bool   // what the columns hold was said with another file
	standing   *store.Standing
	wrong      map[string]string // with the key, as it stands
}

// readImport reads a file as it is chosen to be.
func (s *Server) readImport(r *http.Request, o *opened) (*imported, error) {
	out := &imported{wrong: map[string]string{}}
	f, known := o.choices.Format, true
	if f == "" {
		if f, known = formats.Detect(o.file.Name, o.file.Body); !known {
			f, known = formats.DetectText(o.file.Body)
		}
	}
	if !known {
		out.Problems = []formats.Problem{unknownFormat(o.file.Name, o.file.Body)}
		return out, nil
	}
	out.info, _ = formats.Find(f)
	if err := s.readColumns(r, o, out); err != nil || out.Refused() {
		return out, err
	}
	return out, s.place(r, o, out)
}

func unknownFormat(name string, body []byte) formats.Problem {
	p := formats.Problem{Severity: formats.Error, Message: "The format of this file was not recognised.", Do: "Choose it below if it is one of those."}
	if strings.TrimSpace(string(body)) == "" {
		p.Message, p.Do = "The file is empty.", "Choose another one."
	}
	var labels []string
	for _, f := range formats.Candidates(name, body) {
		in, _ := formats.Find(f)
		labels = append(labels, in.Label)
	}
	if len(labels) > 1 {
		p.Message, p.Do = "The file could be of several formats: "+strings.Join(labels, ", ")+".", "Choose one below."
	}
	return p
}

// readColumns reads the file, a table with the columns that were said for it, or for
// another with the same headings.
func (s *Server) readColumns(r *http.Request, o *opened, out *imported) error {
	opts := formats.Options{Kind: o.choices.Kind, Key: o.choices.Key, Name: o.choices.Name, Columns: o.choices.Columns, Sheet: o.choices.Sheet, Phases: o.choices.Phases}
	if out.info.Format == formats.YAML {
		opts.Key, opts.Name = "", "" // the keys of a module's items begin with the one in the file
	}
	name := o.file.Name
	if name == "" {
		name = "Pasted text"
	}
	read := func() (err error) {
		out.Result, err = s.readFile(r, out.info.Format, name, o.file.Body, opts)
		return err
	}
	if err := read(); err != nil || !out.info.Columns {
		return err
	}
	out.headings = headingsDigest(out.Headings)
	if opts.Columns != nil && out.headings != o.choices.Headings { // they are another sheet's
		opts.Columns = nil
		if err := read(); err != nil {
			return err
		}
	}
	if opts.Columns == nil && len(out.Headings) > 0 {
		said, err := s.Store.ColumnsOf(r.Context(), o.who.Actor.Person, out.headings)
		if err != nil {
			return err
		}
		if said != nil {
			out.remembered, opts.Columns = true, map[formats.Column]int{}
			for c, i := range said {
				opts.Columns[formats.Column(c)] = i
			}
			if err := read(); err != nil {
				return err
			}
		}
	}
	out.holds = make([]formats.Column, len(out.Headings))
	for c, i := range out.Columns {
		if i >= 0 && i < len(out.holds) {
			out.holds[i] = c
		}
	}
	return nil
}

// headingsDigest names a shape of table.
func headingsDigest(headings []string) string {
	b, _ := json.Marshal(headings) // strings never fail
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// place finds out how the key stands; the one that a file brings is changed where it
// cannot be used.
func (s *Server) place(r *http.Request, o *opened, out *imported) error {
	if out.info.Format == formats.YAML && (o.choices.Key != "" && o.choices.Key != out.Document.Key() || o.choices.Name != "" && o.choices.Name != out.Document.Name()) {
		if err := out.rename(cmp.Or(o.choices.Key, out.Document.Key()), cmp.Or(o.choices.Name, out.Document.Name())); err != nil {
			return err
		}
	}
	room := formats.MaxKey - len("-2")
	if out.Document.Kind() == plan.KindModule {
		room = formats.MaxModuleKey - len("-2")
	}
	file := out.Document.Key()
	file = strings.TrimRight(file[:min(len(file), room)], "-")
	for n := 2; ; n++ {
		if err := s.stands(r, out); err != nil {
			return err
		}
		if o.choices.Key != "" || out.wrong["key"] == "" || out.standing.Draft != nil || n > 9 {
			return nil
		}
		key := fmt.Sprintf("%s-%d", file, n)
		if out.info.Format == formats.YAML {
			if err := out.rename(key, out.Document.Name()); err != nil {
				return err
			}
			continue
		}
		other := *o
		other.choices.Key = key
		if err := s.readColumns(r, &other, out); err != nil || out.Refused() {
			return err
		}
	}
}

func (out *imported) rename(key, name string) (err error) {
	if key == out.Document.Key() {
		out.Document, err = out.Document.Draft()
		switch d := out.Document; {
		case err != nil:
		case d.Module != nil:
			d.Module.Name = name
		case d.Policy != nil:
			d.Policy.Name = name
		case d.Definition != nil:
			d.Definition.Name = name
		default:
			d.Lifecycle.Name = name
		}
		return err
	}
	out.Document, err = out.Document.As(key, name)
	return err
}

// stands finds out whether the document could be stored under its key.
func (s *Server) stands(r *http.Request, out *imported) (err error) {
	key := out.Document.Key()
	delete(out.wrong, "key")
	if out.standing, err = s.Store.Standing(r.Context(), key); err != nil {
		return err
	}
	switch st := out.standing; {
	case reservedKey(key):
		out.wrong["key"] = "The address of this key is taken by a page. Choose another."
	case st.BuiltIn():
		out.wrong["key"] = "The key is that of a document that comes with Slipway. Choose another."
	case len(st.Versions) > 0 && st.Kind != out.Document.Kind():
		out.wrong["key"] = "The key is that of a " + strings.ToLower(st.Kind.Label()) + ". Choose another."
	case st.Draft != nil:
		out.wrong["key"] = "The key is that of a draft, which " + st.Draft.By + " changed last. Choose another, or publish or discard that one and come back here."
	}
	return nil
}

// reservedKey reports whether a document of that key could not be reached.
func reservedKey(key string) bool { return key == "new" || key == "import" }

func (s *Server) showImport(w http.ResponseWriter, r *http.Request, status int, o *opened, read *imported, wrong map[string]string) error {
	d := &edit.Import{
		ID: o.file.ID, File: o.file.Name, Bytes: len(o.file.Body), At: o.file.At, Until: o.file.At.Add(store.ImportKept), Now: o.who.Now,
		Result: read.Result, Format: read.info.Format, Chosen: o.choices.Format, Kind: o.choices.Kind, Key: o.choices.Key, Name: o.choices.Name,
		Holds: read.holds, Headed: read.headings, Remembered: read.remembered, Errors: wrong,
	}
	if st := read.standing; st != nil {
		d.Published, d.InWork = st.Published, (*page.DraftInWork)(st.Draft)
	}
	if d.Kind == "" {
		d.Kind = plan.KindLifecycle
	}
	if !read.Refused() {
		d.Kind, d.Shown = read.Document.Kind(), page.NewDocument(read.Document, nil, read.Document.Questions()).Shown
		if len(wrong) == 0 || wrong["key"] == "" {
			d.Key = read.Document.Key()
		}
		if wrong["name"] == "" {
			d.Name = read.Document.Name()
		}
	}
	if len(wrong) == 0 {
		d.Errors = map[string]string{}
		if o.choices.Key != "" || read.standing != nil && read.standing.Draft != nil {
			d.Errors = read.wrong
		}
	}
	m := s.editorMeta(w, r, o.who, "Import "+d.FileName())
	m.ErrorCount = len(d.Errors)
	return s.render(w, r, status, edit.ImportPage(m, d))
}
