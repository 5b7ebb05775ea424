package page

import (
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// plan tells what changed a project's plan.
func (t Teller) plan(out *ui.Entry, ev review.Event) {
	switch e := ev.(type) {
	case review.ModuleAttached:
		out.What, out.Thing, out.Href, out.Why = "attached module", e.Module.Key+", version "+strconv.Itoa(e.Module.Version), LifecycleURL(e.Module.Key, e.Module.Version), e.Reason
		out.Why += t.asks(e.Asks)
	case review.ModuleDetached:
		out.State = ui.Stop
		out.What, out.Thing, out.Href, out.Why = "detached module", e.Module.Key+", version "+strconv.Itoa(e.Module.Version), LifecycleURL(e.Module.Key, e.Module.Version), e.Reason
	case review.DefinitionPinned:
		out.What, out.Thing = "pinned the readiness definition", e.Definition.Key+", version "+strconv.Itoa(e.Definition.Version)
		out.Href, out.Why = LifecycleURL(e.Definition.Key, e.Definition.Version), e.Reason
	case review.PolicyAttached:
		out.What, out.Thing, out.Href, out.Why = "attached policy", e.Policy.Key+", version "+strconv.Itoa(e.Policy.Version), LifecycleURL(e.Policy.Key, e.Policy.Version), e.Reason
	case review.PolicyDetached:
		out.State = ui.Stop
		out.What, out.Thing, out.Href, out.Why = "detached policy", e.Policy.Key+", version "+strconv.Itoa(e.Policy.Version), LifecycleURL(e.Policy.Key, e.Policy.Version), e.Reason
	case review.EnvironmentAdded:
		out.What, out.Thing, out.Href = "added the "+environmentKind(e.Environment.Kind)+" environment", e.Environment.Name, EnvironmentsURL(t.Project)
		out.Why = e.Reason + confirmAgain(e.Reconfirm)
	case review.EnvironmentRenamed:
		out.What, out.Thing, out.Href, out.Why = "renamed the environment "+e.From+" to", e.To, EnvironmentsURL(t.Project), e.Reason
	case review.EnvironmentRemoved:
		out.State, out.What, out.Thing, out.Href = ui.Stop, "removed the environment", e.Name, EnvironmentsURL(t.Project)
		out.Why = e.Reason + confirmAgain(e.Reconfirm)
	case review.ItemAdded:
		t.toItem(out, e.Stage, e.Item)
		out.What, out.Thing, out.Why = "added the project's own item", e.Added.Title, e.Added.Why
	case review.ItemDropped:
		t.toItem(out, e.Stage, e.Item)
		out.State, out.What, out.Href, out.Why = ui.Stop, "dropped the project's own item", "", e.Reason
	case review.CoreMarked:
		t.toItem(out, e.Stage, e.Item)
		out.What, out.Why = "marked as core:", e.Reason
		if !e.Core {
			out.What = "took the core mark off"
		}
	case review.PlanUpgraded:
		out.What, out.Thing = "upgraded the plan to", e.Lifecycle.Key+", version "+strconv.Itoa(e.Lifecycle.Version)
		out.Href, out.Why = LifecycleURL(e.Lifecycle.Key, e.Lifecycle.Version), e.Reason
		if d := e.Definition; d.Version > 0 {
			out.Why += "\nReadiness definition " + d.Key + ", version " + strconv.Itoa(d.Version) + "."
		}
		out.Why += confirmAgain(e.Reconfirm) + t.asks(e.Asks)
	case review.UpgradeUndone:
		out.State, out.What, out.Why = ui.Stop, "undid the last upgrade of the plan", e.Reason
	default:
		t.level(out, ev)
	}
}

// confirmAgain tells how many answers a change of the plan had confirmed again, on a
// line of its own.
func confirmAgain(items []plan.ItemKey) string {
	if len(items) == 0 {
		return ""
	}
	return "\n" + CountOf(len(items), "answer") + " to confirm again."
}

// asks tells which questions about the project a change of its plan opened, on a
// line of its own.
func (t Teller) asks(questions []plan.Flag) string {
	if len(questions) == 0 {
		return ""
	}
	return "\nTo be answered: " + strings.Join(flagLabels(t.Template, questions), "; ") + "."
}

// level tells what changed how much an item weighs.
func (t Teller) level(out *ui.Entry, ev review.Event) {
	switch e := ev.(type) {
	case review.LevelRaised:
		t.toItem(out, e.Stage, e.Item)
		out.What, out.Why = "raised from "+weight(e.From)+" to "+weight(e.To)+":", e.Reason
	case review.LevelLowered:
		t.toItem(out, e.Stage, e.Item)
		out.State = ui.Waived
		out.What, out.Why = "approved"+strings.TrimSuffix(t.aside(e.For), ",")+", as "+t.Names(e.Asked)+" asked, lowering from "+weight(e.From)+" to "+weight(e.To)+":", e.Reason
	case review.LoweringAsked:
		t.toItem(out, e.Stage, e.Item)
		out.State, out.What, out.Why = ui.Wait, "asked to lower from "+weight(e.From)+" to "+weight(e.To)+":", e.Reason
	case review.LoweringRefused:
		t.toItem(out, e.Stage, e.Item)
		out.State, out.What, out.Why = ui.Bad, "turned down lowering", e.Reason
	}
}

// weight is a level in the middle of a sentence.
func weight(l plan.Level) string {
	if l == plan.LevelNone {
		return "not asked"
	}
	return strings.ToLower(l.Label())
}
