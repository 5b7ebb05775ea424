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
	fmt.Fprint(w, "\nAll contenders, medians of the rounds; *spread* is the distance from the slowest to the fastest round:\n\n")
	fmt.Fprint(w, "| contender | clients | per second | spread | p50 ms | p75 ms | p99 ms | mean bytes | errors |\n| --- | --: | --: | --: | --: | --: | --: | --: | --: |\n")
	for _, s := range r.Summaries {
		fmt.Fprintf(w, "| %s | %d | %s | %.0f%% | %s | %s | %s | %s | %d |\n", s.Name, s.Clients, count(s.Rate), 100*s.Spread,
			orDash(s.P50), orDash(s.P75), orDash(s.P99), count(s.MeanBody), s.Errors)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(w, "\n- %s", n)
	}
	fmt.Fprintln(w)
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
