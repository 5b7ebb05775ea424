package page

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/fold"
	"github.com/slipway-prr/slipway/internal/review"
)

var tagsHint = "Words by which lists find it, parted by commas, such as mobile, pci. At most " + strconv.Itoa(review.MaxTags) + " of " + strconv.Itoa(review.MaxTag) + " characters."

// TagText are tags as a field and a line have them.
func TagText(tags []string) string { return strings.Join(tags, ", ") }

// tagsTyped are the tags in a field.
func tagsTyped(text string) (tags []string) {
	for typed := range strings.SplitSeq(text, ",") {
		if tag := fold.Tag(typed); tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

// Retagged are the tags that were typed beside those that the form was shown, and those of
// these that were deleted.
func (f *ProjectForm) Retagged() (added, deleted []string) {
	typed, shown := tagsTyped(f.Tags), tagsTyped(f.Tagged)
	return notIn(typed, shown), notIn(shown, typed)
}

func notIn(tags, others []string) []string {
	return slices.DeleteFunc(slices.Clone(tags), func(t string) bool { return slices.Contains(others, t) })
}

// tagChanges says which tags came and went.
func tagChanges(e review.ProjectTagged) string {
	var lines []string
	for _, c := range []struct {
		word       string
		tags, than []string
	}{{"Added: ", e.Tags, e.Was}, {"Removed: ", e.Was, e.Tags}} {
		if tags := notIn(c.tags, c.than); len(tags) > 0 {
			lines = append(lines, c.word+TagText(tags))
		}
	}
	return strings.Join(lines, "\n")
}
