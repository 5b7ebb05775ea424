package review_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
	"pgregory.net/rapid"
)

// everyEvent is one event of each kind with every field set, by its canonical
// form: what is stored, and what the trail's hashes cover. A line here never
// changes once a version was released.
var everyEvent = []struct {
	event review.Event
	json  string
}{
	{review.ProjectCreated{Key: "k-1", Name: "N", Summary: "S", Team: "T", Tier: 2, Exposure: "pilot", Owner: 1, Deputy: 2, Target: "2026-12-01", Restricted: true, Profile: review.Profile{"pii"}, Template: review.TemplateRef{Key: "small", Version: 3, Digest: "d"}},
		`{"key":"k-1","name":"N","summary":"S","team":"T","tier":2,"exposure":"pilot","owner":1,"deputy":2,"target":"2026-12-01","restricted":true,"profile":["pii"],"template":{"key":"small","version":3,"digest":"d"}}`},
	{review.ProjectEdited{Changes: []review.Change{{Field: "name", From: "M", To: "N"}}, Name: "N", Summary: "S", Team: "T", Tier: 1, Exposure: "general", Target: "2026-12-01", Restricted: true, Profile: review.Profile{"ml"}},
		`{"changes":[{"field":"name","from":"M","to":"N"}],"name":"N","summary":"S","team":"T","tier":1,"exposure":"general","target":"2026-12-01","restricted":true,"profile":["ml"]}`},
	{review.DutySet{Person: 3, From: "member", Duty: "owner"}, `{"person":3,"from":"member","duty":"owner"}`},
	{review.StatusChanged{From: "active", To: "on hold", Reason: "R"}, `{"from":"active","to":"on hold","reason":"R"}`},
	{review.ItemAnswered{Stage: "design", Item: "adr", Version: 2, From: "open", To: "met", FromNote: "F", Note: "N"},
		`{"stage":"design","item":"adr","version":2,"from":"open","to":"met","from_note":"F","note":"N"}`},
	{review.NotApplicableApproved{Stage: "design", Item: "adr", Version: 2}, `{"stage":"design","item":"adr","version":2}`},
	{review.ItemAssigned{Stage: "design", Item: "adr", From: 1, Person: 2, Due: "2026-12-01"}, `{"stage":"design","item":"adr","from":1,"person":2,"due":"2026-12-01"}`},
	{review.CommentAdded{Stage: "design", Item: "adr", No: 4, Text: "T", Once: "o"}, `{"stage":"design","item":"adr","no":4,"text":"T","once":"o"}`},
	{review.EvidenceAdded{Stage: "design", Item: "adr", No: 1, URL: "https://a.example", Title: "T", Type: "doc", Effective: "2026-03-01", Expires: "2026-04-01", Commit: "c"},
		`{"stage":"design","item":"adr","no":1,"url":"https://a.example","title":"T","type":"doc","effective":"2026-03-01","expires":"2026-04-01","commit":"c"}`},
	{review.EvidenceRemoved{Stage: "design", Item: "adr", No: 1}, `{"stage":"design","item":"adr","no":1}`},
	{review.SignOffRequested{Stage: "build", Round: 2, Digest: "d", Policy: review.Policy{Quorum: 1, Seats: []review.Seat{"qa"}, Mandatory: []review.Seat{"qa"}}, SoD: true, Early: []string{"Design"}, Reason: "R"},
		`{"stage":"build","round":2,"digest":"d","policy":{"quorum":1,"seats":["qa"],"mandatory":["qa"]},"separation_of_duties":true,"early":["Design"],"reason":"R"}`},
	{review.GateSigned{Stage: "build", Round: 2, No: 1, Seat: "qa", Decision: "go", Digest: "d", Note: "N"},
		`{"stage":"build","round":2,"no":1,"seat":"qa","decision":"go","digest":"d","note":"N"}`},
	{review.FindingRaised{Stage: "build", Round: 2, No: 1, Text: "T"}, `{"stage":"build","round":2,"no":1,"text":"T"}`},
	{review.FindingAnswered{Stage: "build", No: 1, Answer: "A"}, `{"stage":"build","no":1,"answer":"A"}`},
	{review.RoundClosed{Stage: "build", Round: 2, Outcome: "passed", Digest: "d", Reason: "R"}, `{"stage":"build","round":2,"outcome":"passed","digest":"d","reason":"R"}`},
	{review.PersonJoined{Person: 5}, `{"person":5}`},
	{review.RightGranted{Person: 5, Role: "viewer", Seat: "qa", Scope: 7, Source: "group"}, `{"person":5,"role":"viewer","seat":"qa","scope":7,"source":"group"}`},
	{review.RightRevoked{Person: 5, Role: "viewer", Seat: "qa", Scope: 7, Source: "admin", Reason: "R"}, `{"person":5,"role":"viewer","seat":"qa","scope":7,"source":"admin","reason":"R"}`},
}

func TestEventsKeepTheirForm(t *testing.T) {
	for _, e := range everyEvent {
		t.Run(e.event.Kind(), func(t *testing.T) {
			if v := reflect.ValueOf(e.event); v.Type().Name() != e.event.Kind() {
				t.Errorf("%T calls itself %s", e.event, e.event.Kind())
			} else {
				for i := range v.NumField() {
					if v.Field(i).IsZero() {
						t.Errorf("%s is not set, so its name is not tested", v.Type().Field(i).Name)
					}
				}
			}
			b, err := review.EncodeEvent(e.event)
			if err != nil || string(b) != e.json {
				t.Fatalf("encoded as\n%s, %v, want\n%s", b, err, e.json)
			}
			back, err := review.DecodeEvent(e.event.Kind(), b)
			if err != nil || !reflect.DeepEqual(back, e.event) {
				t.Fatalf("decoded as %+v, %v", back, err)
			}
		})
	}
}

func TestDecodeRefusesWhatItDoesNotUnderstand(t *testing.T) {
	for _, tt := range []struct{ kind, body string }{
		{"", `{}`}, {"itemAnswered", `{}`}, {"WaiverGranted", `{}`},
		{"PersonJoined", ``}, {"PersonJoined", `{"person":5`}, {"PersonJoined", `[]`}, {"PersonJoined", `{"person":"5"}`}, {"PersonJoined", `{"person":5.5}`},
		{"PersonJoined", `{"person":5,"name":"E"}`}, {"PersonJoined", `{"person":5} {"person":6}`}, {"PersonJoined", `{"person":5}x`}, {"PersonJoined", `{"person":5}}`},
	} {
		if e, err := review.DecodeEvent(tt.kind, []byte(tt.body)); err == nil || e != nil {
			t.Errorf("%s %q was read as %+v", tt.kind, tt.body, e)
		}
	}
	if e, err := review.DecodeEvent("PersonJoined", []byte(" {\"person\":5}\n")); err != nil {
		t.Errorf("space around an event: %v, %v", e, err)
	}
}

// Whatever is read can be written, and reads the same from then on.
func FuzzDecodeEvent(f *testing.F) {
	for _, e := range everyEvent {
		f.Add(e.event.Kind(), []byte(e.json))
	}
	f.Add("PersonJoined", []byte(`null`))
	f.Add("ProjectCreated", []byte(`{"profile":null,"name":"\ud800"}`))
	f.Add("Nothing", []byte(`{}`))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		e, err := review.DecodeEvent(kind, body)
		if err != nil {
			if e != nil {
				t.Fatalf("an error and an event: %v, %v", e, err)
			}
			return
		}
		if e.Kind() != kind || !json.Valid(body) {
			t.Fatalf("%s %q was read as %s", kind, body, e.Kind())
		}
		once, err := review.EncodeEvent(e)
		if err != nil {
			t.Fatal(err)
		}
		again, err := review.DecodeEvent(kind, once)
		if err != nil {
			t.Fatalf("%q became %q, which is refused: %v", body, once, err)
		}
		twice, err := review.EncodeEvent(again)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%q, then %q: %v", once, twice, err)
		}
	})
}

// recode sends entries through their stored form.
func recode(tb rapid.TB, entries []review.Entry) []review.Entry {
	tb.Helper()
	out := make([]review.Entry, len(entries))
	for i, en := range entries {
		b, err := review.EncodeEvent(en.Event)
		if err != nil {
			tb.Fatal(err)
		}
		if en.Event, err = review.DecodeEvent(en.Event.Kind(), b); err != nil {
			tb.Fatal(err)
		}
		out[i] = en
	}
	return out
}
