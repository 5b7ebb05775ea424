package review

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// EncodeEvent is the canonical form of an event: its JSON with the fields in
// the order of the struct. The trail's hashes cover exactly these bytes.
func EncodeEvent(e Event) ([]byte, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", e.Kind(), err)
	}
	return b, nil
}

// DecodeEvent reads what [EncodeEvent] wrote. Unknown kinds and fields are
// errors: a trail that this version does not understand must not be guessed at.
func DecodeEvent(kind string, body []byte) (Event, error) {
	switch kind {
	case "ProjectCreated":
		return decode[ProjectCreated](kind, body)
	case "ProjectEdited":
		return decode[ProjectEdited](kind, body)
	case "DutySet":
		return decode[DutySet](kind, body)
	case "StatusChanged":
		return decode[StatusChanged](kind, body)
	case "ItemAnswered":
		return decode[ItemAnswered](kind, body)
	case "NotApplicableApproved":
		return decode[NotApplicableApproved](kind, body)
	case "ItemAssigned":
		return decode[ItemAssigned](kind, body)
	case "CommentAdded":
		return decode[CommentAdded](kind, body)
	case "EvidenceAdded":
		return decode[EvidenceAdded](kind, body)
	case "EvidenceRemoved":
		return decode[EvidenceRemoved](kind, body)
	case "SignOffRequested":
		return decode[SignOffRequested](kind, body)
	case "GateSigned":
		return decode[GateSigned](kind, body)
	case "FindingRaised":
		return decode[FindingRaised](kind, body)
	case "FindingAnswered":
		return decode[FindingAnswered](kind, body)
	case "RoundClosed":
		return decode[RoundClosed](kind, body)
	case "FindingAccepted":
		return decode[FindingAccepted](kind, body)
	case "FindingReopened":
		return decode[FindingReopened](kind, body)
	case "ConditionSet":
		return decode[ConditionSet](kind, body)
	case "ConditionHandedOn":
		return decode[ConditionHandedOn](kind, body)
	case "ConditionMet":
		return decode[ConditionMet](kind, body)
	case "ConditionConfirmed":
		return decode[ConditionConfirmed](kind, body)
	case "ConditionReopened":
		return decode[ConditionReopened](kind, body)
	case "ConditionReleased":
		return decode[ConditionReleased](kind, body)
	case "WaiverRequested":
		return decode[WaiverRequested](kind, body)
	case "WaiverGranted":
		return decode[WaiverGranted](kind, body)
	case "WaiverDenied":
		return decode[WaiverDenied](kind, body)
	case "WaiverExtended":
		return decode[WaiverExtended](kind, body)
	case "WaiverRevoked":
		return decode[WaiverRevoked](kind, body)
	case "GateForced":
		return decode[GateForced](kind, body)
	case "RetrospectiveClosed":
		return decode[RetrospectiveClosed](kind, body)
	case "ReviewStarted":
		return decode[ReviewStarted](kind, body)
	case "SeatDelegated":
		return decode[SeatDelegated](kind, body)
	case "DelegationEnded":
		return decode[DelegationEnded](kind, body)
	case "PersonJoined":
		return decode[PersonJoined](kind, body)
	case "RightGranted":
		return decode[RightGranted](kind, body)
	case "RightRevoked":
		return decode[RightRevoked](kind, body)
	case "PersonBlocked":
		return decode[PersonBlocked](kind, body)
	case "PersonUnblocked":
		return decode[PersonUnblocked](kind, body)
	case "PersonErased":
		return decode[PersonErased](kind, body)
	case "GroupsUnknown":
		return decode[GroupsUnknown](kind, body)
	}
	return nil, fmt.Errorf("unknown event kind %q", kind)
}

func decode[E Event](kind string, body []byte) (Event, error) {
	var e E
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return nil, fmt.Errorf("decoding %s: %w", kind, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("decoding %s: something follows the event", kind)
	}
	return e, nil
}
