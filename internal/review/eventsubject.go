package review

// Subject is the stage and item that an event speaks of, where it does.
func Subject(e Event) (StageKey, ItemKey) {
	switch e := e.(type) {
	case ItemAnswered:
		return e.Stage, e.Item
	case NotApplicableApproved:
		return e.Stage, e.Item
	case ItemAssigned:
		return e.Stage, e.Item
	case CommentAdded:
		return e.Stage, e.Item
	case EvidenceAdded:
		return e.Stage, e.Item
	case EvidenceRemoved:
		return e.Stage, e.Item
	case SignOffRequested:
		return e.Stage, ""
	case GateSigned:
		return e.Stage, ""
	case FindingRaised:
		return e.Stage, ""
	case FindingAnswered:
		return e.Stage, ""
	case RoundClosed:
		return e.Stage, ""
	case FindingAccepted:
		return e.Stage, ""
	case FindingReopened:
		return e.Stage, ""
	case ConditionSet:
		return e.Stage, ""
	case ConditionHandedOn:
		return e.Stage, ""
	case ConditionMet:
		return e.Stage, ""
	case ConditionConfirmed:
		return e.Stage, ""
	case ConditionReopened:
		return e.Stage, ""
	case ConditionReleased:
		return e.Stage, ""
	case GateForced:
		return e.Stage, ""
	case RetrospectiveClosed:
		return e.Stage, ""
	case WaiverRequested:
		return e.Stage, e.Item
	case WaiverGranted:
		return e.Stage, e.Item
	case WaiverDenied:
		return e.Stage, e.Item
	case WaiverExtended:
		return e.Stage, e.Item
	case WaiverRevoked:
		return e.Stage, e.Item
	}
	return "", ""
}

// Mentions are the people that an event names beside its actor.
func Mentions(e Event) []PersonID {
	switch e := e.(type) {
	case ProjectCreated:
		return []PersonID{e.Owner, e.Deputy}
	case DutySet:
		return []PersonID{e.Person}
	case ItemAssigned:
		return []PersonID{e.From, e.Person}
	case CommentAdded:
		return e.Mentions
	case GateSigned:
		return []PersonID{e.For}
	case NotApplicableApproved:
		return []PersonID{e.For}
	case FindingAccepted:
		return []PersonID{e.For}
	case FindingReopened:
		return []PersonID{e.For}
	case ConditionConfirmed:
		return []PersonID{e.For}
	case ConditionReopened:
		return []PersonID{e.For}
	case ConditionReleased:
		return []PersonID{e.For}
	case WaiverGranted:
		return []PersonID{e.For}
	case WaiverDenied:
		return []PersonID{e.For}
	case WaiverExtended:
		return []PersonID{e.For}
	case WaiverRevoked:
		return []PersonID{e.For}
	case RetrospectiveClosed:
		return []PersonID{e.For}
	case ConditionSet:
		return []PersonID{e.Owner}
	case ConditionHandedOn:
		return []PersonID{e.From, e.Owner}
	case SeatDelegated:
		return []PersonID{e.Person, e.To}
	case DelegationEnded:
		return []PersonID{e.Person}
	case PersonJoined:
		return []PersonID{e.Person}
	case RightGranted:
		return []PersonID{e.Person}
	case RightRevoked:
		return []PersonID{e.Person}
	case PersonBlocked:
		return []PersonID{e.Person}
	case PersonUnblocked:
		return []PersonID{e.Person}
	case PersonErased:
		return []PersonID{e.Person}
	case GroupsUnknown:
		return []PersonID{e.Person}
	}
	return nil
}
