package mandates_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"passerelle/internal/announcements"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/mandates"
	"passerelle/internal/pgtest"
	"passerelle/internal/platform"
	"passerelle/internal/tenantdb"
	"passerelle/internal/usage"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// ada runs the installation, and works for no tenant.
func ada(t *testing.T) context.Context {
	return cast.Ada.Context(t.Context())
}

func open(t *testing.T, db *pgtest.Database) *tenantdb.DB {
	t.Helper()
	// What operators do is written down with who did it.
	db.Exec(t, "insert into console.operators (operator_id, name, email, issuer, subject) values ($1, $2, $3, 'x', 'x') on conflict do nothing", cast.Ada.ID, cast.Ada.Name, cast.Ada.Email)
	console, err := tenantdb.Open(t.Context(), db.PlatformConnString, tenantdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(console.Close)
	return console
}

// Ada asks Vaud; Anna, who administers it, lets her; what Ada then does stands on Anna's page. Without that, for another tenant, once it
// has ended or its time is up, she does nothing.
func TestAnOperatorActsForATenantThatLetsHer(t *testing.T) {
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	var ahead time.Duration
	now := func() time.Time { return time.Now().Add(ahead) }
	tenant, console := mandates.New(db.App, now), mandates.New(open(t, db), now)
	request := mandates.Request{MandateID: ids.New[mandates.Mandate](), TenantID: cast.Vaud.ID, Purpose: "Nobody can sign in", Acts: []mandates.Act{mandates.CorrectRegistry}, Hours: 2}
	correction := platform.Correction{Name: "Vaud, anew", Languages: []i18n.Lang{i18n.FR}, Regime: "cantonal"}
	refused := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s: %v, want refused", what, err)
		}
	}
	missing := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, fault.NotFound()) {
			t.Errorf("%s: %v, want not found", what, err)
		}
	}
	missing("without a mandate", console.Correct(ada(t), cast.Vaud.ID, request.MandateID, correction))
	for range 2 { // sent twice
		if err := console.Ask(ada(t), request); err != nil {
			t.Fatal(err)
		}
	}
	refused("before an answer", console.Correct(ada(t), cast.Vaud.ID, request.MandateID, correction))
	refused("a caseworker approves", tenant.Approve(cast.Lea.Context(t.Context()), request.MandateID))
	refused("Ada approves", console.Approve(ada(t), request.MandateID))
	refused("Anna asks", tenant.Ask(cast.Anna.Context(t.Context()), request))
	if err := tenant.Approve(cast.Anna.Context(t.Context()), request.MandateID); err != nil {
		t.Fatal(err)
	}
	if err := tenant.Approve(cast.Anna.Context(t.Context()), request.MandateID); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("approved twice: %v", err)
	}
	if err := console.Correct(ada(t), cast.Vaud.ID, request.MandateID, correction); err != nil {
		t.Fatal(err)
	}
	_, err := console.NameAdministrator(ada(t), cast.Vaud.ID, request.MandateID, ids.New[tenantdb.Person](), platform.Administrator{Name: "Mallory", Email: "mallory@invalid.example"})
	refused("what was not asked for", err)
	missing("another tenant's", console.Correct(ada(t), cast.Geneve.ID, request.MandateID, correction))
	sheet, err := tenant.List(cast.Anna.Context(t.Context()))
	if err != nil || len(sheet.Mandates) != 1 || len(sheet.Mandates[0].Done) != 1 || sheet.Mandates[0].Done[0].About != "Vaud, anew" || sheet.Names[sheet.Mandates[0].ApprovedBy] == "" {
		t.Errorf("Anna sees %+v, %v", sheet, err)
	}
	var entries int
	if err := db.Owner.QueryRow(t.Context(), "select count(*) from journal_entries where tenant_id = $1 and action in ('mandate_asked', 'mandate_approved', 'mandate_used')", cast.Vaud.ID).Scan(&entries); err != nil || entries != 3 {
		t.Errorf("the journal has %d entries of it, %v", entries, err)
	}
	ahead = 3 * time.Hour
	refused("once its time is up", console.Correct(ada(t), cast.Vaud.ID, request.MandateID, correction))
	ahead = 0
	if err := tenant.End(cast.Anna.Context(t.Context()), request.MandateID); err != nil {
		t.Fatal(err)
	}
	refused("once it has ended", console.Correct(ada(t), cast.Vaud.ID, request.MandateID, correction))

	// Somebody whom it lets name an administrator is given a code, once.
	request.MandateID, request.Acts = ids.New[mandates.Mandate](), []mandates.Act{mandates.NameAdministrator}
	if err := errors.Join(console.Ask(ada(t), request), tenant.Approve(cast.Anna.Context(t.Context()), request.MandateID)); err != nil {
		t.Fatal(err)
	}
	member := ids.New[tenantdb.Person]()
	handed, err := console.NameAdministrator(ada(t), cast.Vaud.ID, request.MandateID, member, platform.Administrator{Name: "Beat Roggo", Email: "beat@vaud.example"})
	if err != nil || handed.Code == "" {
		t.Fatalf("%+v, %v", handed, err)
	}
	if _, err := console.NameAdministrator(ada(t), cast.Vaud.ID, request.MandateID, member, platform.Administrator{Name: "Beat Roggo", Email: "beat@vaud.example"}); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("named twice: %v", err)
	}
	for name, act := range map[string]func(context.Context, mandates.ID) error{"approves": tenant.Approve, "refuses": tenant.Refuse, "ends": tenant.End} {
		refused("an office "+name, act(cast.Noe.Context(t.Context()), request.MandateID))
	}
}

// What is announced, limited and counted is for those who run the installation.
func TestWhatOperatorsDo(t *testing.T) {
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	console := open(t, db)
	use, board := usage.New(console, time.Now), announcements.New(console, time.Now)
	words := map[i18n.Lang]string{i18n.FR: "x", i18n.DE: "x", i18n.IT: "x", i18n.EN: "x"}
	draft := announcements.Draft{AnnouncementID: ids.New[announcements.Announcement](), Kind: announcements.Incident, Words: words, FromAt: time.Now(), UntilAt: time.Now().Add(time.Hour)}
	if err := board.Publish(ada(t), draft); err != nil {
		t.Fatal(err)
	}
	draft.Version = 1
	if err := board.Change(ada(t), draft); err != nil {
		t.Fatal(err)
	}
	if err := board.Change(ada(t), draft); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("changed by two: %v", err)
	}
	if err := board.Withdraw(ada(t), draft.AnnouncementID, 2); err != nil {
		t.Error(err)
	}
	if err := board.Publish(cast.Anna.Context(t.Context()), draft); !errors.Is(err, fault.Refused("")) {
		t.Errorf("Anna announces: %v", err)
	}
	limit := 2
	if err := use.SetLimits(ada(t), cast.Vaud.ID, usage.Limits{Members: &limit, Reason: "the agreement"}); err != nil {
		t.Fatal(err)
	}
	if err := use.SetLimits(ada(t), cast.Vaud.ID, usage.Limits{Members: &limit, Reason: "the agreement"}); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("limits set by two: %v", err)
	}
	admit := func(who cast.Person, atOffice bool) error {
		return db.App.View(who.Context(t.Context()), func(ctx context.Context, tx tenantdb.Tx) error { return usage.Admit(ctx, tx, atOffice, time.Now()) })
	}
	if err := admit(cast.Anna, false); !errors.Is(err, fault.Refused("")) {
		t.Errorf("one member more: %v", err)
	}
	if err := admit(cast.Anna, true); err != nil {
		t.Errorf("one more of an office: %v", err)
	}
	overview, err := use.Overview(ada(t))
	if err != nil || len(overview.Standings) != 2 || overview.Standings[0].Health(overview.At) != usage.Unknown {
		t.Errorf("%+v, %v", overview, err)
	}
	if _, err := use.Overview(cast.Anna.Context(t.Context())); !errors.Is(err, fault.Refused("")) {
		t.Errorf("Anna sees all tenants: %v", err)
	}
	if _, err := use.Find(ada(t), ids.New[tenantdb.Tenant]()); !errors.Is(err, fault.NotFound()) {
		t.Errorf("no such tenant: %v", err)
	}
}
