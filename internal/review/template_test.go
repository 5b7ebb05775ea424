package review_test

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
)

func TestLevelFor(t *testing.T) {
	item := &review.ItemDef{Levels: [3]review.Level{review.LevelMust, review.LevelShould, review.LevelNone}, When: []review.Flag{"pii", "ml"}}
	tests := []struct {
		tier    review.Tier
		profile review.Profile
		want    review.Level
	}{
		{1, review.Profile{"pii"}, review.LevelMust}, {1, review.Profile{"ml", "public"}, review.LevelMust}, {2, review.Profile{"ml"}, review.LevelShould},
		{3, review.Profile{"ml"}, review.LevelNone}, {1, nil, review.LevelNone}, {1, review.Profile{"public"}, review.LevelNone},
		{0, review.Profile{"ml"}, review.LevelNone}, {4, review.Profile{"ml"}, review.LevelNone}, {-1, review.Profile{"ml"}, review.LevelNone},
	}
	for _, tt := range tests {
		if got := item.LevelFor(tt.tier, tt.profile); got != tt.want {
			t.Errorf("tier %d, %v: %q, want %q", tt.tier, tt.profile, got, tt.want)
		}
	}
	item.When = nil
	if got := item.LevelFor(1, nil); got != review.LevelMust {
		t.Errorf("without a condition: %q", got)
	}
}

func TestPolicy(t *testing.T) {
	gate := &lifecycle(review.OrderFree, true).Stages[0].Gate
	plain := review.Policy{Quorum: 2, Seats: []review.Seat{"architecture", "engineering"}, Mandatory: []review.Seat{"architecture"}}
	personal := review.Policy{Quorum: 3, Seats: []review.Seat{"architecture", "engineering", "security"}, Mandatory: []review.Seat{"architecture", "security"}}
	if got := gate.Policy(review.Profile{"ml"}); !reflect.DeepEqual(got, plain) {
		t.Errorf("plain: %+v", got)
	}
	if got := gate.Policy(review.Profile{"pii"}); !reflect.DeepEqual(got, personal) {
		t.Errorf("with personal data: %+v", got)
	}
}

func TestTemplateRef(t *testing.T) {
	ref := func(change func(*review.Template)) review.TemplateRef {
		tmpl := lifecycle(review.OrderFree, true)
		change(tmpl)
		r, err := tmpl.Ref()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	a := ref(func(*review.Template) {})
	if b := ref(func(*review.Template) {}); a != b || a.Key != "small" || a.Version != 3 || len(a.Digest) != 64 {
		t.Errorf("%+v and %+v", a, b)
	}
	for name, change := range map[string]func(*review.Template){
		"order":    func(t *review.Template) { t.Order = review.OrderStrict },
		"duties":   func(t *review.Template) { t.SoD = false },
		"guidance": func(t *review.Template) { t.Stages[2].Items[0].Guidance = "Write it down." },
		"level":    func(t *review.Template) { t.Stages[2].Items[0].Levels[2] = review.LevelMay },
		"quorum":   func(t *review.Template) { t.Stages[1].Gate.Quorum = 2 },
	} {
		if ref(change).Digest == a.Digest {
			t.Errorf("changing the %s leaves the digest", name)
		}
	}
}

func TestWords(t *testing.T) {
	ranks := []review.Level{review.LevelNone, review.LevelMay, review.LevelShould, review.LevelMust}
	if !slices.IsSortedFunc(ranks, func(a, b review.Level) int { return a.Rank() - b.Rank() }) || review.LevelMay.Rank() == 0 {
		t.Error("levels are not in order")
	}
	for _, s := range review.Seats() {
		if !s.Valid() || s.Label() == "" || s.Label() == string(s) {
			t.Errorf("seat %q is labelled %q", s, s.Label())
		}
	}
	labels := map[string]bool{}
	for _, k := range review.EvidenceKinds() {
		if !k.Valid() || labels[k.Label()] || k.Label() == string(k) {
			t.Errorf("kind %q is labelled %q", k, k.Label())
		}
		labels[k.Label()] = true
	}
	for _, s := range review.States() {
		if !s.Valid() || s.Label() == "" {
			t.Errorf("state %q is labelled %q", s, s.Label())
		}
	}
	gates := map[string]bool{}
	for g := review.GateBlocked; g <= review.GateLapsed; g++ {
		gates[g.Label()] = true
	}
	if len(gates) != 7 {
		t.Errorf("gate labels %v", gates)
	}
	if review.Seat("throne").Valid() || review.EvidenceKind("").Valid() || review.State("").Valid() || review.Order("").Valid() || review.Role("").Valid() || review.Tier(0).Valid() {
		t.Error("a word that means nothing is valid")
	}
}

// A template that another version of the program published keeps its digest,
// whatever this version would write.
func TestPublishedBytesAreTheIdentity(t *testing.T) {
	b := []byte(`{ "version": 7, "key": "small", "name": "Small", "said-by-a-later-version": [1, 2],
		"stages": [{"key": "idea", "items": [{"key": "scope"}]}] }`)
	tmpl, err := review.ParseTemplate(b)
	if err != nil {
		t.Fatal(err)
	}
	ref, err := tmpl.Ref()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b)
	if want := (review.TemplateRef{Key: "small", Version: 7, Digest: hex.EncodeToString(sum[:])}); ref != want {
		t.Errorf("it is %v, want %v", ref, want)
	}
	kept := string(b)
	b[0] = ' '
	if got, err := tmpl.Bytes(); err != nil || string(got) != kept {
		t.Errorf("its bytes are %q (%v)", got, err)
	}
	if _, err := review.ParseTemplate([]byte(`{"key": 1}`)); err == nil {
		t.Error("what is no template is read as one")
	}
}
