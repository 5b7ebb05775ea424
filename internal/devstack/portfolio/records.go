package portfolio

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// kept is something that a project keeps beside its checklists, and what became
// of it.
type kept struct {
	who    string
	ago    int // days
	kind   record.Key
	stage  plan.StageKey
	item   plan.ItemKey
	of     string // title of the record that a lesson comes from
	title  string
	text   string
	due    int // days from the day on; negative: it has gone by
	values record.Values
	link   string
	// of a release: on which day after that on which it was added it goes out, and how
	// many days before that its way back was rehearsed last; 0: never
	goesOut, rehearsed int
	moves              []recordMove
	says               string // somebody about it, in its discussion
	reads              []read
}

type recordMove struct {
	who string
	ago int
	to  record.StateKey
	why string
	set record.Values
}

// read is a figure that was read of a record.
type read struct {
	who   string
	ago   int
	value string
	note  string
}

// keeps are the records of the demo portfolio, by project. Those of a stage whose
// gate waits for signatures would put them out of date, so there are none.
var keeps = map[review.ProjectKey][]kept{
	"payments-gateway": {
		{
			who: "jonas", ago: 30, kind: "objective", stage: "architecture", title: "Payments are confirmed while the customer waits", due: 60,
			text:   "The shop gives up after three seconds, and half of those customers do not come back. A second more would not be noticed by anybody.",
			values: record.Values{"indicator": "payments that are confirmed or refused within a second, of all that were sent", "objective": "99.9", "window": "28d", "method": "Counted at the gateway's edge; the providers' own downtime counts as ours.", "source": "https://metrics.example.com/payments-gateway/confirmed", "spent": "No release but repairs until the share has recovered."},
			reads:  []read{{"jonas", 24, "99.71", "Load test, first run."}, {"omar", 17, "99.84", "Load test after the pool was made larger."}, {"omar", 9, "99.93", ""}, {"jonas", 2, "99.95", ""}},
		},
		{
			who: "omar", ago: 20, kind: "objective", stage: "pipeline", title: "Availability", due: 70,
			text:   "The old provider promised as much. What we call ready asks for more, and we do not know yet whether the new one keeps to it.",
			values: record.Values{"indicator": "requests to the gateway that are answered without an error, of all", "objective": "99.5", "window": "28d", "method": "Counted at the gateway's edge."},
		},
		{
			who: "jonas", ago: 29, kind: "measure", title: "Share of payments that cost us less than before", due: 20,
			text:   "The project was started to get away from the old provider's prices.",
			values: record.Values{"use": "success", "unit": "%", "baseline": "0", "better": "more", "target": "80"},
			reads:  []read{{"jonas", 15, "31", "Trial with two shops."}, {"jonas", 3, "46", "Trial with five shops."}},
		},
		{
			who: "jonas", ago: 16, kind: "risk", stage: "code", title: "The card scheme changes its test cards without notice", due: 40,
			text: "It happened twice last year. Our tests fail for a day, and releases wait.", values: record.Values{"likelihood": "4", "impact": "2"},
		},
		{
			who: "omar", ago: 12, kind: "risk", stage: "pipeline", item: "safe-deployment-defined", title: "A release during settlement holds money back", due: 12,
			text: "Settlement runs from two to four. Nobody has agreed on quiet hours yet.", values: record.Values{"likelihood": "4", "impact": "4"},
			says: "The settlement team meets in three weeks. Until then we release before noon.",
		},
		{
			who: "jonas", ago: 11, kind: "risk", stage: "code", title: "The library for card numbers has one maintainer", due: 60,
			text: "If they stop, nobody mends it.", values: record.Values{"likelihood": "2", "impact": "3"},
			moves: []recordMove{{"jonas", 9, "treated", "", record.Values{"treatment": "We keep a copy that we can build, and Omar has made two changes in it."}}},
		},
		{
			who: "jonas", ago: 10, kind: "debt", stage: "code", title: "Amounts are rounded in four places", due: 25,
			text: "The old shop systems each rounded their own way.", values: record.Values{"cost": "Half a day for each new currency"},
		},
		{
			who: "omar", ago: 9, kind: "assumption", stage: "pipeline", title: "Nine of ten payments are done by card", due: 20,
			text: "The capacity that we ordered rests on it.",
		},
		{
			who: "jonas", ago: 7, kind: "decision", stage: "pipeline", title: "Quiet hours with the settlement team",
			text:   "No releases from two to four until the new file format is in use. The rest is settled in three weeks.",
			values: record.Values{"people": "Jonas, Omar, and two of Settlement"}, link: "https://wiki.example.com/payments-gateway/minutes/quiet-hours Minutes",
		},
		{
			who: "jonas", ago: 8, kind: "dependency", stage: "pipeline", title: "Tokens instead of card numbers", due: 80,
			text:   "Without them every log and every queue of the gateway is in the scope of the card audit.",
			values: record.Values{"project": "card-vault", "promised": "Tokens for new cards first, for stored ones a month later.", "contact": "Omar"},
			moves:  []recordMove{{"jonas", 5, "promised", "", record.Values{"contact": "Omar, or #card-vault"}}},
		},
		{
			who: "jonas", ago: 5, kind: "lesson", item: "rollback-rehearsed", title: "A rollback takes longer at night",
			text:   "The rehearsal was at noon. At two in the morning the one with the rights had to be woken first.",
			values: record.Values{"from": "retrospective", "part": "done", "wording": "Within the last quarter, somebody on night duty took a real release back with the rights that they have at night, in the time that was promised. Data written meanwhile was kept."},
			moves:  []recordMove{{"jonas", 4, "proposed", "", nil}},
		},
		{
			who: "jonas", ago: 6, kind: "document", title: "Architecture of the gateway", due: 90,
			values: record.Values{"place": "architecture", "link": "https://wiki.example.com/payments-gateway/architecture"},
		},
		{
			who: "omar", ago: 3, kind: "release", stage: "pipeline", title: "Refunds by card, to staging", due: 30, goesOut: 9,
			text: "Refunds go back to the card that paid, also in parts.",
			values: record.Values{
				"subject": "service", "version": "0.9.0", "environment": "staging", "because": "The settlement team tries it for two weeks.", "commit": "4c1f9a27be03",
				"expected": "Nobody outside the two teams notices.",
			},
		},
	},
	"checkout-web": {
		{
			who: "rosa", ago: 60, kind: "dependency", stage: "environments", title: "Hours to choose from, on the last page", due: -20,
			text:   "Without them parcels come when nobody is at home, as today.",
			values: record.Values{"project": "delivery-slots", "promised": "Free hours for an address, within half a second.", "contact": "Kofi, or #delivery-slots"},
			moves:  []recordMove{{"rosa", 25, "met", "The test shop asks for hours since last week, and gets them.", nil}},
		},
		{
			who: "raj", ago: 31, kind: "dependency", stage: "environments", title: "Payments through the new gateway", due: 40,
			text:   "The old shop systems take no orders from the new pages.",
			values: record.Values{"project": "payments-gateway", "promised": "All cards and wallets of the old shop, first in the test shop.", "contact": "#payments-gateway"},
			moves:  []recordMove{{"raj", 24, "promised", "", record.Values{"contact": "Jonas, or #payments-gateway"}}},
		},
		{
			who: "rosa", ago: 12, kind: "dependency", stage: "environments", title: "Addresses that are checked while they are typed", due: 6,
			values: record.Values{"system": "The post's address service", "promised": "A contract for two million requests a month.", "contact": "Purchasing, ticket 2281"},
		},
	},
	"churn-model": {
		{
			who: "raj", ago: 20, kind: "assumption", stage: "code", title: "Support has time for twenty calls a day", due: -4,
			text: "With fewer, a shorter list would do, and a simpler model.",
		},
		{
			who: "elif", ago: 15, kind: "risk", stage: "code", title: "Customers feel watched when Support calls", due: 30,
			text: "They may leave because of the call.", values: record.Values{"likelihood": "3", "impact": "4"},
			moves: []recordMove{{"marcus", 7, "accepted", "We try it with two hundred customers who agreed to be called, and look at the result in a month.", nil}},
		},
		{
			who: "raj", ago: 7, kind: "release", stage: "code", title: "The model scores two hundred customers each night", due: 21,
			text: "A list of twenty goes to Support each morning.",
			values: record.Values{
				"subject": "model", "version": "2026.3", "registry": "https://models.example.com/churn/2026.3", "environment": "production",
				"because": "The trial needs real scores.", "expected": "Support calls twenty of the two hundred; nobody else is touched.",
				"digest": "sha256:8d1f0c5be2a94f7706a3c1b5d9e8f24470b6d3a1c59e7f8210d4b6a39c8e5f17", "ticket": "https://tickets.example.com/CHG-4117",
			},
			moves: []recordMove{{"raj", 6, "out", "", record.Values{"authorised": "Marcus, for the trial"}}},
		},
		{
			who: "mei", ago: 1, kind: "incident", title: "A list with scores went to the wrong mailing list", due: 9,
			text:   "Twenty names with their scores were read by eleven colleagues in Marketing. All have deleted it.",
			values: record.Values{"severity": "3", "authority": "Data protection supervisory authority", "authority-2": "The customers on the list"}, // moments are set when it is added
		},
		{
			who: "raj", ago: 6, kind: "lesson", item: "scope-agreed", title: "A model needs its own word for done",
			values: record.Values{"from": "retrospective", "part": "title", "wording": "Agree what the first release does, or predicts"},
			moves:  []recordMove{{"raj", 5, "proposed", "", nil}, {"ada", 3, "declined", "The module for machine learning asks for that in its own words. Attach it.", nil}},
		},
	},
	"warehouse-loader": {
		{
			who: "mei", ago: 95, kind: "objective", stage: "operations", title: "The figures are there when Finance starts", due: 25,
			text:   "Finance starts at seven. One late morning a month is bearable, two are not.",
			values: record.Values{"indicator": "mornings on which the load was complete by seven, of all working mornings", "objective": "95", "window": "90d", "spent": "The next change waits until the cause is mended."},
			reads:  []read{{"mei", 88, "96.8", ""}, {"mei", 60, "98.4", ""}, {"elif", 34, "98.4", ""}, {"elif", 27, "93.7", "Three late mornings in a row; see the incident."}, {"elif", 5, "95.2", ""}},
		},
		{
			who: "mei", ago: 94, kind: "measure", stage: "operations", title: "Time that the load takes", due: -3,
			values: record.Values{"use": "operation", "unit": "min", "baseline": "190", "better": "less", "target": "120"},
			reads:  []read{{"mei", 88, "104", ""}, {"mei", 60, "109", ""}, {"elif", 33, "141", "Twice the rows of a usual day."}},
		},
		{
			who: "mei", ago: 33, kind: "incident", stage: "operations", title: "The morning load was three hours late", due: -12,
			text:   "Finance saw the figures of the day before until nine, and nobody had told them.",
			values: record.Values{"severity": "3"}, // its moments are set when it is added
			moves:  []recordMove{{"elif", 32, "resolved", "", nil}},
		},
		{
			who: "elif", ago: 20, kind: "lesson", of: "The morning load was three hours late", item: "alerts-reach-on-duty", title: "A route of alerts that ends with one person is none",
			text:   "The test page had reached Elif in a minute, and that was all that the item asked.",
			values: record.Values{"from": "incident", "part": "done", "wording": "A test alert went through the whole route and was acknowledged in time, once with the first person unreachable. At least two people can be reached at any hour that the service promises."},
			moves:  []recordMove{{"elif", 18, "proposed", "", nil}},
		},
		{
			who: "anna", ago: 28, kind: "debt", stage: "operations", title: "The alert goes to one phone", due: -6,
			text: "The rota starts when the second engineer has been trained.", values: record.Values{"cost": "Elif is never off duty"},
		},
		{
			who: "mei", ago: 90, kind: "assumption", stage: "release", title: "The nightly window is long enough for twice the rows", due: -60,
			moves: []recordMove{{"mei", 84, "confirmed", "", record.Values{"result": "Twice the rows took 71 minutes; the window is four hours."}}},
		},
		{
			who: "mei", ago: 70, kind: "handover", stage: "operations", title: "Morning duty for the load", due: -40,
			text: "The runbook, the rights in the scheduler, and two mornings together.", values: record.Values{"giving": "Data Platform", "receiving": "Data Operations"},
			moves: []recordMove{{"marcus", 62, "accepted", "The two mornings were held, and Data Operations stopped a load by themselves.", nil}},
		},
		{
			who: "anna", ago: 40, kind: "document", title: "How a late load is told", due: -10,
			values: record.Values{"place": "process", "link": "https://wiki.example.com/warehouse-loader/late-load"},
		},
		{
			who: "anna", ago: 9, kind: "release", stage: "operations", title: "Late files are loaded by themselves", due: -1, goesOut: 1, rehearsed: 214,
			text: "A file that comes by seven is loaded without a call.",
			values: record.Values{
				"subject": "service", "version": "3.9.1", "registry": "https://registry.example.com/loader/3.9.1", "environment": "production",
				"because": "It follows from the review of the late load.", "expected": "No call in the morning for a late file.", "commit": "e02c77a6f1d4",
				"digest":   "sha256:1b5c2f9ae47d6308c1f2b7e94d5a60738e1c9b42d7f3a5608cb1e2d94f7a3b60",
				"rollback": "https://wiki.example.com/warehouse-loader/rollback", "ticket": "https://tickets.example.com/CHG-4102",
			},
			moves: []recordMove{{"anna", 7, "out", "", record.Values{"authorised": "Data Platform, weekly change meeting"}}},
		},
	},
	"delivery-slots": {
		{
			who: "rosa", ago: 64, kind: "objective", stage: "operations", title: "An hour that is offered is kept", due: 50,
			text:   "Customers stay at home for it. Nineteen of twenty is what the carriers signed.",
			values: record.Values{"indicator": "parcels that came in the hour that was chosen, of all that had one", "objective": "95", "window": "30d", "spent": "Fewer hours are offered until it has recovered."},
			reads:  []read{{"rosa", 50, "95.9", ""}, {"kofi", 36, "96.4", ""}, {"rosa", 22, "96.1", ""}, {"kofi", 8, "95.7", ""}},
		},
		{
			who: "rosa", ago: 62, kind: "objective", stage: "operations", title: "Availability", due: 50,
			values: record.Values{"indicator": "requests for hours that are answered without an error, of all", "objective": "99.9", "window": "28d", "method": "Counted at the balancer."},
			reads:  []read{{"rosa", 36, "99.94", ""}, {"kofi", 8, "99.97", ""}},
		},
		{
			who: "rosa", ago: 63, kind: "measure", stage: "operations", title: "Parcels that have to be brought twice", due: 25,
			text:   "The project was started to bring fewer of them twice.",
			values: record.Values{"use": "success", "unit": "%", "baseline": "11.4", "better": "less", "target": "6"},
			reads:  []read{{"rosa", 50, "9.2", ""}, {"rosa", 36, "7.1", ""}, {"kofi", 22, "6.3", ""}, {"kofi", 8, "5.8", ""}},
		},
		{
			who: "kofi", ago: 1, kind: "incident", stage: "operations", title: "One carrier's hours are offered twice", due: 6,
			text:   "About ninety customers have an hour that cannot be kept. The carrier's hours are closed for new orders.",
			values: record.Values{"severity": "2"}, // its moments are set when it is added
		},
		{
			who: "raj", ago: 16, kind: "release", stage: "operations", title: "Slots of one hour in the evening", due: -1, goesOut: 1, rehearsed: 31,
			text: "Six to nine in the evening, in the two largest towns.",
			values: record.Values{
				"subject": "service", "version": "2.8.0", "registry": "https://registry.example.com/delivery-slots/2.8.0", "environment": "production",
				"because": "Half of the parcels that come back were brought while nobody was at home.", "expected": "Fewer second tours in the two towns.", "commit": "b71e04d9c2aa",
				"rollback": "https://wiki.example.com/delivery-slots/rollback", "ticket": "https://tickets.example.com/CHG-4020",
			},
			moves: []recordMove{
				{"raj", 15, "out", "", record.Values{"authorised": "Rosa, for Checkout and Logistics"}},
				{"raj", 3, "looked", "", record.Values{"actual": "A third fewer second tours in twelve days. One carrier asked for the list an hour earlier, and gets it."}},
			},
		},
		{
			who: "rosa", ago: 2, kind: "release", stage: "operations", title: "Carriers get their tours an hour earlier", due: 9, goesOut: 1, rehearsed: 62,
			values: record.Values{
				"subject": "service", "version": "2.8.1", "registry": "https://registry.example.com/delivery-slots/2.8.1", "environment": "production",
				"because": "One carrier asked for it after the evening slots.", "expected": "Tours are complete by four.", "commit": "6ad20f3c91be",
				"rollback": "https://wiki.example.com/delivery-slots/rollback", "ticket": "https://tickets.example.com/CHG-4126",
			},
			moves: []recordMove{{"rosa", 1, "out", "", record.Values{"authorised": "Kofi, as deputy"}}},
		},
	},
	"gift-cards": {
		{
			who: "rosa", ago: 4, kind: "objective", stage: "architecture", title: "The balance is right after each purchase", due: 60,
			text:   "A customer who stands at the till does not come back tomorrow to see whether it was counted.",
			values: record.Values{"indicator": "purchases after which the next look at the card shows the new balance within two seconds, of all", "objective": "99.5", "window": "28d", "method": "A probe buys for a cent every minute.", "spent": "No new shop is connected until the share has recovered."},
		},
	},
	"returns-portal": {
		{
			who: "anna", ago: 26, kind: "dependency", stage: "security", title: "Where a returned parcel is", due: 3,
			text:   "Support cannot say when the money comes back as long as the parcel is nowhere.",
			values: record.Values{"project": "parcel-tracking", "promised": "Every scan of a returned parcel, within a minute.", "contact": "#parcel-tracking"},
			moves:  []recordMove{{"anna", 21, "promised", "", record.Values{"contact": "Hana, or #parcel-tracking"}}},
		},
		{
			who: "hana", ago: 25, kind: "dependency", stage: "security", title: "Forms for parcels from abroad", due: 50,
			values: record.Values{"project": "customs-forms", "promised": "The return form of 31 countries.", "contact": "#customs-forms"},
		},
		{
			who: "hana", ago: 8, kind: "risk", stage: "security", title: "Somebody returns what they did not buy", due: 45,
			text: "The code on the phone can be photographed.", values: record.Values{"likelihood": "3", "impact": "3"},
		},
		{
			who: "anna", ago: 6, kind: "debt", stage: "security", title: "The photo of the parcel is kept for good", due: 18,
			text: "Deleting was left for later.", values: record.Values{"cost": "Storage, and a question at the next audit"},
			moves: []recordMove{{"anna", 3, "paid", "", nil}},
		},
		{
			who: "hana", ago: 5, kind: "feedback", title: "People photograph the code instead of showing it",
			text: "Eleven of forty in the trial. The shops could not read it off the photograph.", values: record.Values{"source": "customer", "sentiment": "mixed"},
		},
		{
			who: "anna", ago: 4, kind: "feedback", title: "The return is found in half the time",
			text: "Support measured it over two weeks.", values: record.Values{"source": "support", "sentiment": "good"},
			moves: []recordMove{{"anna", 2, "aside", "Nothing to do; the shops have been told.", nil}},
		},
		{
			who: "anna", ago: 3, kind: "lesson", title: "Let shops try it before the design is signed",
			text: "The counter is darker than our desks, and nobody had looked.", values: record.Values{"from": "retrospective"},
		},
	},
}

// records adds what the project keeps, each when it came up: among the chapters of
// its past, and not after them.
func (s *story) records() {
	all := slices.Clone(keeps[s.p.key])
	slices.SortStableFunc(all, func(a, b kept) int { return b.ago - a.ago }) // they are numbered in that order
	type seeing struct {
		turn
		sees []review.ProjectKey // other projects that it has to do with
	}
	var turns []seeing
	for i, k := range all {
		no := i + 1
		var sees []review.ProjectKey
		if on := k.values["project"]; on != "" {
			sees = append(sees, review.ProjectKey(on))
		}
		turns = append(turns, seeing{turn{k.ago, k.who, "", s.keep(k)}, sees})
		for _, m := range k.moves {
			turns = append(turns, seeing{turn{m.ago, m.who, "", s.moveRecord(no, k, m)}, nil})
		}
		for _, re := range k.reads {
			turns = append(turns, seeing{turn{re.ago, re.who, "", readOfRecord(no, re)}, nil})
		}
		if k.says != "" {
			turns = append(turns, seeing{turn{k.ago - 1, k.who, "", sayOfRecord(no, k.says)}, nil})
		}
	}
	slices.SortStableFunc(turns, func(a, b seeing) int { return b.until - a.until })
	var last time.Time
	for _, t := range turns {
		at := s.workday(s.day.AddDate(0, 0, -t.until).Truncate(24 * time.Hour)).Add(time.Duration(8*60+s.rng.IntN(8*60)) * time.Minute)
		if !at.After(last) {
			at = last.Add(20 * time.Minute)
		}
		last = at
		s.do(at, t.who, t.stage, t.act)
		s.steps[len(s.steps)-1].sees = t.sees
	}
	slices.SortStableFunc(s.steps, func(a, b step) int { return a.at.Compare(b.at) })
}

func (s *story) keep(k kept) act {
	due := ""
	if k.due != 0 {
		due = review.FormatDate(s.day.AddDate(0, 0, k.due))
	}
	return func(r *review.Review, who review.Actor, at time.Time) error {
		values := record.Values{}
		for f, v := range k.values {
			values[f] = v
		}
		if k.kind == "decision" {
			values["held"] = at.UTC().Add(-2 * time.Hour).Format(record.MomentLayout)
		}
		if k.kind == "incident" {
			began := at.UTC().Add(-26 * time.Hour)
			if values["authority-2"] != "" {
				values["deadline-2"] = began.AddDate(0, 0, 6).Format(record.MomentLayout)
			}
			values["started"], values["detected"] = began.Format(record.MomentLayout), began.Add(2*time.Hour).Format(record.MomentLayout)
		}
		if k.kind == "release" {
			out := at.UTC().AddDate(0, 0, k.goesOut)
			values["time"] = out.Format(record.MomentLayout)
			if k.rehearsed > 0 {
				values["rehearsed"] = out.AddDate(0, 0, -k.rehearsed).Format(time.DateOnly)
			}
		}
		for i := range r.Records {
			if k.of != "" && r.Records[i].Title == k.of {
				values[record.LessonSource] = r.Records[i].Name()
			}
		}
		_, err := r.OpenRecord(who, k.kind, review.NewRecord{RecordFields: review.RecordFields{
			Title: k.title, Text: k.text, Owner: who.Person, Due: due, Stage: k.stage, Item: k.item, Values: values,
		}, Links: k.link}, at)
		return err
	}
}

func (s *story) moveRecord(no int, k kept, m recordMove) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		rec, err := r.Record(no)
		if err != nil {
			return err
		}
		set := record.Values{}
		for f, v := range m.set {
			set[f] = v
		}
		if k.kind == "incident" && m.to == "resolved" {
			set["detected"], set["resolved"] = rec.Values["detected"], rec.At.UTC().Add(-21*time.Hour).Format(record.MomentLayout)
		}
		if k.kind == "release" && m.to == "out" {
			set["time"] = at.UTC().Add(-30 * time.Minute).Format(record.MomentLayout)
		}
		return r.MoveRecord(who, no, rec.Digest(), review.RecordMove{To: m.to, Reason: m.why, Values: set, Due: rec.Due}, at)
	}
}

func readOfRecord(no int, re read) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		return r.NoteReading(who, no, review.NewReading{Value: re.value, At: at.UTC().Add(-time.Hour).Format(record.MomentLayout), Note: re.note}, at)
	}
}

func sayOfRecord(no int, text string) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		return r.DiscussRecord(who, no, text, "", at)
	}
}

// acceptLesson has Ada take up what the gateway learnt: a copy of the lifecycle is begun
// that says it. Told twice, it happens once.
func (f *filler) acceptLesson(ctx context.Context) error {
	const project = "payments-gateway"
	ada := f.by("ada", f.day.Add(-5*time.Hour))
	all, err := f.st.Records(ctx, ada, project)
	if err != nil {
		return err
	}
	for i := range all.Review.Records {
		rec := &all.Review.Records[i]
		if rec.State != record.LessonProposed {
			continue
		}
		places, err := f.st.LessonPlaces(ctx, all.Review, rec)
		if err != nil {
			return err
		}
		in := store.AcceptLesson{No: rec.No, Shown: rec.Digest(), Into: places.All[len(places.All)-1].Key, Says: places.Says}
		if _, err := f.st.AcceptLesson(ctx, ada, project, in); err != nil {
			return fmt.Errorf("accepting a lesson of %s: %w", project, err)
		}
	}
	return nil
}
