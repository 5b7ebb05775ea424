package review

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Limits of the tags of a project; a tag is so many characters long.
const (
	MaxTags = 12
	MaxTag  = 32
)

// Retag puts tags on the project and takes others off. Tags that somebody else put on or
// took off meanwhile stay so: nothing has to be seen to be kept. A tag that is there
// already, or is gone, changes nothing.
func (r *Review) Retag(by Actor, add, remove []string, at time.Time) error {
	p := &r.Project
	if err := May(by, EditProject, p); err != nil {
		return err
	}
	var c input
	add, remove = c.tags(add), lowered(remove)
	tags := slices.DeleteFunc(slices.Clone(p.Tags), func(t string) bool { return slices.Contains(remove, t) && !slices.Contains(add, t) })
	tags = sorted(append(tags, add...))
	if n := len(tags); n > MaxTags && n > len(p.Tags) {
		c.problems.Add("tags", tooManyTags(n))
	}
	if err := c.problems.Err(); err != nil {
		return err
	}
	if slices.Equal(tags, p.Tags) {
		return nil
	}
	if len(tags) == 0 {
		tags = nil
	}
	return r.record(by, at, ProjectTagged{Tags: tags, Was: p.Tags})
}

func tooManyTags(n int) string {
	return fmt.Sprintf("would be %d; a project has at most %d, so leave some out", n, MaxTags)
}

// tags cleans and checks what was typed as tags. A comma parts one from the next wherever
// they are typed or shown, so none has one.
func (in *input) tags(typed []string) []string {
	out := make([]string, 0, len(typed))
	for _, t := range lowered(typed) {
		before := len(in.problems.Fields)
		t = in.line("tags", t, MaxTag)
		if strings.Contains(t, ",") {
			in.problems.Add("tags", "are parted by commas, so none can have one")
		}
		if t != "" && len(in.problems.Fields) == before {
			out = append(out, t)
		}
	}
	return sorted(out)
}

func lowered(tags []string) []string {
	out := make([]string, len(tags))
	for i, t := range tags {
		out[i] = strings.ToLower(strings.TrimSpace(t))
	}
	return out
}

func sorted(tags []string) []string {
	slices.Sort(tags)
	return slices.Compact(tags)
}
