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
		return ofProject[ProjectCreated](kind, body)
	case "ProjectEdited":
		return ofProject[ProjectEdited](kind, body)
	case "RetractionAsked":
		return ofProject[RetractionAsked](kind, body)
	case "AnswersRetracted":
		return ofProject[AnswersRetracted](kind, body)
	case "RetractionRefused":
		return ofProject[RetractionRefused](kind, body)
	case "ProfileConfirmed":
		return ofProject[ProfileConfirmed](kind, body)
	case "DutySet":
		return ofProject[DutySet](kind, body)
	case "ProjectTagged":
		return ofProject[ProjectTagged](kind, body)
	case "StatusChanged":
		return ofProject[StatusChanged](kind, body)
	case "ItemAnswered":
		return ofProject[ItemAnswered](kind, body)
	case "NotApplicableApproved":
		return ofProject[NotApplicableApproved](kind, body)
	case "ItemAssigned":
		return ofProject[ItemAssigned](kind, body)
	case "CommentAdded":
		return ofProject[CommentAdded](kind, body)
	case "AnswerOffered":
		return ofProject[AnswerOffered](kind, body)
	case "OfferWithdrawn":
		return ofProject[OfferWithdrawn](kind, body)
	case "AnswerInherited":
		return ofProject[AnswerInherited](kind, body)
	case "InheritanceEnded":
		return ofProject[InheritanceEnded](kind, body)
	case "EvidenceAdded":
		return ofProject[EvidenceAdded](kind, body)
	case "EvidenceRemoved":
		return ofProject[EvidenceRemoved](kind, body)
	case "SignOffRequested":
		return ofProject[SignOffRequested](kind, body)
	case "GateSigned":
		return ofProject[GateSigned](kind, body)
	case "FindingRaised":
		return ofProject[FindingRaised](kind, body)
	case "FindingAnswered":
		return ofProject[FindingAnswered](kind, body)
	case "RoundClosed":
		return ofProject[RoundClosed](kind, body)
	case "FindingAccepted":
		return ofProject[FindingAccepted](kind, body)
	case "FindingReopened":
		return ofProject[FindingReopened](kind, body)
	case "ConditionSet":
		return ofProject[ConditionSet](kind, body)
	case "ConditionHandedOn":
		return ofProject[ConditionHandedOn](kind, body)
	case "ConditionMet":
		return ofProject[ConditionMet](kind, body)
	case "ConditionConfirmed":
		return ofProject[ConditionConfirmed](kind, body)
	case "ConditionReopened":
		return ofProject[ConditionReopened](kind, body)
	case "ConditionReleased":
		return ofProject[ConditionReleased](kind, body)
	case "WaiverRequested":
		return ofProject[WaiverRequested](kind, body)
	case "WaiverGranted":
		return ofProject[WaiverGranted](kind, body)
	case "WaiverDenied":
		return ofProject[WaiverDenied](kind, body)
	case "WaiverExtended":
		return ofProject[WaiverExtended](kind, body)
	case "WaiverRevoked":
		return ofProject[WaiverRevoked](kind, body)
	case "GateForced":
		return ofProject[GateForced](kind, body)
	case "GateReopened":
		return ofProject[GateReopened](kind, body)
	case "RetrospectiveClosed":
		return ofProject[RetrospectiveClosed](kind, body)
	case "ResponsibilitiesSet":
		return ofProject[ResponsibilitiesSet](kind, body)
	case "StagePlanned":
		return ofProject[StagePlanned](kind, body)
	case "ReviewStarted":
		return ofProject[ReviewStarted](kind, body)
	case "ModuleAttached":
		return ofProject[ModuleAttached](kind, body)
	case "ModuleDetached":
		return ofProject[ModuleDetached](kind, body)
	case "DefinitionPinned":
		return ofProject[DefinitionPinned](kind, body)
	case "PolicyAttached":
		return ofProject[PolicyAttached](kind, body)
	case "PolicyDetached":
		return ofProject[PolicyDetached](kind, body)
	case "EnvironmentAdded":
		return ofProject[EnvironmentAdded](kind, body)
	case "EnvironmentRenamed":
		return ofProject[EnvironmentRenamed](kind, body)
	case "EnvironmentRemoved":
		return ofProject[EnvironmentRemoved](kind, body)
	case "ItemAdded":
		return ofProject[ItemAdded](kind, body)
	case "ItemDropped":
		return ofProject[ItemDropped](kind, body)
	case "LevelRaised":
		return ofProject[LevelRaised](kind, body)
	case "LevelLowered":
		return ofProject[LevelLowered](kind, body)
	case "LoweringAsked":
		return ofProject[LoweringAsked](kind, body)
	case "LoweringRefused":
		return ofProject[LoweringRefused](kind, body)
	case "CoreMarked":
		return ofProject[CoreMarked](kind, body)
	case "PlanUpgraded":
		return ofProject[PlanUpgraded](kind, body)
	case "UpgradeUndone":
		return ofProject[UpgradeUndone](kind, body)
	case "RecordOpened":
		return ofProject[RecordOpened](kind, body)
	case "RecordEdited":
		return ofProject[RecordEdited](kind, body)
	case "RecordHandedOn":
		return ofProject[RecordHandedOn](kind, body)
	case "RecordMoved":
		return ofProject[RecordMoved](kind, body)
	case "RecordDiscussed":
		return ofProject[RecordDiscussed](kind, body)
	case "ReadingNoted":
		return ofProject[ReadingNoted](kind, body)
	case "ReadingStruck":
		return ofProject[ReadingStruck](kind, body)
	case "SeatDelegated":
		return ofDirectory[SeatDelegated](kind, body)
	case "DelegationEnded":
		return ofDirectory[DelegationEnded](kind, body)
	case "PersonJoined":
		return ofDirectory[PersonJoined](kind, body)
	case "RightGranted":
		return ofDirectory[RightGranted](kind, body)
	case "RightRevoked":
		return ofDirectory[RightRevoked](kind, body)
	case "PersonBlocked":
		return ofDirectory[PersonBlocked](kind, body)
	case "PersonUnblocked":
		return ofDirectory[PersonUnblocked](kind, body)
	case "PersonErased":
		return ofDirectory[PersonErased](kind, body)
	case "GroupsUnknown":
		return ofDirectory[GroupsUnknown](kind, body)
	case "DocumentPublished":
		return ofLibrary[DocumentPublished](kind, body)
	case "DefaultNamed":
		return ofLibrary[DefaultNamed](kind, body)
	case "VersionRetired":
		return ofLibrary[VersionRetired](kind, body)
	case "OwnerChanged":
		return ofLibrary[OwnerChanged](kind, body)
	}
	return nil, fmt.Errorf("unknown event kind %q", kind)
}

// ofProject, ofDirectory and ofLibrary are [decode]; with them the compiler checks that an
// event can be folded into the state of its stream.
func ofProject[E projectEvent](kind string, body []byte) (Event, error) { return decode[E](kind, body) }
func ofDirectory[E directoryEvent](kind string, body []byte) (Event, error) {
	return decode[E](kind, body)
}
func ofLibrary[E libraryEvent](kind string, body []byte) (Event, error) { return decode[E](kind, body) }

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
