package review_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/review"
)

func (w *world) parts(by review.PersonID, rows ...review.Responsibility) error {
	return w.r.SetResponsibilities(w.actor(by), w.r.Project.ResponsibilitiesDigest(), rows, w.tick())
}

func crew(name string, parts ...review.Part) review.Responsibility {
	return review.Responsibility{Team: name, Parts: parts}
}

func given(p review.PersonID, parts ...review.Part) review.Responsibility {
	return review.Responsibility{Person: p, Parts: parts}
}

// matrix writes the rows in short.
func (w *world) matrix() string {
	var out []string
	for _, m := range w.r.Project.Matrix() {
		out = append(out, strings.TrimSpace(fmt.Sprint(m.Team, m.Person, m.Duty, " ", strings.Join(words(m.Parts), "+"))))
	}
	return strings.Join(out, "\n")
}

// The matrix is what follows from the settings and the members, and what is said
// beside it: each team and person once, with nothing said twice.
func TestMatrix(t *testing.T) {
	w := newWorld(t)
	w.ok(w.parts(owner,
		given(archie, review.PartApproves), crew("Night watch", review.PartRuns, review.PartRuns), crew("Till", review.PartBuilds, review.PartRuns),
		given(member, review.PartInformed, review.PartBuilds), given(archie, review.PartInformed), crew("Empty"), given(0),
	))
	want := strings.Join([]string{
		"Till0 builds+runs", "Night watch0 runs", fmt.Sprint(owner, "owner builds"), fmt.Sprint(deputy, "deputy builds"), fmt.Sprint(member, "member builds+informed"),
		fmt.Sprint(mate, "member builds"), fmt.Sprint(insider, "member builds"), fmt.Sprint(archie, " approves+informed"),
	}, "\n")
	if got := w.matrix(); got != want {
		t.Errorf("the matrix is\n%s\nwant\n%s", got, want)
	}
	if n := len(w.r.Project.Responsibilities); n != 4 || !slices.Equal(w.r.Project.Approvers(), []review.PersonID{archie}) {
		t.Errorf("%d rows are kept, approvers %v", n, w.r.Project.Approvers())
	}
	w.ok(w.silent(func() error { return w.parts(owner, w.r.Project.Responsibilities...) }))
	w.replays()
}

func TestWhoSetsResponsibilities(t *testing.T) {
	w := newWorld(t)
	row := crew("Night watch", review.PartRuns)
	for p, want := range map[review.PersonID]string{member: "denied", archie: "denied", viewer: "denied"} {
		w.refused(w.silent(func() error { return w.parts(p, row) }), want)
	}
	shown := w.r.Project.ResponsibilitiesDigest()
	w.ok(w.parts(deputy, row))
	w.refused(w.silent(func() error {
		return w.r.SetResponsibilities(w.actor(owner), shown, []review.Responsibility{crew("Day watch", review.PartRuns)}, w.tick())
	}), "outdated")
	w.ok(w.parts(manager))
	if len(w.r.Project.Responsibilities) != 0 {
		t.Errorf("left are %v", w.r.Project.Responsibilities)
	}
	w.replays()
}

func TestWrongResponsibilities(t *testing.T) {
	many := make([]review.Responsibility, review.MaxResponsibilities+1)
	for i := range many {
		many[i] = crew(fmt.Sprint("Team ", i), review.PartRuns)
	}
	for name, tc := range map[string]struct {
		rows  []review.Responsibility
		field string
	}{
		"both":             {[]review.Responsibility{{Person: member, Team: "Night", Parts: []review.Part{review.PartRuns}}}, "team-1"},
		"neither":          {[]review.Responsibility{crew("A", review.PartRuns), {Parts: []review.Part{review.PartRuns}}}, "person-2"},
		"unknown":          {[]review.Responsibility{given(member, "pays")}, "person-1"},
		"who sees nothing": {[]review.Responsibility{given(nobody, review.PartInformed)}, "person-1"},
		"builds elsewhere": {[]review.Responsibility{given(archie, review.PartBuilds)}, "person-1"},
		"a long name":      {[]review.Responsibility{crew(strings.Repeat("x", 200), review.PartRuns)}, "team-1"},
		"too many":         {many, fmt.Sprint("person-", len(many))},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			err := w.silent(func() error { return w.parts(owner, tc.rows...) })
			w.refused(err, "invalid")
			if !strings.Contains(err.Error(), tc.field+": ") {
				t.Errorf("it is about %v, want %s", err, tc.field)
			}
		})
	}
}

// Who is informed of a restricted project has to see it; who was named before may
// stay named.
func TestResponsibilitiesOfARestrictedProject(t *testing.T) {
	w := newWorld(t)
	w.ok(w.parts(owner, given(viewer, review.PartInformed)))
	w.ok(w.edit(owner, func(f *review.ProjectFields) { f.Restricted = true }))
	w.refused(w.silent(func() error {
		return w.parts(owner, given(archie, review.PartApproves), given(viewer, review.PartInformed))
	}), "invalid")
	w.ok(w.parts(owner, given(viewer, review.PartInformed), crew("Night", review.PartRuns)))
}

// What somebody is named for goes to who takes over. Without a successor they stay
// named while they can see the project.
func TestPartsAreHandedOver(t *testing.T) {
	for _, to := range []review.PersonID{mate, 0} {
		w := newWorld(t)
		w.ok(w.parts(owner, given(member, review.PartRuns), given(mate, review.PartInformed)))
		if tasks := w.r.Tasks(member); len(tasks) != 1 || !tasks[0].Named || tasks[0].Title != "Runs" {
			t.Errorf("what they leave is %+v", tasks)
		}
		w.ok(w.r.RemoveMember(w.actor(owner), member, to, w.tick()))
		got := map[review.PersonID]string{}
		for _, r := range w.r.Project.Responsibilities {
			got[r.Person] = strings.Join(words(r.Parts), "+")
		}
		want := map[review.PersonID]string{mate: "informed"}
		if to != 0 {
			want[mate] = "runs+informed"
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("handed to %d: %v, want %v", to, got, want)
		}
		w.replays()
	}
	w := newWorld(t)
	w.roles[member] = []review.Role{review.RoleViewer}
	w.know()
	w.ok(w.parts(owner, given(member, review.PartInformed)))
	w.ok(w.r.RemoveMember(w.actor(owner), member, 0, w.tick()))
	if len(w.r.Project.Responsibilities) != 1 {
		t.Error("who can still see the project is no longer informed")
	}
}
