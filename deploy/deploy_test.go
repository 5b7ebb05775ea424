// Package deploy_test checks what can be checked of the container files without running containers.
package deploy_test

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/jackc/pgx/v5"

	"github.com/slipway-prr/slipway/internal/devstack"
	"github.com/slipway-prr/slipway/internal/devstack/postgres"
	"github.com/slipway-prr/slipway/internal/store"
)

type service struct {
	Image       string            `yaml:"image"`
	Build       map[string]string `yaml:"build"`
	Command     []string          `yaml:"command"`
	Environment map[string]string `yaml:"environment"`
	Ports       []string          `yaml:"ports"`
	Volumes     []string          `yaml:"volumes"`
	NetworkMode string            `yaml:"network_mode"`
	DependsOn   map[string]struct {
		Condition string `yaml:"condition"`
	} `yaml:"depends_on"`
}

func compose(t *testing.T) map[string]service {
	t.Helper()
	raw, err := os.ReadFile("../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]service `yaml:"services"`
	}
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Services) == 0 {
		t.Fatal("no services")
	}
	return file.Services
}

func TestComposeNamesWhatExists(t *testing.T) {
	t.Parallel()
	services := compose(t)
	for name, s := range services {
		if s.Image == "" {
			t.Errorf("%s has no image", name)
		}
		if f := s.Build["dockerfile"]; f != "" {
			if _, err := os.Stat(filepath.Join("..", f)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for on := range s.DependsOn {
			if _, ok := services[on]; !ok {
				t.Errorf("%s depends on %s, which does not exist", name, on)
			}
		}
		if on, ok := strings.CutPrefix(s.NetworkMode, "service:"); ok && services[on].Image == "" {
			t.Errorf("%s shares the network of %s, which does not exist", name, on)
		}
		for _, v := range s.Volumes {
			source, _, _ := strings.Cut(v, ":")
			if !strings.HasPrefix(source, "./") {
				continue
			}
			if _, err := os.Stat(filepath.Join("..", source)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// Demo sign-in asks for no password, so nothing may be reachable from outside the machine.
func TestComposePublishesOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	published := 0
	for name, s := range compose(t) {
		for _, port := range s.Ports {
			published++
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s publishes %s", name, port)
			}
		}
	}
	if published == 0 {
		t.Error("nothing is published")
	}
}

// Every database address uses a role, password and database that the init script makes.
func TestComposeDatabaseAddresses(t *testing.T) {
	t.Parallel()
	services := compose(t)
	passwords := map[string]string{
		postgres.OwnerRole: services["postgres"].Environment["SLIPWAY_OWNER_PASSWORD"],
		postgres.AppRole:   services["postgres"].Environment["SLIPWAY_APP_PASSWORD"],
	}
	roles := map[string]string{"migrate": postgres.OwnerRole, "app": postgres.AppRole, "portfolio": postgres.AppRole}
	for name, role := range roles {
		u, err := url.Parse(services[name].Environment["SLIPWAY_DATABASE_URL"])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		password, _ := u.User.Password()
		if u.User.Username() != role || password != passwords[role] || password == "" || u.Path != "/"+postgres.DatabaseName {
			t.Errorf("%s connects to %s", name, u)
		}
		// The database has no certificate: without this word the program refuses it.
		if tls := services[name].Environment["SLIPWAY_DATABASE_TLS"]; tls != "off" && store.CheckEncrypted(u.String()) != nil {
			t.Errorf("%s: SLIPWAY_DATABASE_TLS is %q", name, tls)
		}
	}
}

// A key that is given is mounted where the server is told to look for it; without
// one nothing has to be there.
func TestComposeTakesACheckpointKey(t *testing.T) {
	t.Parallel()
	app := compose(t)["app"]
	path, ok := strings.CutPrefix(app.Environment["SLIPWAY_CHECKPOINT_KEY_FILE"], "${SLIPWAY_CHECKPOINT_KEY:+")
	path, closed := strings.CutSuffix(path, "}")
	if !ok || !closed || !filepath.IsAbs(path) {
		t.Fatalf("the key is looked for at %q", app.Environment["SLIPWAY_CHECKPOINT_KEY_FILE"])
	}
	if want := "${SLIPWAY_CHECKPOINT_KEY:-/dev/null}:" + path + ":ro"; !slices.Contains(app.Volumes, want) {
		t.Errorf("volumes %v, want %s among them", app.Volumes, want)
	}
}

// The demo people get the same rights as with `make run`.
func TestComposeGroups(t *testing.T) {
	t.Parallel()
	want := strings.Split(devstack.DemoGroupMap(), ", ")
	services := compose(t)
	for _, name := range []string{"app", "portfolio"} {
		got := strings.Fields(services[name].Environment["SLIPWAY_GROUPS"])
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestImageUsesTheGoOfTheModule(t *testing.T) {
	t.Parallel()
	find := func(path, pattern string) string {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m := regexp.MustCompile(pattern).FindSubmatch(raw)
		if m == nil {
			t.Fatalf("%s has nothing like %s", path, pattern)
		}
		return string(m[1])
	}
	module := find("../go.mod", `(?m)^go (\d+\.\d+)`)
	if image := find("Dockerfile", `(?m)^ARG GO_VERSION=(\S+)$`); image != module {
		t.Errorf("the image is built with Go %s, go.mod says %s", image, module)
	}
}

// The init script makes the same roles and rights as the private server of `make run`.
func TestRolesScript(t *testing.T) {
	t.Parallel()
	psql, err := exec.LookPath("psql")
	if err != nil {
		t.Skip("psql is not installed: the server's npm package has no client programs")
	}
	pg, err := postgres.Start(t.Context(), postgres.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pg.Stop(); err != nil {
			t.Error(err)
		}
	})
	admin, err := pgx.Connect(t.Context(), pg.SuperuserURL)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(t.Context())
	for _, sql := range []string{"drop database slipway", "drop role slipway_app", "drop role slipway_owner"} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	address := admin.Config()
	script := exec.CommandContext(t.Context(), "./postgres-roles.sh")
	script.Env = append(os.Environ(), "PGHOST="+address.Host, "PGPORT=5432", "PGPASSWORD="+address.Password,
		"SLIPWAY_OWNER_PASSWORD=it's secret", "SLIPWAY_APP_PASSWORD=other")
	if out, err := script.CombinedOutput(); err != nil {
		t.Fatalf("%s with %s: %v\n%s", script.Path, psql, err, out)
	}
	var got string
	err = admin.QueryRow(t.Context(), `select string_agg(rolname || ' ' || rolcanlogin || ' ' || rolsuper
		|| ' ' || has_database_privilege(rolname, 'slipway', 'connect') || ' ' || has_database_privilege(rolname, 'slipway', 'create'), ', ' order by rolname)
		from pg_roles where rolname like 'slipway%'`).Scan(&got)
	if err != nil {
		t.Fatal(err)
	}
	if want := "slipway_app true false true false, slipway_owner true false true true"; got != want {
		t.Errorf("login, superuser, connect, create: %s, want %s", got, want)
	}
}
