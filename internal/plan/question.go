package plan

// ChoiceKey names a choice within its item.
type ChoiceKey string

// Choice is one thing that may be true of a project, in an item that is a
// question. Any number of them can be chosen.
type Choice struct {
	Key   ChoiceKey `json:"key"`
	Title string    `json:"title"`
	Help  string    `json:"help,omitempty"`    // what it means
	Do    string    `json:"improve,omitempty"` // what to do where it is not chosen
	Links []Link    `json:"links,omitempty"`
}

// Link is further reading.
type Link struct {
	Title string `json:"title,omitempty"`
	URL   string `json:"url"`
}

// Risk is what the choices of a question come to.
type Risk string

// The risks that a rule can find. None means that the item is met; the others
// that it is not.
const (
	RiskNone   Risk = "none"
	RiskMedium Risk = "medium"
	RiskHigh   Risk = "high"
)

// Rule says what a combination of choices comes to. Rules are tried in their
// order, and the first that holds decides.
type Rule struct {
	When string `json:"when"` // keys of choices joined by &&, ||, ! and parentheses; "default" always holds
	Risk Risk   `json:"risk"`
}
