package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/localpg"
)

const root = "../.."

// write makes a folder of files.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func names(sites []site) (names []string) {
	for _, s := range sites {
		names = append(names, s.name)
	}
	slices.Sort(names)
	return names
}

func TestEveryPlaceOfAnEntryIsFound(t *testing.T) {
	sources, err := readSources(write(t, map[string]string{
		"internal/journal/journal.go": `package journal
func Record(ctx context.Context, tx tenantdb.Tx, entry Entry) error { row := entry; return tx.Leave(ctx, row) }
func Seen(ctx context.Context) tenantdb.Question { return seen(ctx) }
func seen(ctx context.Context) tenantdb.Question { by := 1; return tenantdb.Leave(by) }
func read(ctx context.Context) tenantdb.Question { return tenantdb.Many(ctx) }
func (s *Service) Show(ctx context.Context) error { return s.db.Read(ctx, read(ctx), seen(ctx)) }`,
		"internal/timeline/timeline.go": `package timeline
import "passerelle/internal/journal"
func Record(ctx context.Context) error { if err := journal.Record(ctx); err != nil { return err }; return nil }`,
		"internal/a/a.go": `package a
import (
	told "passerelle/internal/journal"
	"passerelle/internal/timeline"
)
func enter(ctx context.Context) error { return told.Record(ctx) }
func (s *Service) Act(ctx context.Context) error { if done { return enter(ctx) }; return enter(ctx) }
func (s *Service) Find(ctx context.Context) error { return s.db.Read(ctx, told.Seen(ctx), s.seen(ctx)) }
func change(ctx context.Context) error { insert(ctx); return timeline.Record(ctx) }`,
		"internal/a/a_test.go": `package a
import "passerelle/internal/journal"
func f() error { return journal.Record() }`,
		"internal/b/b.go": `package b
func Record(ctx context.Context) error { return nil }
func (s *Service) Act(ctx context.Context) error { return Record(ctx) }`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a.Act enter", "a.Act enter (line 7)", "a.Find told.Seen", "a.change timeline.Record", "journal.Show seen", "timeline.Record journal.Record"}
	if got := names(entrySites(sources)); !slices.Equal(got, want) {
		t.Errorf("found\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// In the house, whoever names the journal's or the timeline's functions is found: no entry is forgotten.
func TestTheHouseIsReadWhole(t *testing.T) {
	sources, err := readSources(root)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{} // how many in a file
	for _, s := range entrySites(sources) {
		found[s.source.path]++
	}
	called := regexp.MustCompile(`\b(journal\.(Record|Seen\w*|Found\w*|Searched)|timeline\.Record)\(`)
	for _, s := range sources {
		thin := len(regexp.MustCompile(`(?m)^func .*\{\n\treturn (journal|timeline)\.Record\(`).FindAll(s.content, -1))
		if calls := len(called.FindAll(s.content, -1)); calls-thin > found[s.path] {
			t.Errorf("%s leaves %d entries, and %d places of them are found", s.path, calls-thin, found[s.path])
		}
	}
	if len(found) < 8 {
		t.Errorf("only %v", found)
	}
}

// Everything that can be taken away compiles, in the place where it stands.
func TestWhatIsTakenAwayCompiles(t *testing.T) {
	whole, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	sources, err := readSources(whole)
	if err != nil {
		t.Fatal(err)
	}
	entries := entrySites(sources)
	overlay, err := instrument(whole, t.TempDir(), sources, entries)
	if err != nil {
		t.Fatal(err)
	}
	// What imports them sees no difference.
	changed := []string{"./internal/keys"}
	for _, entry := range entries {
		changed = append(changed, "./"+entry.source.folder())
	}
	slices.Sort(changed)
	command := exec.CommandContext(t.Context(), "go", append([]string{"build", "-overlay", overlay}, slices.Compact(changed)...)...)
	command.Dir = whole
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
	if _, err := instrument(whole, t.TempDir(), nil, nil); err == nil {
		t.Error("that nothing seals any more where it is looked for was not noticed")
	}
}

func TestWhatTestsSay(t *testing.T) {
	exit := exec.Command("false").Run()
	for name, c := range map[string]struct {
		output  string
		err     error
		bit     string
		refused string
	}{
		"all pass":          {"PASS\n", nil, "", ""},
		"one fails":         {"--- FAIL: TestA (0.10s)\n    a_test.go:1: no\nFAIL\n", exit, "TestA", ""},
		"one within":        {"--- FAIL: TestA (0.10s)\n    --- FAIL: TestA/b (0.00s)\n        --- FAIL: TestA/b/c (0.00s)\n--- FAIL: TestB (0.00s)\nFAIL\n", exit, "TestA/b/c", ""},
		"none is there":     {"testing: warning: no tests to run\nPASS\n", nil, "", "there is no such test"},
		"one breaks down":   {"--- FAIL: TestA (0.00s)\npanic: nil map\n\ngoroutine 1\n", exit, "", "broke down"},
		"one never ends":    {"panic: test timed out after 1s\n\trunning tests:\n\t\tTestA (1s)\n\ngoroutine 1\n", exit, "TestA (which never ended)", ""},
		"nobody says which": {"FAIL\n", exit, "", "without saying which"},
		"did not start":     {"", errors.New("no such file"), "", "no such file"},
	} {
		said, err := judge([]byte(c.output), c.err)
		if said.bit != c.bit || (err == nil) != (c.refused == "") || err != nil && !strings.Contains(err.Error(), c.refused) {
			t.Errorf("%s: %q, %v", name, said.bit, err)
		}
	}
}

// toy is a package whose tests notice some things and others not.
const toy = `package toy
import ("flag"; "testing")
var taken = flag.String("taken", "", "")
var _, _ = flag.String("pgtest.address", "", ""), flag.String("pgtest.template", "", "")
func TestSlow(t *testing.T) { if *taken == "seal noticed" { t.Error("bites") } }
func TestWide(t *testing.T) { if *taken == "seal noticed late" { t.Error("bites") } }
func TestAlwaysFails(t *testing.T) { t.Error("always") }
func TestSchemaIsTheSumOfTheFiles(t *testing.T) { t.Error("notices everything") }
`

// TestWhatIsReported takes things away from a toy: what is noticed, what survives, and what says nothing at all.
func TestWhatIsReported(t *testing.T) {
	ctx := t.Context()
	module := write(t, map[string]string{"go.mod": "module toy\n\ngo 1.26\n", "internal/toy/toy.go": "package toy\n", "internal/toy/toy_test.go": toy, "none.json": "{}"})
	folder := t.TempDir()
	tests, err := build(ctx, module, filepath.Join(module, "none.json"), filepath.Join(folder, "tests"), []string{"internal/toy"})
	if err != nil {
		t.Fatal(err)
	}
	// As root, Postgres runs as another account.
	home, err := os.MkdirTemp("", "passerelle-bite-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	if err := os.Chmod(home, 0o755); err != nil {
		t.Fatal(err)
	}
	hired, err := hire(ctx, home, tests, &baseline{steps: map[Step]func() error{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := hired.end(); err != nil {
			t.Error(err)
		}
	})
	ask := func(run ...string) (steps []Step) {
		for _, name := range run {
			steps = append(steps, Step{"internal/toy", name})
		}
		return steps
	}
	report := func(all ...Mutation) (string, int, error) {
		var out strings.Builder
		survived, err := takeAll(ctx, &out, []*worker{hired}, all)
		return out.String(), survived, err
	}

	text, survived, err := report(
		Mutation{Kind: "seal", Name: "noticed", Steps: ask("^TestSlow$", "^TestWide$")},
		Mutation{Kind: "seal", Name: "noticed late", Steps: ask("^TestSlow$", "^TestWide$|^TestSchemaIsTheSumOfTheFiles$")},
		Mutation{Kind: "trigger", Name: "unnoticed", Statement: "create table public.nobody_looks ()", Steps: ask("^TestSlow$", "^TestWide$")},
	)
	if err != nil || survived != 1 {
		t.Errorf("%d survived, %v", survived, err)
	}
	for _, want := range []string{"seal noticed: TestSlow in internal/toy", "seal noticed late: TestWide in internal/toy", "SURVIVED trigger unnoticed", "2 noticed", "-only '^(trigger unnoticed)$'"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	for want, m := range map[string]Mutation{
		"fails, and nothing was taken away: TestAlwaysFails": {Kind: "seal", Name: "x", Steps: ask("^TestAlwaysFails$")},
		"there is no such test":                              {Kind: "seal", Name: "x", Steps: ask("^TestGone$")},
		"take it away":                                       {Kind: "trigger", Name: "x", Statement: "drop trigger x on y", Steps: ask("^TestSlow$")},
	} {
		if _, _, err := report(m); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	broken := write(t, map[string]string{"toy.go": "package toy\nvar x int = nil\n"})
	overlay := write(t, map[string]string{"overlay.json": `{"Replace": {"` + filepath.Join(module, "internal/toy/toy.go") + `": "` + filepath.Join(broken, "toy.go") + `"}}`})
	if _, err := build(ctx, module, filepath.Join(overlay, "overlay.json"), filepath.Join(folder, "broken"), []string{"internal/toy"}); err == nil || !strings.Contains(err.Error(), "does not compile") {
		t.Errorf("what does not compile: %v", err)
	}

	t.Run("nothing in the database is forgotten", func(t *testing.T) { catalogued(t, hired) })
}

// catalogued adds a table with everything that a table has, and looks for it in the list of what can be taken away.
func catalogued(t *testing.T, w *worker) {
	ctx := t.Context()
	before, err := things(ctx, w.cluster.ConnString(intact, localpg.Superuser))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(ctx, w.cluster.ConnString(intact, localpg.Superuser))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `create table scraps (tenant_id uuid not null, words bytea); alter table scraps enable row level security; alter table scraps force row level security;
		comment on column scraps.words is 'Sealed under the keyset of the dossier.'; create policy tenant_fence on scraps as restrictive using (true);
		create trigger scraps_stay before update on scraps for each row execute function refuse_to_change_the_journal();
		grant select, insert on scraps to passerelle_app; grant update (words) on scraps to passerelle_rotation; create sequence numbers; grant usage on sequence numbers to passerelle_app`); err != nil {
		t.Fatal(err)
	}
	after, err := things(ctx, w.cluster.ConnString(intact, localpg.Superuser))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, thing := range after {
		if !slices.Contains(before, thing) {
			found = append(found, thing.Kind+" "+thing.Name)
		}
	}
	for _, want := range []string{
		"seal scraps.words", "trigger public.scraps scraps_stay", "policy public.scraps tenant_fence", "fence public.scraps disable", "fence public.scraps no force",
		"grant select public.scraps from passerelle_app", "grant insert public.scraps from passerelle_app", "grant update public.scraps.words from passerelle_rotation",
		"grant usage public.numbers from passerelle_app", "excess delete public.scraps to passerelle_app", "excess select public.scraps to passerelle_platform",
		"excess update public.scraps.tenant_id to passerelle_rotation", "excess select public.scraps to public",
	} {
		if !slices.Contains(found, want) {
			t.Errorf("%s is forgotten: %v", want, found)
		}
	}
	for kind, least := range map[string]int{"seal": 7, "trigger": 12, "policy": 80, "fence": 40, "grant": 100, "excess": 250} {
		if n := len(slices.DeleteFunc(slices.Clone(before), func(one thing) bool { return one.Kind != kind })); n < least {
			t.Errorf("only %d of %s", n, kind)
		}
	}
}
