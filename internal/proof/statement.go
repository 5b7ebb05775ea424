package proof

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Types of the in-toto framework. A round is a review by people; a round that
// passed under its policy is a verification too. Both specifications are at
// https://github.com/in-toto/attestation/tree/main/spec/predicates.
const (
	typeStatement   = "https://in-toto.io/Statement/v1"
	typeHumanReview = "https://in-toto.io/attestation/human-review/v0.1"
	typeVerified    = "https://in-toto.io/attestation/svr/v0.1"
	// policyEngine names the rules by which a gate passes. The number grows
	// when they change in substance.
	policyEngine = "https://github.com/slipway-prr/slipway/gate-policy/v1"
)

type statement struct {
	Type          string    `json:"_type"`
	Subject       []subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     any       `json:"predicate"`
}

type subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// humanReview is the predicate, with what it leaves open under slipwayRound.
type humanReview struct {
	Result    string     `json:"result,omitempty"`
	Timestamp time.Time  `json:"timestamp"`
	Round     gateReview `json:"slipwayRound"`
}

type gateReview struct {
	Instance    string         `json:"instance"`
	Project     string         `json:"project"`
	Review      int            `json:"review"`
	Stage       string         `json:"stage"`
	Gate        string         `json:"gate"`
	Round       int            `json:"round"`
	Outcome     review.Outcome `json:"outcome"`
	RequestedBy string         `json:"requestedBy"`
	RequestedAt time.Time      `json:"requestedAt"`
	EndedBy     string         `json:"endedBy"`
	EndedAt     time.Time      `json:"endedAt"`
	Entry       int64          `json:"entry"` // of the trail, that ended the round
	Policy      plan.Policy    `json:"policy"`
	SoD         bool           `json:"separationOfDuties"`
	Exclusion   string         `json:"exclusion,omitempty"`
	SignOffs    []gateSignOff  `json:"signOffs"`
}

type gateSignOff struct {
	Person   string          `json:"person"`
	For      string          `json:"for,omitempty"`
	Seat     plan.Seat       `json:"seat"`
	Decision review.Decision `json:"decision"`
	Digest   review.Digest   `json:"digest"`
	At       time.Time       `json:"at"`
	Entry    int64           `json:"entry"`
	Counts   bool            `json:"counts"`
}

// verified is the predicate of a simple verification result.
type verified struct {
	Verifier    verifier  `json:"verifier"`
	TimeCreated time.Time `json:"timeCreated"`
	Properties  []string  `json:"properties"`
}

type verifier struct {
	ID     string      `json:"id"`
	Policy plan.Policy `json:"slipwayPolicy"`
}

// statements are the round's files: what was signed, and what is said of it.
// Payloads are not signed yet.
func (r *round) statements(instance string, project review.ProjectKey) ([]payload, error) {
	about := []subject{{
		Name:   fmt.Sprintf("%s/review-%d/%s/round-%d", project, r.Review, r.Stage.Key, r.Round.No),
		Digest: map[string]string{"sha256": string(r.digest)},
	}}
	all := []statement{{typeStatement, about, typeHumanReview, r.humanReview(instance, project)}}
	names := []string{"statement-" + r.name() + ".json"}
	if r.proven {
		all = append(all, statement{typeStatement, about, typeVerified, r.verified()})
		names = append(names, "verification-"+r.name()+".json")
	}
	var out []payload
	for i, s := range all {
		b, err := json.Marshal(s)
		if err != nil {
			return nil, fmt.Errorf("encoding %s: %w", names[i], err)
		}
		out = append(out, payload{names[i], b})
	}
	return out, nil
}

// payload is what an envelope will hold.
type payload struct {
	name string
	data []byte
}

// humanReview says who decided what. It contains only people's numbers,
// so that names can be erased.
func (r *round) humanReview(instance string, project review.ProjectKey) humanReview {
	ro := &r.Round
	p := humanReview{Timestamp: ro.ClosedAt.UTC(), Round: gateReview{
		Instance: instance, Project: string(project), Review: r.Review, Stage: string(r.Stage.Key), Gate: r.Stage.Gate.Name, Round: ro.No,
		Outcome: ro.Outcome, RequestedBy: personURI(ro.RequestedBy), RequestedAt: ro.RequestedAt.UTC(),
		EndedBy: personURI(ro.ClosedBy), EndedAt: ro.ClosedAt.UTC(), Entry: r.Ended,
		Policy: ro.Policy, SoD: ro.SoD, Exclusion: string(ro.Exclusion), SignOffs: []gateSignOff{},
	}}
	switch {
	case r.proven:
		p.Result = "pass"
	case ro.Outcome == review.OutcomeReturned:
		p.Result = "fail"
	}
	for i, so := range ro.SignOffs {
		s := gateSignOff{Person: personURI(so.Person), Seat: so.Seat, Decision: so.Decision, Digest: so.Digest, At: so.At.UTC(),
			Entry: r.Signed[i], Counts: r.Counted[i]}
		if so.For != 0 {
			s.For = personURI(so.For)
		}
		p.Round.SignOffs = append(p.Round.SignOffs, s)
	}
	return p
}

func (r *round) verified() verified {
	v := verified{Verifier: verifier{policyEngine, r.Round.Policy}, TimeCreated: r.Round.ClosedAt.UTC(), Properties: []string{
		"SLIPWAY_GATE_PASSED", "SLIPWAY_QUORUM_OF_DISTINCT_PEOPLE", "SLIPWAY_MANDATORY_SEATS_SIGNED", "SLIPWAY_NOTHING_STOOD_IN_THE_WAY",
	}}
	if r.Round.SoD {
		v.Properties = append(v.Properties, "SLIPWAY_SEPARATION_OF_DUTIES")
	}
	if r.Round.Outcome == review.OutcomeConditional {
		v.Properties[0] = "SLIPWAY_GATE_PASSED_WITH_CONDITIONS"
	}
	return v
}

// personURI names a person of the instance by number.
func personURI(p review.PersonID) string { return fmt.Sprintf("person:%d", int64(p)) }
