package faults

// rulesTests are the tests of the rules themselves, which need neither a
// server nor a database.
const rulesTests = "./internal/review"

// rebuildTests are those of a rebuild, beside what keeps data.
const rebuildTests = "./internal/store"

// ruleMutants are bugs in single rules, for the tests beside those rules.
var ruleMutants = []mutant{
	rule("a request without the digest of what was seen", "if shown != \"\" && shown != now {", "if shown == now {"),
	rule("a request although something is missing", "len(bs) > 0 {\n\t\treturn &Blocked{bs}", "len(bs) > 99 {\n\t\treturn &Blocked{bs}"),
	rule("out of order without a reason", "r.Plan.Order == plan.OrderAdvisory && reason == \"\"", "r.Plan.Order == plan.OrderStrict && reason == \"\""),
	rule("a hold reaches the stage at hand only", "	if stage == \"\" { // it is about", "	if stage == \"none\" { // it is about"),
	rule("a gate that turns reaches itself only", "r.settle(at, stage) && r.Plan.Order == plan.OrderStrict {", "r.settle(at, stage) && r.Plan.Order == \"\" {"),
	rule("a request trusts what is kept of earlier gates", "r.before(sk)", "r.before(\"\")"),
	rule("a strict order is not kept", "if r.Plan.Order != plan.OrderStrict {", "if r.Plan.Order == plan.OrderStrict {"),
	rule("a withdrawal without a reason", "	c.require(\"reason\", reason, \"say why the request is taken back\")\n", ""),
	rule("signatures while the project is on hold", "if r.Project.Status != StatusActive {\n\t\treturn refuse(\"The project is %s; nothing", "if r.Project.Status == \"\" {\n\t\treturn refuse(\"The project is %s; nothing"),
	rule("a recused person signs", "	if round.recused(p) {", "	if round == nil {"),
	rule("a stand-in signs for a recused person", "	if round.recused(holder) {", "	if round == nil {"),
	rule("a stand-in signs for who worked on the stage", "holder != 0 && s.Excluded(round, holder) != \"\"", "holder < 0 && s.Excluded(round, holder) != \"\""),
	rule("holder and stand-in count twice", "if !twice && s.barred", "if (!twice || twice) && s.barred"),
	rule("holder and stand-in both sign", "so.Person != p && so.Seat == held.Seat && so.holder() == holder", "so.Person != p && so.Seat == held.Seat && so.holder() == -1"),
	rule("who gave evidence signs", "!e.Removed() && !yield(e.By, \"You gave", "e.Removed() && !yield(e.By, \"You gave"),
	rule("a colleague's edit washes an author clean", "	if it.Answer.At.After(since) {", "	if it.Answer.At.Before(since) {"),
	rule("an edit after a pass washes an author clean", "	out := []PersonID{a.By}\n", "	var out []PersonID\n"),
	rule("who was replaced before a pass never signs again", "	if a.At.After(s.began(nil)) {", "	if a.Version > 0 {"),
	rule("breaking the glass washes an author clean", "o.Outcome.Passes() && o.Outcome != OutcomeForced {", "o.Outcome.Passes() {"),
	rule("an open round takes the stricter rule", "case ro != nil && ro.Exclusion == ExcludeLast:", "case ro != nil && ro.Exclusion == \"none\":"),
	rule("an answer taken back excluded by the rule of then", "if it.Answer.State != Open && !yield(it.Answer.By", "if it.Answer.Version > 0 && !yield(it.Answer.By"),
	rule("who gave all the evidence signed by the rule of then", "return sole == 0 || yield(sole,", "return sole >= 0 || yield(sole,"),
	rule("a return without findings", "if len(d.findings) == 0 {", "if len(d.findings) > 99 {"),
	rule("a return leaves the round open", "	case d.decision == Return:", "	case d.decision == \"\":"),
	rule("a conditional go passes without conditions", "	outcome := OutcomePassed\n	for _, so := range r.Counting(s) {\n		if so.Decision == Conditional {", "	outcome := OutcomePassed\n	for _, so := range r.Counting(s) {\n		if so.Decision == \"\" {"),
	rule("an answer to a finding changes under signers", "if f.Answered() && s.OpenRound() != nil {", "if !f.Answered() && s.OpenRound() != nil {"),
	rule("an unanswered finding does not block", "if f := &s.Findings[i]; !f.Answered() && !yield(", "if f := &s.Findings[i]; f.No < 0 && !yield("),
	rule("a must not met does not block", "			return MustNotMet\n", "			return \"\"\n"),
	rule("not applicable without approval", "			if a.ApprovedBy == 0 {", "			if a.ApprovedBy < 0 {"),
	rule("evidence of the wrong kind counts", "e.Removed() || !slices.Contains(it.Def.Evidence, e.Type) {", "e.Removed() {"),
	rule("evidence that was removed counts", "if e.Item != it.Def.Key || e.Removed() ||", "if e.Item != it.Def.Key ||"),
	rule("what has to be reconfirmed is not", "if it.Reattest && it.Level == plan.LevelMust {", "if it.Reattest && it.Level == LevelNone {"),
	rule("who said that it does not apply approves it", "	case a.By == by.Person:", "	case a.By == -1:"),
	rule("evidence outlives what the item allows", "		if exp.After(latest) {", "		if exp.Before(latest) && false {"),
	rule("evidence from the future", "} else if eff.After(today.AddDate(0, 0, 1)) {", "} else if eff.After(today.AddDate(9, 0, 1)) {"),
	rule("a waiver for longer than a year", "	case d.After(Today(at).AddDate(0, 0, MaxWaiver)):", "	case d.After(Today(at).AddDate(99, 0, MaxWaiver)):"),
	rule("a waiver denied is granted", "if w.State(at) != WaiverWaiting {\n\t\treturn refuse(\"This waiver is %s and cannot be granted", "if w.State(at) != WaiverWaiting && w.State(at) != WaiverTurnedDown {\n\t\treturn refuse(\"This waiver is %s and cannot be granted"),
	rule("a waiver counts before it is granted", "	case w.GrantedAt.IsZero() || at.Before(w.GrantedAt):", "	case at.Before(w.GrantedAt):"),
	rule("a waiver counts after it is revoked", "	case !w.RevokedAt.IsZero():", "	case w.No < 0:"),
	rule("an extension that shortens", "	if d.Before(w.Until) {", "	if d.IsZero() {"),
	rule("who met a condition confirms it", "	if by.Person == c.MetBy {", "	if by.Person == -1 {"),
	rule("a condition is confirmed before it is met", "if c.MetAt.IsZero() {\n\t\treturn refuse(\"The condition's owner has not reported it as met yet.\"", "if c.No < 0 {\n\t\treturn refuse(\"The condition's owner has not reported it as met yet.\""),
	rule("anybody reports a condition as met", "by.Person != c.Owner && d != DutyOwner && d != DutyDeputy {", "by.Person < 0 && d != DutyOwner && d != DutyDeputy {"),
	rule("conditions of earlier content count", "so != nil && so.Digest == ro.Closing\n", "so != nil\n"),
	rule("who answered a finding accepts it", "if f.Answered() && by.Person == f.AnsweredBy {", "if f.Answered() && by.Person == -1 {"),
	rule("a stand-in outlives the holder's seat", "!since.IsZero() && !since.After(d.At) {", "!since.After(d.At) {"),
	rule("a seat that came back is lent again", "!since.IsZero() && !since.After(d.At) {", "!since.IsZero() {"),
	rule("a delegation without end", "	case last.After(starts.AddDate(0, 0, maxDelegation)):", "	case last.After(starts.AddDate(99, 0, maxDelegation)):"),
	rule("somebody lends another's seat", "	if by.Person != e.Person {\n		return &Denied{DelegateSeat, \"Only the holder of a seat names", "	if by.Person == 0 {\n		return &Denied{DelegateSeat, \"Only the holder of a seat names"),
	rule("who broke the glass reviews it", "	if ro.ClosedBy == by.Person {", "	if ro.ClosedBy == -1 {"),
	rule("glass broken without a reason", "	c.require(\"reason\", reason, \"say what cannot wait, and why\")\n", ""),
	rule("a review starts over a glass that nobody looked at", "if owed := r.Forced(); len(owed) > 0 {", "if owed := r.Forced(); len(owed) > 99 {"),
	rule("an admin grants a right to themselves", "	if by.Person == e.Person {\n\t\treturn &Denied{GrantRights", "	if by.Person == -1 {\n\t\treturn &Denied{GrantRights"),
	rule("a group's right stays after the group", "if g.Source == FromGroup && !slices.Contains(want, g.Right) {", "if g.Source == \"\" && !slices.Contains(want, g.Right) {"),
	rule("machines sign", "a.Machine && slices.Contains(peopleOnly, act) {", "a.Machine && act == \"\" {"),
	rule("a seat elsewhere signs here", "func (h SeatHeld) in(p ProjectID) bool { return h.Scope == Everywhere || h.Scope == Scope(p) }", "func (h SeatHeld) in(p ProjectID) bool { return p >= 0 }"),
	rule("the digest leaves out notes", "Note: a.Note, By: a.By, At: a.At.UTC()", "By: a.By, At: a.At.UTC()"),
	rule("the digest leaves out what is asked for", "signed.Title, signed.Asks, signed.Question = it.Def.Title, it.Def.Evidence,", "signed.Question ="),
	rule("the digest leaves out the rules of questions", "signed.Title, signed.Asks, signed.Question = it.Def.Title, it.Def.Evidence, signedAs(it.Def)", "signed.Title, signed.Asks = it.Def.Title, it.Def.Evidence"),
	rule("the digest leaves out choices", "ApprovedAt: a.ApprovedAt.UTC(), Choices: a.Choices, Risk: a.Risk,", "ApprovedAt: a.ApprovedAt.UTC(),"),
	rule("a question is met in so many words", "d.IsQuestion() && (in.to == Met || in.to == NotMet)", "d.IsQuestion() && in.to == \"\""),
	rule("a trail contradicts the rules of a question", "a.Risk != out.Risk || a.State != StateOf(out.Risk):", "a.Risk == \"\":"),
	rule("an answer to another question stands", "if !it.Follows() {", "if it.Def == nil {"),
	rule("the digest leaves out waivers", "w.granted() && applies[w.Item] {", "w.No < 0 && applies[w.Item] {"),
	rule("the digest comes back", "At: a.At.UTC(), Version: a.Version, Reattest", "Reattest"),
	rule("an entry does not carry on the chain", "	b = append(b, prev[:]...)\n", ""),
	rule("an entry's author is not hashed", "r.At.UnixMicro(), int64(r.Actor)}", "r.At.UnixMicro(), 0}"),
	rule("a gap in the chain goes unnoticed", "		if r.Seq != head.Seq+1 {", "		if r.Seq <= head.Seq {"),
	rule("a gate that repeats never lapses", "if Over(s.repeatsOn(last.ClosedAt.In(at.Location())), at) {", "if Over(time.Time{}, at) {"),
	rule("an overdue condition goes unnoticed", "if c.Overdue(at) {\n\t\t\tstate = GateOverdue", "if c.No < 0 {\n\t\t\tstate = GateOverdue"),
}

// rule is a mutant that the tests of the rules have to catch.
func rule(name, old, new string) mutant {
	return mutant{name, []edit{{inRules, old, new}}, rulesTests}
}
