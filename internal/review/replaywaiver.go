package review

import "fmt"

func (r *Review) foldWaiver(en Entry) error {
	sk, ik := Subject(en.Event)
	s, _, err := r.place(sk, ik)
	if err != nil {
		return err
	}
	if e, ok := en.Event.(WaiverRequested); ok {
		if e.No != len(s.Waivers)+1 {
			return fmt.Errorf("waiver %d follows %d", e.No, len(s.Waivers))
		}
		s.Waivers = append(s.Waivers, Waiver{
			No: e.No, Item: e.Item, Reason: e.Reason, Risk: e.Risk, Measure: e.Measure, Until: parseDate(e.Until), RequestedBy: en.Actor, RequestedAt: en.At,
		})
		return nil
	}
	find := func(no int) (*Waiver, error) {
		if no < 1 || no > len(s.Waivers) || s.Waivers[no-1].Item != ik {
			return nil, fmt.Errorf("no waiver %d of item %s", no, ik)
		}
		return &s.Waivers[no-1], nil
	}
	switch e := en.Event.(type) {
	case WaiverGranted:
		w, err := find(e.No)
		if err != nil {
			return err
		}
		w.GrantedBy, w.GrantedFor, w.GrantedAt, w.Why = en.Actor, e.For, en.At, e.Reason
	case WaiverDenied:
		w, err := find(e.No)
		if err != nil {
			return err
		}
		w.DeniedBy, w.DeniedFor, w.DeniedAt, w.Why = en.Actor, e.For, en.At, e.Reason
	case WaiverExtended:
		w, err := find(e.No)
		if err != nil {
			return err
		}
		w.Until, w.Why = parseDate(e.Until), e.Reason
	case WaiverRevoked:
		w, err := find(e.No)
		if err != nil {
			return err
		}
		w.RevokedBy, w.RevokedFor, w.RevokedAt, w.Why = en.Actor, e.For, en.At, e.Reason
	}
	return nil
}
