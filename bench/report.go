package bench

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// Report is a run's outcome.
type Report struct {
	Title     string // "quick" or "full"
	Machine   string
	Summaries []Summary
	Figures   Figures
	Notes     []string
}

// Markdown writes the report: goals first, then all that was measured.
func (r Report) Markdown(w io.Writer) {
	fmt.Fprintf(w, "### %s run\n\n%s\n\n", r.Title, r.Machine)
	fmt.Fprint(w, "| | measure | value | yardstick | ratio | goal | |\n| --- | --- | --: | --: | --: | --: | --- |\n")
	var missing []string
	for _, g := range Goals() {
		v := judge(g, r.Figures)
		if v.State == NotMeasured {
			missing = append(missing, fmt.Sprintf("%s (%s)", g.ID, g.What))
			continue
		}
		yard, ratio := "", ""
		if g.Over != "" {
			yard = fmt.Sprintf("%s: %s", strings.Fields(g.Over)[0], r.Figures.text(g.Over))
			ratio = fmt.Sprintf("%.2f", v.Got)
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %v | %v |\n", g.ID, g.What, r.Figures.text(g.Value), yard, ratio, g.Bound, v.State)
	}
	if len(missing) > 0 {
		fmt.Fprintf(w, "\nNot measured in this run: %s.\n", strings.Join(missing, "; "))
	}
	fmt.Fprint(w, "\nAll contenders, medians of the rounds; *spread* is the distance from the slowest to the fastest round, "+
		"*server* and *database* the\nprocessor time of one answer, which is what to look at where others use the machine too:\n\n")
	fmt.Fprint(w, "| contender | clients | per second | spread | p50 ms | p75 ms | p99 ms | server µs | database µs | mean bytes | errors |\n"+
		"| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |\n")
	for _, s := range r.Summaries {
		fmt.Fprintf(w, "| %s | %d | %s | %.0f%% | %s | %s | %s | %s | %s | %s | %d |\n", s.Name, s.Clients, count(s.Rate), 100*s.Spread,
			orDash(s.P50), orDash(s.P75), orDash(s.P99), micros(s.Server), micros(s.Database), count(s.MeanBody), s.Errors)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(w, "\n- %s", n)
	}
	fmt.Fprintln(w)
}

// inProcessorTime compares what an answer costs the server and the database, which others on the machine change little. What the
// clients cost is left out, and so is waiting: of a write that is forced to disk it tells only a part.
func (r *Report) inProcessorTime() {
	for _, pair := range [...]struct{ what, over string }{
		{"checklist@16", "page-hyb@16"}, {"largest@16", "largest-hyb@16"}, {"checklist-304@16", "db1@16"}, {"checklist-cached@16", "db1@16"},
		{"tick@16", "tick-raw@16"}, {"sign@16", "tick-raw@16"},
	} {
		mine, yard := r.Figures[pair.what+" µs"], r.Figures[pair.over+" µs"]
		if mine > 0 && yard > 0 {
			r.Notes = append(r.Notes, fmt.Sprintf("In processor time of server and database, %s costs %.2f times %s.", pair.what,
				mine/yard, pair.over))
		}
	}
}

// Failures says which contenders made errors, and the first error of each.
func (r Report) Failures() []string {
	var failures []string
	for _, s := range r.Summaries {
		if s.Errors > 0 {
			failures = append(failures, fmt.Sprintf("%s@%d: %d errors, first: %v", s.Name, s.Clients, s.Errors, s.First))
		}
	}
	return failures
}

// text is a figure as people read it, its unit being the last word of its name.
func (f Figures) text(name string) string {
	v := f[name]
	switch unit := name[strings.LastIndexByte(name, ' ')+1:]; unit {
	case "rate":
		return count(v) + "/s"
	case "p50", "p75", "p99":
		return fmt.Sprintf("%.2f ms", v)
	case "bytes":
		return fmt.Sprintf("%.1f KiB", v/1024)
	case "ms", "KiB", "MiB", "MB":
		return fmt.Sprintf("%.1f %s", v, unit)
	default:
		return count(v)
	}
}

func orDash(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", milliseconds(d))
}

func micros(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return count(float64(d) / float64(time.Microsecond))
}

// count is a number without fraction, its thousands apart.
func count(v float64) string {
	digits := strconv.FormatFloat(v, 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// writeSection puts text between the section's markers in a Markdown file, in place of what was there, or at its end.
func writeSection(path, section, text string) error {
	raw, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("results: %w", err)
	}
	first, last := fmt.Sprintf("<!-- measured: %s -->\n", section), fmt.Sprintf("<!-- end of %s -->\n", section)
	before, rest, found := strings.Cut(string(raw), first)
	_, after, closed := strings.Cut(rest, last)
	if found && !closed {
		return fmt.Errorf("results: %s has the start of section %q but not its end", path, section)
	}
	if !found && before != "" {
		before = strings.TrimRight(before, "\n") + "\n\n"
	}
	if err := os.WriteFile(path, []byte(before+first+strings.TrimRight(text, "\n")+"\n"+last+after), 0o644); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	return nil
}
