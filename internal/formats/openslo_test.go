package formats

import (
	"reflect"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/record"
)

const someSLOs = `# objectives of the shop
apiVersion: openslo/v1
kind: SLI
metadata:
  name: answered
  displayName: Requests answered in time
spec:
  ratioMetric:
    counter: true
    good:
      metricSource:
        type: Prometheus
        spec:
          query: sum(rate(http_ok[5m]))
    total:
      metricSource:
        metricSourceRef: prom
        spec: {query: "sum(rate(http_all[5m]))"}
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: shop-answers
  displayName: The shop answers
  labels: {team: [shop, web]}
spec:
  description: Customers leave after three seconds.
  service: shop
  indicatorRef: answered
  timeWindow:
    - duration: 4w
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - displayName: Good days
      target: 0.9995
    - targetPercent: 90
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: page-us}
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: fast}
spec:
  indicator:
    metadata: {name: latency}
    spec:
      thresholdMetric:
        metricSource: {type: Datadog, spec: {query: "p95:latency"}}
  timeWindow: [{duration: 1M, calendar: {startTime: "2026-01-01 00:00:00", timeZone: UTC}}]
  budgetingMethod: Occurrences
  objectives: [{op: lte, value: 300, target: 0.95}]
`

func TestReadOpenSLO(t *testing.T) {
	got, problems := ReadOpenSLO([]byte(someSLOs))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	method := "Good (Prometheus): query: sum(rate(http_ok[5m]))\nAll (prom): query: sum(rate(http_all[5m]))"
	want := []Objective{
		{"shop-answers-1", "The shop answers: Good days", "Customers leave after three seconds.", record.Values{"indicator": "Requests answered in time", "objective": "99.95", "window": "28d", "method": method}},
		{"shop-answers-2", "The shop answers: 90 %", "Customers leave after three seconds.", record.Values{"indicator": "Requests answered in time", "objective": "90", "window": "28d", "method": method}},
		{"fast", "fast", "", record.Values{"indicator": "latency, at most 300", "objective": "95", "window": "30d", "method": "Figure (Datadog): query: p95:latency\nThe file's window is 1M by the calendar; 30 days were taken."}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read\n%+v\nwant\n%+v", got, want)
	}
}

// What is written is read again as it was.
func TestOpenSLOThereAndBack(t *testing.T) {
	in := []Objective{
		{"pay-s1", "Paid: “fast”", "Why?\nBecause.", record.Values{
			"indicator": "within a second, of all", "objective": "99.9999", "window": "90d", "method": "At the edge.\nNot: tests", "source": "https://m.example.test/?a=b#c", "spent": "Stop: mend",
		}},
		{"pay-s2", "yes", "", record.Values{"indicator": "no", "objective": "50", "window": "1d", "method": "1"}},
	}
	b, err := WriteOpenSLO("pay", in)
	if err != nil {
		t.Fatal(err)
	}
	got, problems := ReadOpenSLO(b)
	if len(problems) > 0 || !reflect.DeepEqual(got, in) {
		t.Errorf("%s\nis read as %+v, %v", b, got, problems)
	}
}

func TestOpenSLORefused(t *testing.T) {
	slo := func(change ...string) string {
		return strings.NewReplacer(change...).Replace("apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: a}\nspec:\n  indicatorRef: b\n  timeWindow: [{duration: 28d}]\n  objectives: [{target: 0.9}]\n")
	}
	for name, c := range map[string]struct {
		src, want string
		line      int
	}{
		"nothing":          {"", "holds no objective", 0},
		"only comments":    {"# a\n---\n# b\n", "holds no objective", 0},
		"an older form":    {slo("openslo/v1", "openslo/v1alpha"), "does not say that it is openslo/v1", 1},
		"no mapping":       {"- a\n- b\n", "no mapping", 1},
		"a target above 1": {slo("0.9", "1"), "outside its range", 7},
		"no target":        {slo("target: 0.9", "op: lte"), "has no target", 7},
		"no objectives":    {slo("  objectives: [{target: 0.9}]\n", ""), "has no target", 4},
		"no indicator":     {slo("  indicatorRef: b\n", ""), "has no indicator", 4},
		"another window":   {slo("28d", "17d"), "A window of 17d", 6},
		"an alias":         {slo("{name: a}", "&a {name: a}"), "anchors, aliases", 3},
		"in its second":    {slo() + "---\n" + slo("0.9", "2"), "outside its range", 15},
		"too many":         {strings.Repeat(slo()+"---\n", 201), "201 objectives", 0},
		"cut off":          {"apiVersion: [openslo/v1", "cannot be read", 1},
	} {
		got, problems := ReadOpenSLO([]byte(c.src))
		if len(got) > 0 || len(problems) == 0 || !strings.Contains(problems[0].Message, c.want) || problems[0].Line != c.line || problems[0].Do == "" {
			t.Errorf("%s: %v, %+v", name, got, problems)
		}
	}
}

func FuzzOpenSLO(f *testing.F) {
	f.Add([]byte(someSLOs))
	f.Fuzz(func(t *testing.T, src []byte) {
		got, problems := ReadOpenSLO(src)
		if (len(got) > 0) == (len(problems) > 0) {
			t.Errorf("%d objectives and %d problems", len(got), len(problems))
		}
	})
}
