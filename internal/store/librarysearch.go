package store

import (
	"context"
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/plan"
)

// LibraryMost is the most items that a search lists.
const LibraryMost = 100

// LibraryFound is what a search found.
type LibraryFound struct {
	Documents []plan.Document // the newest version of those that are about it
	Items     []LibraryItem   // those whose titles say it first
	All       int             // items that were found; more than Items where there are too many
}

// LibraryItem is an item of a published version.
type LibraryItem struct {
	Document plan.Document // the newest version whose item has the words
	Older    bool          // there is a newer version, where it has not
	Place    string        // the stage, or the phase for a module
	Item     *plan.Item
	Says     string // the sentence of its text that has the words; empty where the title has them all
}

// publishedLibrary is all that is published, read once: versions never change, so
// it is good for as long as no version is added.
type publishedLibrary struct {
	refs      []plan.Ref
	documents []DocumentVersions
	questions []plan.Question
	words     plan.Words
	items     []libraryItem
	// vocabulary are the words in it, by which a search is put right.
	vocabulary map[string]struct{}
}

// libraryItem is an item with its words as searches compare them.
type libraryItem struct {
	LibraryItem
	id          string // the same in all versions
	title, text searchable
}

// searchable is a text as searches compare it, and once more without spaces and
// hyphens: who looks for "rollback" or "roll-back" means "roll back" too.
type searchable struct{ words, joined string }

// longEnough is from which length on a word is looked for across spaces. Shorter
// ones are found in nearly every text that way.
const longEnough = 6

func newSearchable(text string) searchable {
	words := fold.Text(text)
	return searchable{words, join(words)}
}

func join(words string) string {
	return strings.ReplaceAll(strings.ReplaceAll(words, " ", ""), "-", "")
}

func (t searchable) has(word string) bool {
	if strings.Contains(t.words, word) {
		return true
	}
	joined := join(word)
	return len(joined) >= longEnough && strings.Contains(t.joined, joined)
}

func (t searchable) hasAll(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !t.has(w) })
}

// libraryOf reads the documents, which are sorted by kind and key, the newest
// version of each first.
func (s *Store) libraryOf(ctx context.Context, refs []plan.Ref) (*publishedLibrary, error) {
	s.templates.mu.RLock()
	lib := s.templates.library
	s.templates.mu.RUnlock()
	if lib != nil && slices.Equal(lib.refs, refs) {
		return lib, nil
	}
	lib = &publishedLibrary{refs: refs, vocabulary: map[string]struct{}{}}
	asked := map[plan.Flag]bool{}
	for i, ref := range refs {
		d, err := s.documentOn(ctx, s.pool, ref)
		if err != nil {
			return nil, err
		}
		if i > 0 && refs[i-1].Key == ref.Key {
			last := &lib.documents[len(lib.documents)-1]
			last.Versions = append(last.Versions, ref.Version)
		} else {
			lib.documents = append(lib.documents, DocumentVersions{Newest: d, Versions: []int{ref.Version}})
		}
		for _, q := range questionsOf(d) {
			if !asked[q.Key] {
				asked[q.Key] = true
				lib.questions = append(lib.questions, q)
			}
		}
		lib.words = lib.words.And(d.Adds())
		lib.add(d, ref.Key, i > 0 && refs[i-1].Key == ref.Key)
		lib.learn(about(d))
	}
	for i := range lib.items {
		lib.learn(lib.items[i].title.words)
		lib.learn(lib.items[i].text.words)
	}
	s.templates.mu.Lock()
	defer s.templates.mu.Unlock()
	s.templates.library = lib
	return lib, nil
}

func (l *publishedLibrary) learn(text string) {
	for _, word := range strings.Fields(fold.Words(text)) {
		l.vocabulary[word] = struct{}{}
	}
}

func questionsOf(d plan.Document) []plan.Question {
	return d.Questions()
}

// add takes a version's items in.
func (l *publishedLibrary) add(d plan.Document, key string, older bool) {
	stages := stagesOf(d)
	for i := range stages {
		for j := range stages[i].Items {
			item := &stages[i].Items[j]
			l.items = append(l.items, libraryItem{
				LibraryItem: LibraryItem{Document: d, Older: older, Place: stages[i].Name, Item: item},
				id:          key + " " + string(item.Key), title: newSearchable(item.Title), text: newSearchable(strings.Join(itemTexts(item), " ")),
			})
		}
	}
}

// showing are the items of a policy's requirements, each where its newest version has
// it.
func (l *publishedLibrary) showing(p *plan.PolicyDocument) map[plan.ItemKey][]LibraryItem {
	named := map[plan.ItemKey]bool{}
	for i := range p.Requirements {
		for _, k := range p.Requirements[i].Items {
			named[k] = true
		}
	}
	out := map[plan.ItemKey][]LibraryItem{}
	for i := range l.items {
		if it := &l.items[i].LibraryItem; named[it.Item.Key] && !it.Older {
			out[it.Item.Key] = append(out[it.Item.Key], *it)
		}
	}
	return out
}

func stagesOf(d plan.Document) []plan.Stage {
	switch {
	case d.Module != nil:
		return d.Module.ByPhase()
	case !d.Composed():
		return nil
	}
	return d.Lifecycle.Stages
}

// itemTexts are what an item says beside its title.
func itemTexts(d *plan.Item) []string {
	out := []string{d.Why, d.Done, d.Show, d.Guidance}
	for i := range d.Choices {
		c := &d.Choices[i]
		out = append(out, c.Title, c.Help, c.Do)
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// find looks for all words of a search, those of an item in its title and text
// together.
func (l *publishedLibrary) find(search string) *LibraryFound {
	words := strings.Fields(fold.Text(search))
	out := &LibraryFound{}
	if len(words) == 0 {
		return out
	}
	for _, d := range l.documents {
		if newSearchable(about(d.Newest)).hasAll(words) {
			out.Documents = append(out.Documents, d.Newest)
		}
	}
	var later []LibraryItem
	seen := map[string]bool{} // in a newer version
	for i := range l.items {
		it := &l.items[i]
		switch {
		case seen[it.id]:
		case it.title.hasAll(words):
			out.All++
			seen[it.id] = true
			out.Items = append(out.Items, it.LibraryItem)
		case !slices.ContainsFunc(words, func(w string) bool { return !it.title.has(w) && !it.text.has(w) }):
			out.All++
			seen[it.id] = true
			if len(later) < LibraryMost {
				later = append(later, it.says(words))
			}
		}
	}
	out.Items = append(out.Items, later...)
	out.Items = out.Items[:min(len(out.Items), LibraryMost)]
	return out
}

func about(d plan.Document) string {
	words := d.Name() + " " + d.Key() + " " + d.Summary()
	if p := d.Policy; p != nil {
		words += " " + p.Issuer + " " + p.Reference
		for i := range p.Requirements {
			words += " " + p.Requirements[i].Text
		}
	}
	return words
}

// says is the item with the sentence that has most of the words which its title
// does not have.
func (it *libraryItem) says(words []string) LibraryItem {
	out, most := it.LibraryItem, 0
	for _, text := range itemTexts(it.Item) {
		for _, sentence := range strings.SplitAfter(text, ". ") {
			n, said := 0, newSearchable(sentence)
			for _, w := range words {
				if !it.title.has(w) && said.has(w) {
					n++
				}
			}
			if n > most {
				most, out.Says = n, strings.TrimSpace(sentence)
			}
		}
	}
	return out
}
