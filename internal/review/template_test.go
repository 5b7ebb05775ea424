package review_test

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"slices"
	"testing"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

func TestLevelFor(t *testing.T) {
	item := &plan.Item{Levels: [3]plan.Level{plan.LevelMust, plan.LevelShould, plan.LevelNone}, When: []plan.Flag{"pii", "ml"}}
	tests := []struct {
		tier    plan.Tier
		profile plan.Profile
		want    plan.Level
	}{
		{1, plan.Profile{"pii"}, plan.LevelMust}, {1, plan.Profile{"ml", "public"}, plan.LevelMust}, {2, plan.Profile{"ml"}, plan.LevelShould},
		{3, plan.Profile{"ml"}, plan.LevelNone}, {1, nil, plan.LevelNone}, {1, plan.Profile{"public"}, plan.LevelNone},
		{0, plan.Profile{"ml"}, plan.LevelNone}, {4, plan.Profile{"ml"}, plan.LevelNone}, {-1, plan.Profile{"ml"}, plan.LevelNone},
	}
	for _, tt := range tests {
		if got := item.LevelFor(tt.tier, tt.profile); got != tt.want {
			t.Errorf("tier %d, %v: %q, want %q", tt.tier, tt.profile, got, tt.want)
		}
	}
	item.When = nil
	if got := item.LevelFor(1, nil); got != plan.LevelMust {
		t.Errorf("without a condition: %q", got)
	}
}

func TestPolicy(t *testing.T) {
	gate := &lifecycle(plan.OrderFree, true).Stages[0].Gate
	plain := plan.Policy{Quorum: 2, Seats: []plan.Seat{"architecture", "engineering"}, Mandatory: []plan.Seat{"architecture"}}
	personal := plan.Policy{Quorum: 3, Seats: []plan.Seat{"architecture", "engineering", "security"}, Mandatory: []plan.Seat{"architecture", "security"}}
	if got := gate.Policy(plan.TierCritical, plan.Profile{"ml"}); !reflect.DeepEqual(got, plain) {
		t.Errorf("plain: %+v", got)
	}
	if got := gate.Policy(plan.TierCritical, plan.Profile{"pii"}); !reflect.DeepEqual(got, personal) {
		t.Errorf("with personal data: %+v", got)
	}
}

func TestTemplateRef(t *testing.T) {
	ref := func(change func(*plan.Lifecycle)) plan.Ref {
		tmpl := lifecycle(plan.OrderFree, true)
		change(tmpl)
		r, err := tmpl.Ref()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	a := ref(func(*plan.Lifecycle) {})
	if b := ref(func(*plan.Lifecycle) {}); a != b || a.Key != "small" || a.Version != 3 || len(a.Digest) != 64 {
		t.Errorf("%+v and %+v", a, b)
	}
	for name, change := range map[string]func(*plan.Lifecycle){
		"order":    func(t *plan.Lifecycle) { t.Order = plan.OrderStrict },
		"duties":   func(t *plan.Lifecycle) { t.SoD = false },
		"guidance": func(t *plan.Lifecycle) { t.Stages[2].Items[0].Guidance = "Write it down." },
		"level":    func(t *plan.Lifecycle) { t.Stages[2].Items[0].Levels[2] = plan.LevelMay },
		"quorum":   func(t *plan.Lifecycle) { t.Stages[1].Gate.Quorum = 2 },
	} {
		if ref(change).Digest == a.Digest {
			t.Errorf("changing the %s leaves the digest", name)
		}
	}
}

func TestWords(t *testing.T) {
	ranks := []plan.Level{plan.LevelNone, plan.LevelMay, plan.LevelShould, plan.LevelMust}
	if !slices.IsSortedFunc(ranks, func(a, b plan.Level) int { return a.Rank() - b.Rank() }) || plan.LevelMay.Rank() == 0 {
		t.Error("levels are not in order")
	}
	for _, s := range plan.Seats() {
		if !s.Valid() || s.Label() == "" || s.Label() == string(s) {
			t.Errorf("seat %q is labelled %q", s, s.Label())
		}
	}
	labels := map[string]bool{}
	for _, k := range plan.EvidenceKinds() {
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
	if plan.Seat("the throne").Valid() || plan.EvidenceKind("").Valid() || review.State("").Valid() || plan.Order("").Valid() || review.Role("").Valid() || plan.Tier(0).Valid() {
		t.Error("a word that means nothing is valid")
	}
}

// A template that another version of the program published keeps its digest,
// whatever this version would write.
func TestPublishedBytesAreTheIdentity(t *testing.T) {
	b := []byte(`{ "version": 7, "key": "small", "name": "Small", "said-by-a-later-version": [1, 2],
		"stages": [{"key": "idea", "items": [{"key": "scope"}]}] }`)
	tmpl, err := plan.ParseLifecycle(b)
	if err != nil {
		t.Fatal(err)
	}
	ref, err := tmpl.Ref()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b)
	if want := (plan.Ref{Key: "small", Version: 7, Digest: hex.EncodeToString(sum[:])}); ref != want {
		t.Errorf("it is %v, want %v", ref, want)
	}
	kept := string(b)
	b[0] = ' '
	if got, err := tmpl.Bytes(); err != nil || string(got) != kept {
		t.Errorf("its bytes are %q (%v)", got, err)
	}
	if _, err := plan.ParseLifecycle([]byte(`{"key": 1}`)); err == nil {
		t.Error("what is no template is read as one")
	}
}
