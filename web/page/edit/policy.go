package edit

import (
	"net/url"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/web/page"
)

// maxSource is the longest address of a policy's source.
const maxSource = 2000

// Policy is what a policy says, but for its name.
func Policy() Part {
	return Part{
		Name: "policy",
		Fields: []Input{
			{"issuer", "Issued by", One}, {"reference", "Reference", One}, {"source", "Source", One}, {"review-by", "Next review by", One},
			{"requirements", "Requirements", One},
		},
		values: func(d plan.Document) (url.Values, bool) {
			p := d.Policy
			if p == nil {
				return nil, false
			}
			return url.Values{
				"issuer": {p.Issuer}, "reference": {p.Reference}, "source": {p.Source}, "review-by": {p.ReviewBy},
				"requirements": {plan.RequirementLines(p.Requirements)},
			}, true
		},
		put: func(d plan.Document, r *reader) {
			p := d.Policy
			p.Issuer, p.Reference = r.text("issuer", plan.MaxName, false), r.text("reference", plan.MaxName, false)
			if p.Source = r.text("source", maxSource, false); p.Source != "" && !strings.HasPrefix(p.Source, "https://") && !strings.HasPrefix(p.Source, "http://") {
				r.problems.Add("source", "is not the address of a web page; write one that begins with https://")
			}
			p.ReviewBy = r.text("review-by", plan.MaxName, false)
			if _, err := time.Parse(time.DateOnly, p.ReviewBy); p.ReviewBy != "" && err != nil {
				r.problems.Add("review-by", "is not a date; write it as 2027-03-31")
			}
			all, err := plan.ParseRequirements(r.text("requirements", plan.MaxRequirements*plan.MaxRequired, true))
			if err != nil {
				r.problems.Add("requirements", err.Error())
				return
			}
			p.Requirements = all
		},
	}
}

// policyURL is where the form of a policy is sent.
func (d *Draft) policyURL() string { return page.DraftURL(d.Key()) + "/policy" }
