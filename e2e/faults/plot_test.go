package faults

import (
	"math/rand/v2"

	"github.com/slipway-prr/slipway/e2e/faults/gatemodel"
)

// opening is what has happened in a stage before the clients come: one of a
// few situations in which much can go wrong soon. lent says that flo was given
// a seat for the project.
func opening(rng *rand.Rand, stage, day int, lent bool, mark func() string) []gatemodel.Input {
	in := func(op gatemodel.Op, who int, more func(*gatemodel.Input)) gatemodel.Input {
		i := gatemodel.Input{Op: op, Who: who, Stage: stage, Mark: mark()}
		if more != nil {
			more(&i)
		}
		return i
	}
	met := func(who, item int) gatemodel.Input {
		return in(gatemodel.Answer, who, func(i *gatemodel.Input) { i.Item, i.State = item, "met" })
	}
	sign := func(who int, seat string) gatemodel.Input {
		return in(gatemodel.Sign, who, func(i *gatemodel.Input) {
			i.Seat, i.Decision, i.Until = seat, gatemodel.Go, day+rng.IntN(2)
			if rng.IntN(4) == 0 {
				i.Decision = gatemodel.Conditional
			}
		})
	}
	how := rng.IntN(10) // how far the stage has come
	if how == 0 {
		return nil
	}
	did := []gatemodel.Input{met(olga, gatemodel.Plain), met(olga, gatemodel.Proved), in(gatemodel.AddEvidence, olga, nil)}
	waived := rng.IntN(3) // 0: not asked for, 1: asked for, 2: granted
	if waived >= 1 {
		did = append(did, in(gatemodel.RequestWaiver, []int{olga, dave}[rng.IntN(2)],
			func(i *gatemodel.Input) { i.Until = day + 1 + rng.IntN(3) }))
	}
	if waived == 2 {
		did = append(did, in(gatemodel.GrantWaiver, pat, func(i *gatemodel.Input) { i.No = 1 }))
	} else {
		did = append(did, met(olga, gatemodel.Waivable))
	}
	if how >= 2 {
		did = append(did, in(gatemodel.Request, olga, nil))
	}
	first, second := sign(pat, "product"), sign(sam, "sre")
	if lent {
		first, second = sign(flo, "sre"), sign(pat, "product")
	}
	if how >= 6 {
		did = append(did, first)
	}
	if how >= 9 {
		did = append(did, second)
	}
	return did
}

// settledOpening is a stage that has passed with a condition whose last day is
// given. Nobody touches it afterwards, so how it ends is known: without this, some
// endings would be a matter of luck.
func settledOpening(last int, mark func() string) []gatemodel.Input {
	did := []gatemodel.Input{
		{Op: gatemodel.Answer, Who: olga, Item: gatemodel.Plain, State: "met"},
		{Op: gatemodel.Answer, Who: olga, Item: gatemodel.Proved, State: "met"},
		{Op: gatemodel.Answer, Who: olga, Item: gatemodel.Waivable, State: "met"},
		{Op: gatemodel.AddEvidence, Who: olga},
		{Op: gatemodel.Request, Who: olga},
		{Op: gatemodel.Sign, Who: pat, Seat: "product", Decision: gatemodel.Go},
		{Op: gatemodel.Sign, Who: sam, Seat: "sre", Decision: gatemodel.Conditional, Until: last},
	}
	for i := range did {
		did[i].Stage, did[i].Mark = 1, mark()
	}
	return did
}

// client is one person's browser, with what they remember of the pages.
type client struct {
	who     int
	rng     *rand.Rand
	mark    func() string
	day     int
	digests [2][]string // seen of each stage, the newest last
	version [2][gatemodel.Items]int
	links   [2]int  // the newest evidence seen
	idle    [2]bool // no round was open when they last looked
}

// act is what the person does next: one request, or a look and then a request.
func (c *client) act() []gatemodel.Op {
	pick := func(weights ...any) gatemodel.Op {
		total := 0
		for i := 1; i < len(weights); i += 2 {
			total += weights[i].(int)
		}
		n := c.rng.IntN(total)
		for i := 0; ; i += 2 {
			if n -= weights[i+1].(int); n < 0 {
				return weights[i].(gatemodel.Op)
			}
		}
	}
	var op gatemodel.Op
	switch c.who {
	case olga:
		op = pick(gatemodel.Answer, 22, gatemodel.AddEvidence, 10, gatemodel.RemoveEvidence, 8, gatemodel.Request, 24, gatemodel.Withdraw, 6,
			gatemodel.AnswerFinding, 8, gatemodel.RequestWaiver, 8, gatemodel.GrantWaiver, 3, gatemodel.MeetCondition, 5, gatemodel.Restrict, 2, gatemodel.ReadGate, 8)
	case dave:
		op = pick(gatemodel.Answer, 16, gatemodel.AddEvidence, 12, gatemodel.RemoveEvidence, 6, gatemodel.Request, 14, gatemodel.Sign, 24,
			gatemodel.AnswerFinding, 5, gatemodel.RequestWaiver, 8, gatemodel.GrantWaiver, 8, gatemodel.RevokeWaiver, 3, gatemodel.MeetCondition, 3, gatemodel.ConfirmCondition, 3)
	case adam:
		op = pick(gatemodel.GrantSeat, 6, gatemodel.RevokeSeat, 5, gatemodel.ReadGate, 1)
	case vic:
		op = pick(gatemodel.ReadGate, 4, gatemodel.Sign, 1, gatemodel.Answer, 1, gatemodel.GrantSeat, 1)
	case lee:
		op = pick(gatemodel.Sign, 6, gatemodel.SignOut, 2, gatemodel.ReadGate, 2)
	default:
		op = pick(gatemodel.Sign, 60, gatemodel.GrantWaiver, 10, gatemodel.RevokeWaiver, 11, gatemodel.ConfirmCondition, 5,
			gatemodel.ReadGate, 12)
	}
	switch op {
	case gatemodel.Sign, gatemodel.Request:
		if c.rng.IntN(5) > 0 {
			return []gatemodel.Op{gatemodel.ReadGate, op}
		}
	case gatemodel.Answer, gatemodel.RemoveEvidence:
		if c.rng.IntN(3) > 0 && c.who != vic {
			return []gatemodel.Op{gatemodel.ReadItem, op}
		}
	}
	return []gatemodel.Op{op}
}

// input is an operation with all that a form takes, from what the person saw.
func (c *client) input(op gatemodel.Op, stage, item int) gatemodel.Input {
	in := gatemodel.Input{Op: op, Who: c.who, Stage: stage, Mark: c.mark()}
	switch op {
	case gatemodel.Answer, gatemodel.ReadItem:
		in.Item, in.Version = item, c.version[stage][item]
		in.State = []string{"met", "met", "met", "not-met", "open"}[c.rng.IntN(5)]
	case gatemodel.RemoveEvidence:
		in.No = max(1, c.links[stage])
	case gatemodel.Request:
		in.Digest = c.digest(stage, 8)
	case gatemodel.Sign:
		in.Digest, in.Seat, in.Decision = c.digest(stage, 6), c.seat(), c.decision()
		in.Until = c.day + c.rng.IntN(4)
	case gatemodel.AnswerFinding, gatemodel.GrantWaiver, gatemodel.RevokeWaiver, gatemodel.MeetCondition, gatemodel.ConfirmCondition:
		in.No = 1 + c.rng.IntN(4)/3
	case gatemodel.RequestWaiver:
		in.Until = c.day + c.rng.IntN(4)
	case gatemodel.GrantSeat, gatemodel.RevokeSeat:
		in.Whom, in.Seat = flo, []string{"product", "sre"}[c.rng.IntN(2)]
	case gatemodel.Restrict:
		in.On = c.rng.IntN(2) == 0
	}
	return in
}

// digest is the newest that the person saw or, once in a while, an older one.
func (c *client) digest(stage, once int) string {
	seen := c.digests[stage]
	switch {
	case len(seen) == 0:
		return "0000000000000000000000000000000000000000000000000000000000000000"
	case c.rng.IntN(once) == 0:
		return seen[c.rng.IntN(len(seen))]
	}
	return seen[len(seen)-1]
}

func (c *client) seat() string {
	if c.rng.IntN(20) == 0 {
		return []string{"product", "sre", "security"}[c.rng.IntN(3)]
	}
	switch c.who {
	case pat:
		return "product"
	case sam, lee:
		return "sre"
	case sue:
		return "security"
	case dave:
		return []string{"sre", "security"}[c.rng.IntN(2)]
	}
	return []string{"product", "sre"}[c.rng.IntN(2)]
}

func (c *client) decision() gatemodel.Decision {
	switch n := c.rng.IntN(100); {
	case n < 78:
		return gatemodel.Go
	case n < 89:
		return gatemodel.Conditional
	case n < 96:
		return gatemodel.Return
	}
	return gatemodel.Recuse
}

// learn remembers what a page showed.
func (c *client) learn(in gatemodel.Input, out gatemodel.Output) {
	switch {
	case out.Unknown || out.Result != gatemodel.OK:
	case in.Op == gatemodel.ReadGate:
		c.digests[in.Stage] = append(c.digests[in.Stage], out.Gate.Digest)
		c.idle[in.Stage] = out.Gate.Round == 0
	case in.Op == gatemodel.ReadItem:
		c.version[in.Stage][in.Item] = out.Item.Version
		for no := range len(out.Item.Evidence) {
			if d := out.Item.Evidence[no]; d != ' ' {
				c.links[in.Stage] = int(d - '0')
			}
		}
	}
}
