package review_test

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
)

// mRecord is a risk; the other kinds stand and count by their declarations alone.
type mRecord struct {
	no, version        int
	title              string
	owner, by, movedBy review.PersonID
	stage              plan.StageKey // empty: it counts at every gate
	state              record.StateKey
	likelihood, impact int
	treated            bool // it is said what is done about it
	why                string
	at, movedAt        time.Time
	comments           int
}

// counts reports whether a stage's gate decides on the risk.
func (c *mRecord) counts(st *mStage) bool {
	return c.state != "closed" && (c.stage == "" || c.stage == st.def.Key)
}

// undecided are the high risks that keep a gate from being asked for.
func (m *model) undecided(st *mStage) []*mRecord {
	var out []*mRecord
	for _, c := range m.records {
		if c.counts(st) && c.state == "open" && c.likelihood*c.impact >= 15 {
			out = append(out, c)
		}
	}
	return out
}

// recordsNow writes down the risks on which a gate decides that is asked for now.
func (m *model) recordsNow(st *mStage) string {
	var b strings.Builder
	for _, c := range m.records {
		if c.counts(st) {
			fmt.Fprintf(&b, "%d.%d %q %s %q %d %d %d\n", c.no, c.version, c.title, c.state, c.why, c.owner, c.movedBy, c.at.UnixMicro())
		}
	}
	return b.String()
}

// recordsOf writes down those that its signatures bind to: once it has passed, and
// while it stands, they are what they were then.
func (m *model) recordsOf(st *mStage) string {
	if ro := st.last(); ro != nil && ro.passes() && !ro.changed && ro.reopened == 0 {
		return ro.records
	}
	return m.recordsNow(st)
}

// keeps reports whether somebody may add and change records.
func (m *model) keeps(p review.PersonID) bool {
	return m.onTeam(p) || m.sits(p, "") || m.hasRole(p, review.RoleManager)
}

// wildRecord adds a risk, or does something with one that there is.
func (k *machine) wildRecord() {
	by := mostly(k, "who", pick(k, "team", member, owner, manager), crowd...)
	if len(k.m.records) == 0 || k.oneIn(3, "new risk") {
		k.openRecord(by)
		return
	}
	c := pick(k, "risk", k.m.records...)
	switch dice(k.t, "what of it", 4) {
	case 0:
		k.editRecord(by, c)
	case 1:
		v := verdict{effect: func() { c.comments++ }}
		v.refuse("refused", k.m.status == review.StatusStopped)
		may := k.m.onTeam(by) || k.m.sits(by, "") || k.m.hasRole(by, review.RoleViewer, review.RoleManager, review.RoleAdmin)
		k.do(fmt.Sprintf("comment on risk %d", c.no), by, "", may, v, func(r *review.Review) error {
			return r.DiscussRecord(k.actor(by), c.no, "Why?", "", k.now)
		})
	default:
		k.moveRecord(by, c, pick(k, "to", c.moves()...), mostly(k, "reason", "we looked", ""))
	}
}

// moves are the states that a risk can be brought into.
func (c *mRecord) moves() []record.StateKey {
	return map[record.StateKey][]record.StateKey{
		"open": {"treated", "accepted", "closed"}, "treated": {"open", "accepted", "closed"}, "accepted": {"open", "treated", "closed"}, "closed": {"open"},
	}[c.state]
}

// typed is a risk as somebody types it, and what the model keeps of it.
func (k *machine) typed() (review.NewRecord, mRecord) {
	c := mRecord{
		title: fmt.Sprintf("risk of %d", k.checks), owner: pick(k, "owner", member, manager, enya, nobody, 0), stage: pick(k, "counts at", design, build, run, ""),
		likelihood: 1 + dice(k.t, "likelihood", 5), impact: 1 + dice(k.t, "impact", 5), treated: k.oneIn(3, "treatment"),
	}
	values := record.Values{"likelihood": strconv.Itoa(c.likelihood), "impact": strconv.Itoa(c.impact)}
	if c.treated {
		values["treatment"] = "A second one."
	}
	return review.NewRecord{RecordFields: review.RecordFields{Title: c.title, Owner: c.owner, Due: "2027-02-03", Stage: c.stage, Values: values}}, c
}

// shown is what a page shows of the risk; nothing where it is not loaded.
func (c *mRecord) shown(r *review.Review) review.Digest {
	rec, err := r.Record(c.no)
	if err != nil {
		return ""
	}
	return rec.Digest()
}

func (k *machine) openRecord(by review.PersonID) {
	in, c := k.typed()
	v := verdict{effect: func() {
		c.no, c.version, c.state, c.by, c.at = len(k.m.records)+1, 1, "open", by, k.now
		k.m.records = append(k.m.records, &c)
	}}
	v.refuse("invalid", c.owner != 0 && !k.m.sees(c.owner))
	v.refuse("refused", k.m.status == review.StatusStopped)
	k.do("add "+c.title, by, "", k.m.keeps(by), v, func(r *review.Review) error {
		_, err := r.OpenRecord(k.actor(by), "risk", in, k.now)
		return err
	})
}

func (k *machine) editRecord(by review.PersonID, c *mRecord) {
	in, next := k.typed()
	v := verdict{effect: func() {
		c.title, c.owner, c.stage, c.likelihood, c.impact, c.treated = next.title, next.owner, next.stage, next.likelihood, next.impact, next.treated
		c.version++
	}}
	v.refuse("invalid", next.owner != 0 && next.owner != c.owner && !k.m.sees(next.owner) || c.state == "treated" && !next.treated)
	v.refuse("refused", k.m.status == review.StatusStopped || c.state == "accepted")
	k.do(fmt.Sprintf("edit risk %d", c.no), by, "", c.owner == by || k.m.keeps(by), v, func(r *review.Review) error {
		return r.EditRecord(k.actor(by), c.no, c.shown(r), in, k.now)
	})
}

func (k *machine) moveRecord(by review.PersonID, c *mRecord, to record.StateKey, reason string) {
	may := c.owner == by || k.m.keeps(by)
	if to == "accepted" { // by somebody else, who decides for the organisation
		may = (k.m.hasRole(by, review.RoleManager) || k.m.sits(by, "")) && c.owner != by && (c.owner != 0 || c.by != by)
	}
	v := verdict{effect: func() {
		c.state, c.why, c.movedBy, c.movedAt = to, reason, by, k.now
		if c.version++; to == "treated" {
			c.treated, c.why = true, ""
		}
	}}
	v.refuse("refused", k.m.status == review.StatusStopped)
	v.refuse("invalid", to != "treated" && reason == "")
	if d := k.m.plan.terms; to == "accepted" && d > 0 {
		v.refuse("refused", c.likelihood*c.impact > terms()[d-1].Tiers[k.m.tier-1].Tolerated)
	}
	in := review.RecordMove{To: to, Reason: reason}
	if to == "treated" {
		in.Values = record.Values{"treatment": "A second one."}
	}
	k.do(fmt.Sprintf("bring risk %d to %s", c.no, to), by, "", may, v, func(r *review.Review) error {
		return r.MoveRecord(k.actor(by), c.no, c.shown(r), in, k.now)
	})
}

// checkRecords compares the risks, and which of them gates decide on.
func (k *machine) checkRecords() {
	k.t.Helper()
	if len(k.r.Records) != len(k.m.records) {
		k.t.Fatalf("%d records, want %d", len(k.r.Records), len(k.m.records))
	}
	for i, c := range k.m.records {
		rec := &k.r.Records[i]
		got := fmt.Sprint(rec.No, rec.Version, rec.Title, rec.Owner, rec.By, rec.MovedBy, rec.Stage, rec.State, rec.Why, rec.Comments, rec.Values["treatment"] != "")
		if want := fmt.Sprint(c.no, c.version, c.title, c.owner, c.by, c.movedBy, c.stage, c.state, c.why, c.comments, c.treated); got != want {
			k.t.Fatalf("the record is %s, want %s", got, want)
		}
	}
}
