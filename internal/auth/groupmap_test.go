package auth_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/auth"
	"github.com/slipway-prr/slipway/internal/devstack"
)

func TestParseGroupMap(t *testing.T) {
	t.Parallel()
	m, err := auth.ParseGroupMap("slipway-admins=admin, seat-sre=seat:sre,\n oncall=seat:sre\r\n oncall = role:viewer ,, \"cn=a, \"\"b\"\",ou=c\"=auditor")
	if err != nil {
		t.Fatal(err)
	}
	want := auth.GroupMap{
		"slipway-admins": {{Role: auth.RoleAdmin}},
		"seat-sre":       {{Seat: "sre"}},
		"oncall":         {{Seat: "sre"}, {Role: auth.RoleViewer}},
		`cn=a, "b",ou=c`: {{Role: auth.RoleAuditor}},
	}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("map = %v", m)
	}
	if got := m.Seats(); !slices.Equal(got, []string{"sre"}) {
		t.Errorf("seats = %q", got)
	}
	known := auth.Identity{GroupsKnown: true, Groups: []string{"oncall", "other", "seat-sre", "SLIPWAY-ADMINS"}}
	if got := grants(m, known); got != "role:viewer seat:sre" {
		t.Errorf("grants = %s", got)
	}
	known.GroupsKnown = false
	if got := grants(m, known); got != "" {
		t.Errorf("unknown groups give %s", got)
	}
	if m, err := auth.ParseGroupMap(" \n "); err != nil || m == nil || len(m) != 0 {
		t.Errorf("empty text: %v, %v", m, err)
	}
}

func TestParseGroupMapReportsEverything(t *testing.T) {
	t.Parallel()
	m, err := auth.ParseGroupMap("a=admin, b=root, c, =viewer, d=seat:, e=seat:SRE, a=role:admin, f=g=admin, \"h=admin")
	if err == nil || m != nil {
		t.Fatalf("accepted as %v", m)
	}
	for _, want := range []string{
		`entry 2 (b=root)`, `entry 3 (c)`, `entry 4 (=viewer)`, `entry 5 (d=seat:)`, `entry 6 (e=seat:SRE)`,
		`entry 7 (a=role:admin): is there twice`, `entry 8 (f=g=admin)`, `entry 9 ("h=admin`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in:\n%v", want, err)
		}
	}
}

func grants(m auth.GroupMap, id auth.Identity) string {
	var out []string
	for _, g := range m.For(id) {
		out = append(out, g.String())
	}
	return strings.Join(out, " ")
}

// TestDemoPeople: the demo has somebody for every role and seat.
func TestDemoPeople(t *testing.T) {
	t.Parallel()
	m, err := auth.ParseGroupMap(devstack.DemoGroupMap())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, p := range devstack.People() {
		got[p.ID] = grants(m, auth.Identity{GroupsKnown: true, Groups: p.Groups})
	}
	want := map[string]string{
		"ada": "role:admin", "marcus": "role:manager", "noor": "role:auditor", "viktor": "role:viewer",
		"tom": "role:viewer seat:product", "priya": "role:viewer seat:engineering", "ines": "role:viewer seat:architecture",
		"diego": "role:viewer seat:qa", "yuki": "role:viewer seat:sre", "hana": "role:viewer seat:sre",
		"sam": "role:viewer seat:security", "lena": "role:viewer seat:compliance", "mei": "role:viewer seat:data",
		"omar":  "role:viewer seat:security seat:sre",
		"jonas": "role:viewer", "rosa": "role:viewer", "kofi": "role:viewer", "elif": "role:viewer", "anna": "role:viewer", "raj": "role:viewer",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("grants = %v\nwant %v", got, want)
	}
}
