package portfolio

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// intent is what happens to one item during a chapter.
type intent struct {
	def      *plan.Item
	level    plan.Level
	by       string
	state    review.State
	note     string
	setback  string // note of an earlier "not met"
	evidence bool
}

// sessionItems is how many items a person answers at one sitting; they share
// a moment.
const sessionItems = 7

// fill answers the stage's items as far as the chapter goes, by so many days
// ago.
func (s *story) fill(ch chapter, end float64) {
	all := s.intents(ch)
	s.assign(ch.stage, all, ch.end == endsInWork)
	early, late := s.sessions(all, ch)
	from, parts := s.ago(), len(early)
	if ch.end != endsInWork {
		parts++ // the last part is for what comes late
	}
	for i, session := range early {
		s.sit(ch.stage, session, s.moment(from-(from-end)*float64(i+1)/float64(parts)))
		s.talk(ch.stage, session)
	}
	for _, session := range late {
		s.sit(ch.stage, session, s.moment(end))
	}
	s.approve(ch, all)
	s.waive(ch.stage)
}

// intents decides what becomes of each item that applies.
func (s *story) intents(ch chapter) []intent {
	var all []intent
	def := s.stage(ch.stage)
	for i := range def.Items {
		d := &def.Items[i]
		if level := d.LevelFor(s.p.tier, s.p.flags()); level != plan.LevelNone {
			all = append(all, intent{def: d, level: level, by: s.doer(d)})
		}
	}
	done := len(all)
	if ch.end == endsInWork {
		done = max(len(all)*ch.count/100, 1)
	}
	for i, k := range s.rng.Perm(len(all)) {
		it := &all[k]
		switch {
		case s.leaveFor(ch.stage, it.def.Key) != nil:
			it.state, it.note = review.NotMet, s.say(cmp.Or(sayings[it.def.Key].gap, pick(s, late)))
		case slices.Contains(strings.Fields(s.p.na), string(it.def.Key)):
			it.state, it.note = review.NotApplicable, doesNotApply[it.def.Key]
		case s.p.own != nil:
			s.own(it, i < done)
		case i >= done:
			it.state = review.Open
		case ch.end == endsInWork:
			s.halfway(it)
		default:
			s.finish(it)
		}
	}
	return all
}

// own takes the project's own evidence: where it has none, the item is open.
func (s *story) own(it *intent, done bool) {
	l, ok := s.p.own[it.def.Key]
	switch {
	case ok && done:
		it.state, it.note, it.evidence = review.Met, l.note, true
	case it.level == plan.LevelShould:
		it.state, it.note = review.Open, "Not before the first release."
	default:
		it.state = review.Open
	}
}

// finish decides an item of a stage that goes to its gate: musts are met,
// shoulds mostly.
func (s *story) finish(it *intent) {
	words := sayings[it.def.Key]
	met := func() {
		it.state, it.evidence = review.Met, true
		if s.chance(70) {
			it.note = s.say(words.met)
		}
	}
	switch roll := s.rng.IntN(100); {
	case it.level == plan.LevelMust:
		met()
		if roll < 12 && words.gap != "" {
			it.setback = s.say(words.gap)
		}
	case it.level == plan.LevelMay && roll < 55:
		it.state = review.Open
	case roll < 68:
		met()
		it.evidence = roll < 60
	case roll < 84:
		it.state, it.note = review.NotMet, s.say(cmp.Or(words.gap, pick(s, later)))
	default:
		it.state, it.note = review.Open, pick(s, later)
	}
}

// halfway decides an item of a stage that is being worked on.
func (s *story) halfway(it *intent) {
	words := sayings[it.def.Key]
	switch roll := s.rng.IntN(100); {
	case it.level == plan.LevelMay && roll < 60:
		it.state = review.Open
	case roll < 66:
		it.state, it.evidence = review.Met, true
		if s.chance(60) {
			it.note = s.say(words.met)
		}
	case roll < 76:
		it.state, it.note = review.Met, s.say(words.met) // the link is still missing
	case roll < 94 || it.level == plan.LevelMust:
		it.state, it.note = review.NotMet, s.say(cmp.Or(words.gap, pick(s, late)))
	default:
		it.state, it.note = review.Open, pick(s, later)
	}
}

// doer is who works on an item: somebody whose discipline it is, if the team
// has one, else anybody of the team.
func (s *story) doer(d *plan.Item) string {
	team := s.team()
	if s.chance(60) {
		for _, id := range team {
			for _, seat := range d.Seats {
				if slices.Contains(seatHolders[seat], id) {
					return id
				}
			}
		}
	}
	return pick(s, team)
}

// sessions divides the items among sittings. What stays valid only for a
// while comes late, so that it is fresh when the gate is signed, and so does
// what was not met at first.
func (s *story) sessions(all []intent, ch chapter) (early, late [][]intent) {
	var first, last []intent
	for _, it := range all {
		switch {
		case it.state == review.Open && it.note == "":
		case it.setback != "":
			first = append(first, intent{def: it.def, level: it.level, by: it.by, state: review.NotMet, note: it.setback})
			last = append(last, it)
		case it.def.ValidDays > 0 && ch.end != endsInWork:
			last = append(last, it)
		default:
			first = append(first, it)
		}
	}
	return chunks(first), chunks(last)
}

// chunks keeps the order of the items as far as that goes with one person a
// chunk.
func chunks(items []intent) [][]intent {
	var out [][]intent
	open := map[string]int{} // a person's chunk that still has room
	for _, it := range items {
		i, ok := open[it.by]
		if !ok || len(out[i]) == sessionItems {
			i = len(out)
			open[it.by] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], it)
	}
	return out
}

// sit answers the items of one sitting.
func (s *story) sit(stage plan.StageKey, items []intent, at time.Time) {
	var acts []act
	for _, it := range items {
		if it.evidence {
			acts = append(acts, s.link(stage, it.def, it.by, at, ""))
			if s.p.own == nil && s.chance(5) {
				acts = append(acts, s.link(stage, it.def, it.by, at, "annex"))
			}
		}
		acts = append(acts, setAnswer(stage, it.def.Key, it.state, it.note))
	}
	s.do(at, items[0].by, stage, acts...)
}

func setAnswer(stage plan.StageKey, item plan.ItemKey, to review.State, note string) act {
	return func(r *review.Review, who review.Actor, at time.Time) error {
		return r.Answer(who, stage, item, to, note, r.Stage(stage).Item(item).Answer.Version, at)
	}
}

// link gives an item evidence; edition tells a second link from the first.
func (s *story) link(stage plan.StageKey, d *plan.Item, by string, at time.Time, edition string) act {
	ev := s.evidence(d, edition)
	if own, ok := s.p.own[d.Key]; ok {
		ev = review.NewEvidence{URL: slipwayBlob + own.path, Title: own.title, Type: own.kind}
	}
	eff := at
	if d.ValidDays == 0 && s.p.own == nil {
		eff = maxTime(at.AddDate(0, 0, -s.rng.IntN(6)), s.began)
	}
	ev.Effective = review.FormatDate(eff)
	var expires time.Time
	if d.ValidDays > 0 {
		expires = eff.UTC().Truncate(24*time.Hour).AddDate(0, 0, d.ValidDays)
	}
	s.links[stage] = append(s.links[stage], link{item: d.Key, by: by, expires: expires})
	return func(r *review.Review, who review.Actor, at time.Time) error {
		return r.AddEvidence(who, stage, d.Key, ev, at)
	}
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// evidence makes up a link of a kind that the item demands.
func (s *story) evidence(d *plan.Item, edition string) review.NewEvidence {
	kind := d.Evidence[0]
	if s.chance(30) {
		kind = pick(s, d.Evidence)
	}
	tail := string(d.Key)
	title := sayings[d.Key].title
	if edition != "" {
		tail += "-" + strings.ToLower(strings.ReplaceAll(edition, " ", "-"))
		title += ", " + edition
	}
	ev := review.NewEvidence{Type: kind, Title: title}
	number := 1000 + s.rng.IntN(8999)
	if edition != "" {
		number += 10000
	}
	switch kind {
	case "ticket":
		ev.URL = fmt.Sprintf("https://git.example.com/%s/issues/%d", s.p.key, number)
	case "repo":
		ev.URL = fmt.Sprintf("https://git.example.com/%s/src/main/%s", s.p.key, tail)
		ev.Commit = fmt.Sprintf("%012x", s.rng.Uint64()>>16)
	case "ci-run":
		ev.URL = fmt.Sprintf("https://ci.example.com/%s/runs/%d", s.p.key, number)
		ev.Commit = fmt.Sprintf("%012x", s.rng.Uint64()>>16)
	case "test-report":
		ev.URL = fmt.Sprintf("https://ci.example.com/%s/runs/%d/report", s.p.key, number)
	case "dashboard":
		ev.URL = fmt.Sprintf("https://grafana.example.com/d/%s-%s", s.p.key, tail)
	case "policy":
		ev.URL = "https://wiki.example.com/policies/" + tail
	case "runbook":
		ev.URL = fmt.Sprintf("https://wiki.example.com/runbooks/%s/%s", s.p.key, tail)
	default:
		ev.URL = fmt.Sprintf("https://wiki.example.com/%s/%s", s.p.key, tail)
	}
	return ev
}

// assign gives some items to people by a date: of a finished stage a few, of
// one in work what is still open, with dates around today.
func (s *story) assign(stage plan.StageKey, all []intent, inWork bool) {
	if !inWork && s.chance(50) {
		return
	}
	var acts []act
	for _, it := range all {
		open := it.state == review.Open || it.state == review.NotMet
		if len(acts) == 6 || it.level == plan.LevelMay || inWork != open || !s.chance(45) {
			continue
		}
		due := s.clock.AddDate(0, 0, 14)
		if inWork {
			due = maxTime(s.day.AddDate(0, 0, s.rng.IntN(34)-9), s.clock.AddDate(0, 0, 2))
		}
		acts = append(acts, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.Assign(who, stage, it.def.Key, s.people[it.by], review.FormatDate(due), at)
		})
	}
	if len(acts) > 0 {
		s.do(s.after(4), s.p.owner, stage, acts...)
	}
}

// talk discusses at most one of the items just worked on.
func (s *story) talk(stage plan.StageKey, items []intent) {
	for _, it := range items {
		lines := exchanges[it.def.Key]
		if len(lines) == 0 || s.p.own != nil || !s.chance(30) {
			continue
		}
		reviewer := s.reviewer(stage)
		for i, line := range lines {
			who := it.by
			switch line.voice {
			case fromOwner:
				who = s.p.owner
			case fromReviewer:
				who = reviewer
			}
			s.do(s.after(1+s.rng.IntN(5)), who, stage, func(r *review.Review, who review.Actor, at time.Time) error {
				return r.Discuss(who, stage, it.def.Key, line.text, fmt.Sprintf("%s-%s-%d", s.p.key, it.def.Key, i), at)
			})
		}
		return
	}
}

// reviewer is somebody from the gate's seats, or from the team itself where
// others must not look.
func (s *story) reviewer(stage plan.StageKey) string {
	if s.p.restricted {
		return s.p.owner
	}
	by := s.signers(stage)
	return by[s.rng.IntN(len(by))].who
}

// approve has a seat holder confirm that musts do not apply; of a stage in
// work, some wait for that.
func (s *story) approve(ch chapter, all []intent) {
	for _, it := range all {
		if it.state != review.NotApplicable || it.level != plan.LevelMust || (ch.end == endsInWork && s.chance(50)) {
			continue
		}
		s.do(s.after(6), s.reviewer(ch.stage), ch.stage, func(r *review.Review, who review.Actor, at time.Time) error {
			return r.ApproveNotApplicable(who, ch.stage, it.def.Key, r.Stage(ch.stage).Item(it.def.Key).Answer.Version, at)
		})
	}
}

// amend adds to the evidence while a round is open.
func (s *story) amend(stage plan.StageKey, until float64) {
	d := s.find(stage, drifts[stage].item)
	by := pick(s, s.team())
	at := s.moment(until)
	s.do(at, by, stage, s.link(stage, d, by, at, "corrected"))
}

// drift changes an answer that was signed.
func (s *story) drift(ch chapter) {
	change := drifts[ch.stage]
	by := pick(s, s.team())
	at := s.moment(float64(ch.until))
	s.do(at, by, ch.stage, s.link(ch.stage, s.find(ch.stage, change.item), by, at, "update"),
		setAnswer(ch.stage, change.item, review.Met, change.note))
}

func (s *story) find(stage plan.StageKey, item plan.ItemKey) *plan.Item {
	def := s.stage(stage)
	return &def.Items[slices.IndexFunc(def.Items, func(d plan.Item) bool { return d.Key == item })]
}

// renewAll links newer evidence beside what expires within two months of the
// chapter's end, or has expired by then. The signatures stay in force.
func (s *story) renewAll(ch chapter) {
	limit := s.day.AddDate(0, 0, 60-ch.until)
	at := s.moment(float64(ch.until))
	byPerson := map[string][]act{}
	var people []string
	edition := "renewed " + at.Format("January 2006")
	for _, l := range slices.Clone(s.links[ch.stage]) {
		if l.expires.IsZero() || l.expires.After(limit) || s.renewed(ch.stage, l) {
			continue
		}
		if byPerson[l.by] == nil {
			people = append(people, l.by)
		}
		byPerson[l.by] = append(byPerson[l.by], s.link(ch.stage, s.find(ch.stage, l.item), l.by, at, edition))
	}
	for i, by := range people {
		if i > 0 {
			at = s.after(1)
		}
		s.do(at, by, ch.stage, byPerson[by]...)
	}
}

// renewed reports whether newer evidence stands beside a link.
func (s *story) renewed(stage plan.StageKey, old link) bool {
	return slices.ContainsFunc(s.links[stage], func(l link) bool { return l.item == old.item && l.expires.After(old.expires) })
}
