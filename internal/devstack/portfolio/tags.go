package portfolio

import "github.com/slipway-prr/slipway/internal/review"

// tags are those of some of the projects.
func tags(key review.ProjectKey) []string {
	return map[review.ProjectKey][]string{
		"payments-gateway": {"pci", "black friday"},
		"card-vault":       {"pci"},
		"fraud-scoring":    {"machine learning", "black friday"},
		"refunds-desk":     {"support"},
		"chargeback-desk":  {"pci", "support"},
	}[key]
}
