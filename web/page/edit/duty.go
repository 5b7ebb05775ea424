package edit

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
)

// dutyLines are duties as they are typed, one a line.
func dutyLines(all []plan.Duty) string {
	lines := make([]string, len(all))
	for i, d := range all {
		lines[i] = strconv.Itoa(d.Hours) + " | " + d.Authority + " | " + d.What
		if len(d.When) > 0 {
			lines[i] += " | " + strings.Join(texts(d.When), ", ")
		}
	}
	return strings.Join(lines, "\n")
}

// duties reads them.
func duties(r *reader) []plan.Duty {
	var all []plan.Duty
	for line := range strings.SplitSeq(r.text("notify", plan.MaxDuties*500, true), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		parts := strings.SplitN(line, "|", 4)
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		hours, err := strconv.Atoi(parts[0])
		if err != nil || len(parts) < 3 || hours < 1 || hours > plan.MaxDutyHours {
			r.problems.Add("notify", "has a line that is not hours, an authority and what it is told with “|” between them: "+cut(line, 60))
			return nil
		}
		d := plan.Duty{Hours: hours, Authority: parts[1], What: parts[2]}
		if len(parts) == 4 {
			for key := range strings.SplitSeq(parts[3], ",") {
				if key = strings.TrimSpace(key); !plan.ValidKey(key) {
					r.problems.Add("notify", "names an answer that is no key: "+cut(key, 60))
					return nil
				}
				d.When = append(d.When, plan.Flag(key))
			}
		}
		all = append(all, d)
	}
	if len(all) > plan.MaxDuties {
		r.problems.Add("notify", fmt.Sprintf("has %d lines; at most %d are kept", len(all), plan.MaxDuties))
	}
	return all
}
