package review

import (
	"github.com/slipway-prr/slipway/internal/plan"
	"time"
)

// Digest is the SHA-256 of a stage's signed content, hexadecimal.
type Digest string

// Short is enough of the digest to compare by eye.
func (d Digest) Short() string {
	if len(d) < 12 {
		return string(d)
	}
	return string(d[:12])
}

// Format says what of the definition of a stage is part of what is signed.
type Format int

const (
	// FormatTemplate names the template's version, so that whatever changes in any
	// of its stages puts the signatures of all out of date.
	FormatTemplate Format = 0
	// FormatStage has what the stage itself asks for, word by word.
	FormatStage Format = 2
)

// format is how the stage's content is written down for its newest round, or
// would be for its first one.
func (s *Stage) format() Format {
	if last := s.LastRound(); last != nil {
		return last.Format
	}
	return FormatStage
}

// SignedContent is what a sign-off binds to: everything that a signer decides
// on, with who said it and when. Versions and times are part of it, so setting
// an answer back to an earlier value does not bring an earlier digest back.
type SignedContent struct {
	Format   Format           `json:"format,omitempty"`
	Project  ProjectID        `json:"project"`
	Review   int              `json:"review"`
	Stage    plan.StageKey    `json:"stage"`
	Template plan.Ref         `json:"template,omitzero"` // in the first format only
	Tier     plan.Tier        `json:"tier"`
	Policy   plan.Policy      `json:"policy"`
	From     Exposure         `json:"from_exposure,omitempty"` // from which on the gate is needed; not in the first format
	Items    []signedItem     `json:"items"`
	Evidence []signedEvidence `json:"evidence"`
	Findings []signedFinding  `json:"findings"`
	Waivers  []signedWaiver   `json:"waivers,omitempty"` // granted and not revoked
	Records  []SignedRecord   `json:"records,omitempty"` // on which the gate decides; not in the first format
}

type signedItem struct {
	Key        plan.ItemKey        `json:"key"`
	Title      string              `json:"title,omitempty"`
	Level      plan.Level          `json:"level"`
	Asks       []plan.EvidenceKind `json:"asks,omitempty"` // kinds of evidence that count
	State      State               `json:"state"`
	Note       string              `json:"note,omitempty"`
	By         PersonID            `json:"by,omitempty"`
	At         time.Time           `json:"at,omitzero"`
	Version    int                 `json:"version"`
	Reattest   bool                `json:"reattest,omitempty"`
	ApprovedBy PersonID            `json:"approved_by,omitempty"`
	ApprovedAt time.Time           `json:"approved_at,omitzero"`
	Question   *signedQuestion     `json:"question,omitempty"` // what is there to choose from, and what it comes to
	Choices    plan.Chosen         `json:"choices,omitempty"`
	Risk       plan.Risk           `json:"risk,omitempty"`
	From       ProjectID           `json:"from,omitempty"` // whose answer it follows
}

type signedQuestion struct {
	Choices []signedChoice `json:"choices"`
	Rules   []plan.Rule    `json:"rules"`
}

type signedChoice struct {
	Key   plan.ChoiceKey `json:"key"`
	Title string         `json:"title"`
}

// signedAs is the part of a question that a signer relies on; nil for a statement.
func signedAs(d *plan.Item) *signedQuestion {
	if !d.IsQuestion() {
		return nil
	}
	q := &signedQuestion{Choices: make([]signedChoice, len(d.Choices)), Rules: d.Rules}
	for i := range d.Choices {
		q.Choices[i] = signedChoice{d.Choices[i].Key, d.Choices[i].Title}
	}
	return q
}

type signedEvidence struct {
	Item      plan.ItemKey      `json:"item"`
	No        int               `json:"no"`
	URL       SafeURL           `json:"url"`
	Title     string            `json:"title"`
	Type      plan.EvidenceKind `json:"type"`
	Effective string            `json:"effective"`
	Expires   string            `json:"expires,omitempty"`
	Commit    string            `json:"commit,omitempty"`
	By        PersonID          `json:"by"`
	At        time.Time         `json:"at"`
	From      ProjectID         `json:"from,omitempty"`
}

type signedFinding struct {
	No         int       `json:"no"`
	Text       string    `json:"text"`
	By         PersonID  `json:"by"`
	Answer     string    `json:"answer,omitempty"`
	AnsweredBy PersonID  `json:"answered_by,omitempty"`
	AnsweredAt time.Time `json:"answered_at,omitzero"`
}

type signedWaiver struct {
	No          int          `json:"no"`
	Item        plan.ItemKey `json:"item"`
	Reason      string       `json:"reason"`
	Risk        string       `json:"risk"`
	Measure     string       `json:"measure"`
	Until       string       `json:"until"`
	RequestedBy PersonID     `json:"requested_by"`
	GrantedBy   PersonID     `json:"granted_by"`
	GrantedFor  PersonID     `json:"granted_for,omitempty"`
	GrantedAt   time.Time    `json:"granted_at"`
}

// Content gathers what a sign-off of the stage would bind to now.
func (r *Review) Content(s *Stage) SignedContent { return r.contentAs(s, s.format()) }

func (r *Review) contentAs(s *Stage, f Format) SignedContent {
	c := SignedContent{
		Format: f, Project: r.Project.ID, Review: r.No, Stage: s.Def.Key, Tier: r.Project.Tier,
		Policy: s.Def.Gate.Policy(r.Project.Tier, r.Project.Profile),
		Items:  make([]signedItem, 0, len(s.Items)), Evidence: []signedEvidence{}, Findings: []signedFinding{},
	}
	switch f {
	case FormatTemplate:
		c.Template = r.Plan.Ref()
	case FormatStage:
		c.Records, c.From = r.RecordsAt(s), s.Def.Gate.From
	}
	applies := make(map[plan.ItemKey]bool, len(s.Items))
	for i := range s.Items {
		it := &s.Items[i]
		if it.Level == plan.LevelNone {
			continue
		}
		a := it.Answer
		applies[it.Def.Key] = true
		signed := signedItem{
			Key: it.Def.Key, Level: it.Level, State: a.State, Note: a.Note, By: a.By, At: a.At.UTC(), Version: a.Version, Reattest: it.Reattest,
			ApprovedBy: a.ApprovedBy, ApprovedAt: a.ApprovedAt.UTC(), Choices: a.Choices, Risk: a.Risk,
		}
		if it.Inherited != nil {
			signed.From = it.Inherited.From
		}
		if f == FormatStage {
			signed.Title, signed.Asks, signed.Question = it.Def.Claim(), it.Def.Evidence, signedAs(it.Def)
		}
		c.Items = append(c.Items, signed)
	}
	for i := range s.Evidence {
		e := &s.Evidence[i]
		if e.Removed() || !applies[e.Item] {
			continue
		}
		c.Evidence = append(
			c.Evidence,
			signedEvidence{e.Item, e.No, e.URL, e.Title, e.Type, FormatDate(e.Effective), FormatDate(e.Expires), e.Commit, e.By, e.At.UTC(), e.From},
		)
	}
	for i := range s.Waivers {
		if w := &s.Waivers[i]; w.granted() && applies[w.Item] {
			c.Waivers = append(c.Waivers, signedWaiver{
				w.No, w.Item, w.Reason, w.Risk, w.Measure, FormatDate(w.Until), w.RequestedBy, w.GrantedBy, w.GrantedFor, w.GrantedAt.UTC(),
			})
		}
	}
	for _, f := range s.Findings {
		c.Findings = append(c.Findings, signedFinding{f.No, f.Text, f.By, f.Answer, f.AnsweredBy, f.AnsweredAt.UTC()})
	}
	return c
}

// Digest is the hash of [Review.Content]: SHA-256 over its JSON with the
// fields in the order of the struct and times in UTC.
func (r *Review) Digest(s *Stage) Digest {
	if f := s.format(); s.digest == "" || s.digested != f {
		s.digest, s.digested = digestOf(r.contentAs(s, f)), f
	}
	return s.digest
}

// opening is the digest of the content as a round binds to it that opens now: in
// the present format, and with the records as they are now.
func (r *Review) opening(s *Stage, f Format) Digest {
	c := r.contentAs(s, f)
	if f == FormatStage {
		c.Records = r.signedRecords(s)
	}
	return digestOf(c)
}

// forgetDigests is called for each event that may have changed what is signed.
func (r *Review) forgetDigests(e Event) {
	switch e := e.(type) {
	case GateSigned, RoundClosed, ConditionSet:
		return // what people decide on stays what it is
	case SignOffRequested: // on the records as they are now
		r.Stage(e.Stage).digest = ""
		return
	}
	for i := range r.Stages {
		r.Stages[i].digest = ""
	}
}
