package arch

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// ladder is who may import whom, lowest step first: a package imports only what stands on lower steps. Packages
// of one step do not know each other, but for views: a page shows parts of others.
var ladder = [][]string{
	{"internal/fault", "internal/clamd", "internal/config", "internal/localpg", "internal/metrics", "internal/outages", "internal/pace", "internal/tracing", "internal/progress", "internal/sheets", "migrations", "policies", "static", "tenants"},
	{"internal/ids", "internal/i18n", "internal/migrate", "internal/cleaning"},
	{"internal/tenantdb", "internal/forms", "internal/paper", "internal/deadlines", "internal/blueprints"},
	{"internal/access", "internal/files", "internal/keys", "internal/live", "internal/jobs", "internal/mail"},
	{"internal/cast", "internal/disclosure", "internal/journal", "internal/retention"},
	{"internal/timeline", "internal/alerts", "internal/backups"},
	{"internal/messages", "internal/signin", "internal/agenda"},
	{"internal/announcements", "internal/usage", "internal/transfers"},
	{"internal/members"},
	{"internal/offices", "internal/connections", "internal/passkeys", "internal/platform"},
	{"internal/provisioning"},
	{"internal/mandates", "internal/departures"},
	{"internal/dossiers", "internal/operators"},
	{"internal/consents", "internal/restrictions"},
	{"internal/imports", "internal/exports"},
	{"internal/statistics"},
	{"internal/houserules"},
	{"internal/reflections", "internal/stays", "internal/proceedings", "internal/inquiries", "internal/confidences", "internal/moves"},
	{"internal/housing"},
	{"internal/tasks"},
	{"internal/interviews"},
	{"internal/minors"},
	{"internal/risks"},
	{"internal/identifications"},
	{"internal/projects"},
	{"internal/returns"},
	{"internal/claims"},
	{"internal/interpreters"},
	{"internal/appointments"},
	{"internal/letters", "internal/documents"},
	{"internal/referrals"},
	{"internal/erasures"},
	{"internal/reminders", "internal/handovers"},
	{"internal/inbox"},
	{"views/ui", "views/paths"},
	{"views/*view"},
	{"internal/web"},
	{"internal/*/*web"},
	{"internal/app", "internal/console"},
	{"internal/pgtest", "internal/clamd/clamdtest", "internal/demo/idp", "internal/bite/taken"},
	{"internal/demo", "internal/bench", "internal/bite"},
	{"internal/webtest"},
	{"internal/browsertest"},
	{"cmd/passerelle"},
}

// narrow packages import less than their step would let them.
var narrow = map[string][]string{
	"views/ui":          {"internal/access", "internal/fault", "internal/i18n", "internal/ids", "static"},
	"internal/web":      {"internal/access", "internal/fault", "internal/i18n", "internal/ids", "internal/journal", "internal/keys", "internal/live", "internal/pace", "internal/tenantdb", "internal/tracing", "static", "views/ui", "views/paths"},
	"internal/demo/idp": {"internal/i18n"},
	// What serves those who run the installation knows no capability of the application, and opens no key.
	"internal/console":   {"internal/announcements", "internal/mandates", "internal/usage", "internal/operators", "internal/operators/operatorsweb", "internal/pace", "internal/passkeys", "internal/platform", "internal/platform/platformweb", "internal/signin", "internal/tenantdb", "internal/web"},
	"internal/operators": {"internal/access", "internal/fault", "internal/ids", "internal/passkeys", "internal/signin", "internal/tenantdb"},
}

func step(dir string) int {
	return slices.IndexFunc(ladder, func(names []string) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			matched, _ := path.Match(name, dir) // the patterns above are well formed
			return matched
		})
	})
}

func climbs(files []file) (found []string) {
	for _, f := range files {
		if f.syntax == nil || f.test() {
			continue
		}
		from := step(f.dir())
		if from < 0 {
			found = append(found, fmt.Sprintf("%s: say in ladder where %s stands", f.path, f.dir()))
			continue
		}
		for _, imported := range f.imports() {
			to, ours := strings.CutPrefix(imported, module)
			if !ours {
				continue
			}
			allowed, isNarrow := narrow[f.dir()]
			if part, _ := path.Match("views/*view", to); part && strings.HasPrefix(f.dir(), "views/") && step(to) == from {
				continue
			}
			if step(to) < 0 || step(to) >= from || isNarrow && !slices.Contains(allowed, to) {
				found = append(found, fmt.Sprintf("%s imports %s, which it should not know", f.path, to))
			}
		}
	}
	return found
}

func TestNothingImportsUpward(t *testing.T) {
	guard(t, climbs, map[string]seed{
		"downward":               {"-- internal/dossiers/a.go --\npackage dossiers\nimport _ \"passerelle/internal/access\"", ""},
		"upward":                 {"-- internal/dossiers/a.go --\npackage dossiers\nimport _ \"passerelle/internal/referrals\"", "dossiers/a.go imports internal/referrals"},
		"a neighbour":            {"-- internal/offices/officesweb/a.go --\npackage officesweb\nimport _ \"passerelle/internal/dossiers/dossiersweb\"", "imports internal/dossiers/dossiersweb"},
		"a view its handlers":    {"-- views/dossiersview/a.go --\npackage dossiersview\nimport _ \"passerelle/internal/web\"", "imports internal/web"},
		"a view another's part":  {"-- views/inboxview/a.go --\npackage inboxview\nimport _ \"passerelle/views/referralsview\"", ""},
		"a package without step": {"-- internal/utils/a.go --\npackage utils", "where internal/utils stands"},
		"web a capability":       {"-- internal/web/a.go --\npackage web\nimport _ \"passerelle/internal/dossiers\"", "imports internal/dossiers"},
		"tests go anywhere":      {"-- internal/dossiers/a_test.go --\npackage dossiers\nimport _ \"passerelle/internal/webtest\"", ""},
	})
}

// libraries names, of the libraries that should have one home, which files know them: by folder, or by name.
var libraries = map[string][]string{
	"github.com/coreos/go-oidc":          {"internal/signin/*"},
	"github.com/descope/virtualwebauthn": {"internal/webtest/*"},
	"github.com/go-webauthn/webauthn":    {"internal/passkeys/*"},
	"github.com/hbollon/go-edlib":        {"internal/dossiers/*"},
	"github.com/scim2/filter-parser":     {"internal/provisioning/provisioningweb/*"},
	"github.com/mozillazg/go-unidecode":  {"internal/dossiers/*"},
	"golang.org/x/mod/sumdb":             {"internal/journal/*"},
	"golang.org/x/oauth2":                {"internal/signin/*"},
	"github.com/casbin/casbin":           {"internal/access/*"},
	"github.com/zitadel/oidc":            {"internal/demo/idp/*"},
	"github.com/gofiber/fiber":           {"internal/web/*", "internal/*/*web/*", "internal/app/*"},
	"github.com/valyala/fasthttp":        {"internal/web/*", "internal/bench/*"},
	"github.com/caarlos0/env":            {"internal/config/*"},
	"filippo.io/age":                     {"internal/transfers/*", "internal/departures/*", "internal/backups/*"},
	"github.com/tink-crypto":             {"internal/keys/*"},
	"github.com/nicksnyder/go-i18n":      {"internal/i18n/*"},
	"github.com/rickar/cal":              {"internal/deadlines/*"},
	"github.com/arran4/golang-ical":      {"internal/appointments/*"},
	"codeberg.org/go-pdf/fpdf":           {"internal/paper/*"},
	"github.com/pdfcpu/pdfcpu":           {"internal/cleaning/*"},
	"github.com/bep/imagemeta":           {"internal/cleaning/*"},
	"golang.org/x/image":                 {"internal/cleaning/*"},
	"github.com/minio":                   {"internal/files/*"},
	"go.yaml.in/yaml":                    {"internal/i18n/*", "internal/deadlines/*", "internal/blueprints/*", "internal/platform/*"},
	"github.com/alecthomas/kong":         {"cmd/passerelle/*"},
	"github.com/prometheus":              {"internal/metrics/*"},
	"go.opentelemetry.io":                {"internal/tracing/*"},
	"github.com/xuri/excelize":           {"internal/imports/*", "internal/sheets/*"},
	"github.com/chromedp":                {"internal/browsertest/*"},
	"github.com/jackc/pgx": {"internal/ids/*", "internal/tenantdb/*", "internal/pgtest/*", "internal/migrate/*", "internal/localpg/*",
		"internal/cast/*", "internal/demo/*", "internal/bench/*", "internal/bite/*", "internal/jobs/*", "internal/backups/*store.go", "cmd/passerelle/*"},
	"github.com/riverqueue":  {"internal/jobs/*"},
	"github.com/wneessen":    {"internal/mail/*"},
	"github.com/uptrace/bun": {"internal/tenantdb/*", "internal/migrate/*", "internal/bench/*", "internal/*/*store.go", "internal/timeline/timeline.go"},
	"database/sql":           {"internal/tenantdb/*", "internal/jobs/*", "internal/ids/*", "internal/keys/sealed.go", "internal/*/*store.go"},
	"os/exec":                {"internal/localpg/*", "internal/bench/process.go", "internal/browsertest/*", "internal/bite/*"},
	"unsafe":                 {},
	"net/http/pprof":         {},
	"expvar":                 {},
}

// banned middleware of fiber keeps session ids in the clear, answers one person from another's cache, or logs what it
// should not.
var banned = []string{"cache", "csrf", "encryptcookie", "expvar", "idempotency", "logger", "monitor", "pprof", "proxy", "session", "timeout"}

func strays(files []file) (found []string) {
	for _, f := range files {
		if f.syntax == nil || f.test() {
			continue
		}
		for _, imported := range f.imports() {
			for library, homes := range libraries {
				if imported != library && !strings.HasPrefix(imported, library+"/") {
					continue
				}
				if !slices.ContainsFunc(homes, func(home string) bool { matched, _ := path.Match(home, f.path); return matched }) {
					found = append(found, fmt.Sprintf("%s imports %s, whose home is %v", f.path, imported, homes))
				}
			}
			if name, ok := strings.CutPrefix(imported, "github.com/gofiber/fiber/v2/middleware/"); ok && slices.Contains(banned, name) {
				found = append(found, fmt.Sprintf("%s imports %s, which is banned", f.path, imported))
			}
		}
	}
	return found
}

func TestLibrariesHaveOneHome(t *testing.T) {
	guard(t, strays, map[string]seed{
		"bun in a store":       {"-- internal/dossiers/store.go --\npackage dossiers\nimport _ \"github.com/uptrace/bun\"", ""},
		"bun in a rule":        {"-- internal/dossiers/closure.go --\npackage dossiers\nimport _ \"github.com/uptrace/bun\"", "closure.go imports github.com/uptrace/bun"},
		"fiber in a service":   {"-- internal/dossiers/service.go --\npackage dossiers\nimport _ \"github.com/gofiber/fiber/v2\"", "imports github.com/gofiber/fiber/v2"},
		"casbin elsewhere":     {"-- internal/web/a.go --\npackage web\nimport _ \"github.com/casbin/casbin/v2/model\"", "imports github.com/casbin/casbin/v2/model"},
		"tink elsewhere":       {"-- internal/dossiers/store.go --\npackage dossiers\nimport _ \"github.com/tink-crypto/tink-go/v2/aead\"", "imports github.com/tink-crypto/tink-go/v2/aead"},
		"go-oidc elsewhere":    {"-- internal/app/a.go --\npackage app\nimport _ \"github.com/coreos/go-oidc/v3/oidc\"", "imports github.com/coreos/go-oidc/v3/oidc"},
		"pgx in a capability":  {"-- internal/dossiers/store.go --\npackage dossiers\nimport _ \"github.com/jackc/pgx/v5\"", "imports github.com/jackc/pgx/v5"},
		"a banned middleware":  {"-- internal/web/a.go --\npackage web\nimport _ \"github.com/gofiber/fiber/v2/middleware/session\"", "is banned"},
		"an allowed one":       {"-- internal/web/a.go --\npackage web\nimport _ \"github.com/gofiber/fiber/v2/middleware/recover\"", ""},
		"a similar name is no": {"-- internal/dossiers/a.go --\npackage dossiers\nimport _ \"github.com/uptrace/bunny\"", ""},
	})
}

// unserved is what a production server has no use for.
var unserved = []string{"internal/bench", "internal/bite", "internal/bite/taken", "internal/cast", "internal/clamd/clamdtest", "internal/demo", "internal/demo/idp", "internal/localpg", "internal/pgtest", "internal/webtest"}

func carriesDemo(files []file) (found []string) {
	imports := map[string][]string{}
	for _, f := range files {
		if f.syntax == nil || f.test() {
			continue
		}
		from := f.dir()
		if f.path == "cmd/passerelle/serve.go" {
			from = f.path
		}
		for _, imported := range f.imports() {
			if to, ours := strings.CutPrefix(imported, module); ours {
				imports[from] = append(imports[from], to)
			}
		}
	}
	for _, start := range []string{"internal/app", "cmd/passerelle/serve.go"} {
		reached := map[string]bool{}
		for open := []string{start}; len(open) > 0; open = open[1:] {
			for _, next := range imports[open[0]] {
				if !reached[next] {
					reached[next] = true
					open = append(open, next)
				}
			}
		}
		for _, dir := range slices.Sorted(maps.Keys(reached)) {
			if slices.Contains(unserved, dir) {
				found = append(found, fmt.Sprintf("%s carries %s along", start, dir))
			}
		}
	}
	return found
}

func TestServingCarriesNoDemo(t *testing.T) {
	guard(t, carriesDemo, map[string]seed{
		"directly":   {"-- cmd/passerelle/serve.go --\npackage main\nimport _ \"passerelle/internal/demo\"", "serve.go carries internal/demo along"},
		"through":    {"-- internal/app/a.go --\npackage app\nimport _ \"passerelle/internal/web\"\n-- internal/web/a.go --\npackage web\nimport _ \"passerelle/internal/cast\"", "internal/app carries internal/cast"},
		"demo alone": {"-- cmd/passerelle/demo.go --\npackage main\nimport _ \"passerelle/internal/demo\"", ""},
	})
}

func TestServeStandsInAFileOfItsOwn(t *testing.T) {
	if _, err := os.Stat(filepath.Join(root, "cmd/passerelle/serve.go")); err != nil {
		t.Error(err)
	}
}

// least is the oldest release of a library that we may use: earlier ones can be smuggled through, or do not insist on
// channel binding.
var least = map[string]string{"github.com/valyala/fasthttp": "v1.77.0", "github.com/jackc/pgx/v5": "v5.12.0"}

func outdated(goMod []byte) (found []string, err error) {
	parsed, err := modfile.Parse("go.mod", goMod, nil)
	if err != nil {
		return nil, err
	}
	versions := map[string]string{}
	for _, required := range parsed.Require {
		versions[required.Mod.Path] = required.Mod.Version
	}
	for _, replaced := range parsed.Replace {
		found = append(found, "go.mod replaces "+replaced.Old.Path)
	}
	for library, oldest := range least {
		if version := versions[library]; semver.Compare(version, oldest) < 0 {
			found = append(found, fmt.Sprintf("%s %s is older than %s", library, version, oldest))
		}
	}
	return found, nil
}

func TestLibrariesAreNotOlderThanTheirFlaws(t *testing.T) {
	found, err := outdated([]byte("module m\nrequire github.com/valyala/fasthttp v1.76.0\nrequire github.com/jackc/pgx/v5 v5.12.0\n"))
	if err != nil || len(found) != 1 {
		t.Errorf("the guard says %v, %v", found, err)
	}
	content, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if found, err = outdated(content); err != nil || len(found) > 0 {
		t.Error(found, err)
	}
}
