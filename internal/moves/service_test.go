package moves

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

// house is Vaud, which hands over, Genève, which takes over, and Fribourg, which has nothing to do with it.
type house struct {
	*Service
	t        *testing.T
	db       *pgtest.Database
	ring     *keys.Ring
	dossiers *dossiers.Service
	clock    time.Time
	amina    dossiers.ID
	move     ID
}

var (
	fribourg = &cast.Tenant{ID: ids.MustParse[tenantdb.Tenant]("f21b0000-0000-4000-8000-000000000003"), Slug: "fribourg", Name: "Passerelle Fribourg", Canton: "FR"}
	// rosa coordinates in Fribourg, ugo in Vaud beside Karim, and neither is of the cast.
	rosa = cast.Person{ID: ids.MustParse[tenantdb.Person]("9e050000-0000-4000-8000-0000000000f1"), Name: "Rosa", Tenant: fribourg, Role: access.Coordinator}
	ugo  = cast.Person{ID: ids.MustParse[tenantdb.Person]("9e050000-0000-4000-8000-0000000000f2"), Name: "Ugo", Tenant: cast.Vaud, Role: access.Coordinator}
)

const (
	surname = "Canaryokafor"
	health  = "Canaryhealth: she sleeps three hours"
	shelter = "Canaryshelter, 4 rue du Lac"
)

func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	h := &house{t: t, db: db, ring: db.Ring(t), clock: time.Now(), amina: ids.New[dossiers.Dossier](), move: ids.New[Move]()}
	now := func() time.Time { return h.clock }
	h.dossiers = dossiers.New(db.App, h.ring, now)
	h.Service = New(db.App, h.ring, now, h.dossiers)
	h.do("insert into tenants (tenant_id, slug, name, canton, live_at) values ($1, 'fribourg', 'Passerelle Fribourg', 'FR', now())", fribourg.ID)
	h.do("insert into connections (connection_id, slug, name, kind, issuer, client_id, tenant_id, email_domains) values ('c0110000-0000-4000-8000-0000000000f1', 'fribourg', 'F', 'staff', 'https://invalid', 'x', $1, '{fribourg.example}')", fribourg.ID)
	for who, connection := range map[cast.Person]string{rosa: "c0110000-0000-4000-8000-0000000000f1", ugo: cast.VaudStaff.ID} {
		h.do("insert into members (tenant_id, member_id, name, email, role, connection_id, expected_subject) values ($1, $2, $3, $4, 'coordinator', $5, $3)", who.Tenant.ID, who.ID, who.Name, who.Name+"@example.org", connection)
	}
	born := time.Date(1999, 3, 4, 0, 0, 0, 0, time.UTC)
	h.must(h.dossiers.Open(h.as(cast.Lea), h.amina, dossiers.Particulars{CodeName: "Lomidak", ResponsibleID: cast.Lea.ID, ReachedThrough: "police_justice",
		Beneficiary: dossiers.Beneficiary{FamilyName: surname, GivenNames: "Amina", BirthDate: &born, Gender: "female", Nationalities: []string{"NG"}, Languages: []string{"en"}, ExploitationForms: []dossiers.ExploitationForm{"labour"}}}))
	_, err := h.dossiers.Describe(h.as(cast.Lea), h.amina, 1, dossiers.Situation{access.Health: health, access.Housing: shelter})
	h.must(err)
	return h
}

func (h *house) do(statement string, arguments ...any) {
	h.t.Helper()
	h.db.Exec(h.t, statement, arguments...)
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// as is a context in which somebody asks as a request does: what is opened in it has to leave its entry in the journal.
func (h *house) as(p cast.Person) context.Context {
	h.t.Helper()
	ctx, attendance := journal.Attend(context.WithoutCancel(p.Context(h.t.Context())), uuid.New())
	h.t.Cleanup(func() {
		if err := attendance.Err(); err != nil {
			h.t.Error(err)
		}
	})
	return ctx
}

func (h *house) count(question string, arguments ...any) (n int) {
	h.t.Helper()
	h.must(h.db.Owner.QueryRow(h.t.Context(), question, arguments...).Scan(&n))
	return n
}

func (h *house) refused(what string, err error, key string) {
	h.t.Helper()
	if problems, ok := fault.Correctable(err); !ok || len(problems) == 0 || problems[0].Key != key {
		h.t.Errorf("%s: %v, want %s", what, err, key)
	}
}

func (h *house) proposal() Proposal {
	day := time.Date(h.clock.Year(), h.clock.Month(), h.clock.Day(), 0, 0, 0, 0, time.UTC)
	by := day.AddDate(0, 0, 7)
	return Proposal{ToTenantID: cast.Geneve.ID, Reason: "safety", AnswerBy: &by, Phone: "021 000 00 00", GivenOn: &day, How: "orally", Interpreter: "Canaryinterpreter", Chapters: []Chapter{Situation}}
}

func (h *house) proposed() *house {
	h.t.Helper()
	h.must(h.Propose(h.as(cast.Karim), h.amina, h.move, h.proposal()))
	return h
}

func (h *house) accepted() *house {
	h.t.Helper()
	h.must(h.proposed().Accept(h.as(cast.Marc), h.move, cast.Claire.ID))
	return h
}

// sent has Ugo send what Karim has proposed.
func (h *house) sent() *house {
	h.t.Helper()
	h.accepted()
	sending, err := h.Prepare(h.as(ugo), h.amina, h.move)
	h.must(err)
	h.must(sending.Refused)
	h.must(h.Send(h.as(ugo), h.amina, h.move, sending.Seal))
	return h
}

// TestAMoveFromOneCantonToAnother: asked without a word on whom, accepted, read and sent by somebody else, opened once under the keys of the other side.
func TestAMoveFromOneCantonToAnother(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.proposed()
	list, err := h.List(h.as(cast.Marc))
	h.must(err)
	if len(list) != 1 || list[0].FromName != cast.Vaud.Name || list[0].AskerName != cast.Karim.Name || list[0].Standing(h.clock) != Proposed {
		t.Fatalf("Marc sees %+v", list)
	}
	var told string
	h.must(h.db.Owner.QueryRow(t.Context(), "select a::text from arrivals as a").Scan(&told))
	for _, secret := range []string{"Canary", "Lomidak", h.amina.String()} {
		if strings.Contains(told, secret) {
			t.Errorf("the proposal tells %s: %s", secret, told)
		}
	}
	h.must(h.Accept(h.as(cast.Marc), h.move, cast.Claire.ID))
	h.must(h.Accept(h.as(cast.Marc), h.move, cast.Claire.ID)) // the form was sent twice
	h.refused("another answer", h.Decline(h.as(cast.Marc), h.move, "no_place"), "moves.refused.accepted")

	sending, err := h.Prepare(h.as(ugo), h.amina, h.move)
	h.must(err)
	shown := ""
	for _, chapter := range sending.Contents.Chapters {
		for _, thing := range chapter.Things {
			for _, fact := range thing.Facts {
				shown += strings.Join(fact.Values, " ")
			}
		}
	}
	if !strings.Contains(shown, health) || strings.Contains(shown, shelter) {
		t.Errorf("what goes along reads %q", shown)
	}
	h.refused("Karim, who has proposed it", h.Send(h.as(cast.Karim), h.amina, h.move, sending.Seal), "moves.send.another")
	_, err = h.dossiers.Describe(h.as(cast.Lea), h.amina, 2, dossiers.Situation{access.Health: health + ", or four"})
	h.must(err)
	if err := h.Send(h.as(ugo), h.amina, h.move, sending.Seal); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("another package is sent than was read: %v", err)
	}
	sending, err = h.Prepare(h.as(ugo), h.amina, h.move)
	h.must(err)
	h.must(h.Send(h.as(ugo), h.amina, h.move, sending.Seal))
	h.must(h.Send(h.as(ugo), h.amina, h.move, sending.Seal)) // the form was sent twice

	theirs := ids.New[dossiers.Dossier]()
	h.must(h.Open(h.as(cast.Marc), h.move, theirs, "Rubenil"))
	h.must(h.Open(h.as(cast.Marc), h.move, theirs, "Rubenil")) // the form was sent twice
	if err := h.Open(h.as(cast.Marc), h.move, ids.New[dossiers.Dossier](), "Tamoret"); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("it opens a second time: %v", err)
	}
	file, err := h.dossiers.Find(h.as(cast.Claire), theirs)
	h.must(err)
	if file.Beneficiary.FamilyName != surname || file.ResponsibleID != cast.Claire.ID || file.ReachedThrough != "police_justice" || file.Beneficiary.BirthDate == nil {
		t.Errorf("Genève has %+v", file)
	}
	sheet, err := h.OfDossier(h.as(cast.Claire), theirs)
	h.must(err)
	if sheet.Received == nil || sheet.Received.FromName != cast.Vaud.Name || len(sheet.Received.Contents.Get().Chapters) != 1 {
		t.Errorf("what came along: %+v", sheet.Received)
	}
	if n := h.count("select count(*) from packages"); n != 0 {
		t.Errorf("%d packages are left", n)
	}
	if n := h.count("select count(*) from keys.keysets where kind = 'move'"); n != 0 {
		t.Errorf("%d keysets of moves are left", n)
	}
	sheet, err = h.OfDossier(h.as(cast.Lea), h.amina)
	h.must(err)
	if sheet.Moves[0].Standing(h.clock) != Opened || sheet.Moves[0].Colleague != cast.Claire.Name {
		t.Errorf("Vaud reads %+v", sheet.Moves[0])
	}
	h.refused("taking back what was opened", h.Withdraw(h.as(cast.Karim), h.amina, h.move), "moves.refused.opened")
	h.must(h.dossiers.Close(h.as(cast.Lea), h.amina, dossiers.Ending{ID: ids.New[dossiers.Closure](), Reason: "moved"}))
	for _, want := range []struct {
		tenant  *cast.Tenant
		actions string
	}{{cast.Vaud, "move_accepted move_opened move_proposed move_sent"}, {cast.Geneve, "arrival_accepted arrival_opened move_proposed move_received move_sent"}} {
		var got string
		h.must(h.db.Owner.QueryRow(t.Context(), "select string_agg(distinct action, ' ' order by action) from journal_entries where tenant_id = $1 and action ~ '^(move|arrival)_'", want.tenant.ID).Scan(&got))
		if got != want.actions {
			t.Errorf("the journal of %s has %s, want %s", want.tenant.Name, got, want.actions)
		}
	}
}

// TestNothingOfAMoveCanBeReadAsItLies: in the whole database there is no word of what was sent.
func TestNothingOfAMoveCanBeReadAsItLies(t *testing.T) {
	t.Parallel()
	h := open(t).sent()
	for _, table := range []string{"moves", "arrivals", "packages", "received_files", "journal_entries", "events"} {
		var all string
		h.must(h.db.Owner.QueryRow(t.Context(), "select coalesce(string_agg(r::text || encode(convert_to(r::text, 'utf8'), 'escape'), ' '), '') from "+table+" as r").Scan(&all))
		for _, secret := range []string{"Canary", "43616e617279"} {
			if strings.Contains(all, secret) {
				t.Errorf("%s tells %s", table, secret)
			}
		}
	}
}

// TestNobodyElseHasToDoWithAMove: another tenant sees nothing of it, nor do offices, and each side is refused what the other one does.
func TestNobodyElseHasToDoWithAMove(t *testing.T) {
	t.Parallel()
	h := open(t).sent()
	theirs := ids.New[dossiers.Dossier]()
	for _, c := range []struct {
		what string
		who  []cast.Person
		do   func(context.Context) error
	}{
		{"opening", []cast.Person{rosa, cast.Karim}, func(ctx context.Context) error { return h.Open(ctx, h.move, theirs, "Rubenil") }},
		{"accepting", []cast.Person{rosa, cast.Karim}, func(ctx context.Context) error { return h.Accept(ctx, h.move, rosa.ID) }},
		{"declining", []cast.Person{rosa, cast.Karim}, func(ctx context.Context) error { return h.Decline(ctx, h.move, "other") }},
		{"looking", []cast.Person{rosa, cast.Karim}, func(ctx context.Context) error { _, err := h.Find(ctx, h.move); return err }},
		{"looking at the dossier", []cast.Person{rosa, cast.Marc}, func(ctx context.Context) error { _, err := h.OfDossier(ctx, h.amina); return err }},
		{"taking it back", []cast.Person{rosa, cast.Marc}, func(ctx context.Context) error { return h.Withdraw(ctx, h.amina, h.move) }},
		{"reading what goes", []cast.Person{rosa, cast.Marc}, func(ctx context.Context) error { _, err := h.Prepare(ctx, h.amina, h.move); return err }},
		{"sending", []cast.Person{rosa, cast.Marc}, func(ctx context.Context) error { return h.Send(ctx, h.amina, h.move, "") }},
		{"proposing", []cast.Person{rosa, cast.Marc}, func(ctx context.Context) error { return h.Propose(ctx, h.amina, ids.New[Move](), h.proposal()) }},
	} {
		for _, who := range c.who {
			if err := c.do(h.as(who)); !errors.Is(err, fault.NotFound()) {
				t.Errorf("%s by %s: %v, want not found", c.what, who.Name, err)
			}
		}
		for _, who := range []cast.Person{cast.Noe, cast.Ines, cast.Eva, cast.Anna, cast.Sami} {
			if err := c.do(h.as(who)); !errors.Is(err, fault.Refused("")) {
				t.Errorf("%s by %s: %v, want a refusal", c.what, who.Name, err)
			}
		}
	}
	for _, who := range []cast.Person{rosa, cast.Karim} {
		if list, err := h.List(h.as(who)); err != nil || len(list) != 0 {
			t.Errorf("%s sees %v, %v", who.Name, list, err)
		}
	}
	if err := h.Send(access.WithPrincipal(t.Context(), ugo.Principal()), h.amina, h.move, ""); err == nil {
		t.Error("it is sent without a passkey")
	}
	nadia := cast.Claire
	nadia.Role = access.Caseworker
	if _, err := h.List(h.as(nadia)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("somebody who does not coordinate is shown what is asked: %v", err)
	}
}

// TestAMoveIsTakenBackAtEachMoment: at the very next request nothing is there to be accepted, sent or opened; nor when the dossier is erased.
func TestAMoveIsTakenBackAtEachMoment(t *testing.T) {
	t.Parallel()
	for what, arrange := range map[string]func(*house) *house{"proposed": (*house).proposed, "accepted": (*house).accepted, "sent": (*house).sent} {
		for how, end := range map[string]func(*house){
			"withdrawn": func(h *house) { h.must(h.Withdraw(h.as(cast.Karim), h.amina, h.move)) },
			"erased": func(h *house) {
				h.must(h.db.App.Write(tenantdb.Erasing(h.as(cast.Karim), h.amina.UUID()), func(ctx context.Context, tx tenantdb.Tx) error {
					_, err := tx.Delete().TableExpr("dossiers").Where("dossier_id = ?", h.amina).Exec(ctx)
					return err
				}))
			},
		} {
			t.Run(what+" and "+how, func(t *testing.T) {
				t.Parallel()
				h := arrange(open(t))
				end(h)
				for act, err := range map[string]error{
					"accepting": h.Accept(h.as(cast.Marc), h.move, cast.Marc.ID), "declining": h.Decline(h.as(cast.Marc), h.move, "other"),
					"opening": h.Open(h.as(cast.Marc), h.move, ids.New[dossiers.Dossier](), "Rubenil"),
				} {
					h.refused(act, err, "moves.refused.withdrawn")
				}
				if n := h.count("select count(*) from packages"); n != 0 {
					t.Errorf("%d packages are left", n)
				}
				if how == "withdrawn" {
					h.must(h.Withdraw(h.as(cast.Karim), h.amina, h.move)) // the form was sent twice
				}
				_, err := h.List(h.as(cast.Marc))
				h.must(err)
				if n := h.count("select count(*) from keys.keysets where kind = 'move'"); n != 0 {
					t.Errorf("%d keysets of moves are left", n)
				}
			})
		}
	}
}

// TestAPackageExpires: two weeks later it is not there, whatever the clock of the application says, and what is left of it is destroyed.
func TestAPackageExpires(t *testing.T) {
	t.Parallel()
	h := open(t)
	late := h.clock
	h.clock = late.AddDate(0, 0, -15)
	h.sent()
	h.refused("by a clock that is slow", h.Open(h.as(cast.Marc), h.move, ids.New[dossiers.Dossier](), "Rubenil"), "moves.refused.expired")
	h.clock = late
	h.refused("later", h.Open(h.as(cast.Marc), h.move, ids.New[dossiers.Dossier](), "Rubenil"), "moves.refused.expired")
	_, err := h.List(h.as(cast.Marc))
	h.must(err)
	if n := h.count("select count(*) from packages"); n != 0 {
		t.Errorf("%d packages are left", n)
	}
	if n := h.count("select count(*) from keys.keysets where kind = 'move'"); n != 0 {
		t.Errorf("%d keysets of moves are left", n)
	}
}

// TestAPackageOfAnotherMoveDoesNotOpen: neither with its own key in the other's place, nor the other's contents with this key. That it was tried stands in the journal.
func TestAPackageOfAnotherMoveDoesNotOpen(t *testing.T) {
	t.Parallel()
	h := open(t).sent()
	private, public, err := keys.NewPair()
	h.must(err)
	_ = private
	sealed, err := public.Seal(keys.Passage{Move: h.move.UUID(), From: cast.Vaud.ID, To: cast.Geneve.ID}, Contents{})
	h.must(err)
	h.do("update packages set contents = $1", []byte(sealed))
	h.refused("another key", h.Open(h.as(cast.Marc), h.move, ids.New[dossiers.Dossier](), "Rubenil"), "moves.refused.unreadable")
	var mine []byte
	h.must(h.db.Owner.QueryRow(t.Context(), "select public_key from arrivals").Scan(&mine))
	for what, passage := range map[string]keys.Passage{
		"of another move": {Move: uuid.New(), From: cast.Vaud.ID, To: cast.Geneve.ID}, "from another tenant": {Move: h.move.UUID(), From: fribourg.ID, To: cast.Geneve.ID},
	} {
		sealed, err := keys.PublicKey(mine).Seal(passage, Contents{})
		h.must(err)
		h.do("update packages set contents = $1", []byte(sealed))
		h.refused(what, h.Open(h.as(cast.Marc), h.move, ids.New[dossiers.Dossier](), "Rubenil"), "moves.refused.unreadable")
	}
	if n := h.count("select count(*) from journal_entries where action = 'unreadable' and tenant_id = $1", cast.Geneve.ID); n != 3 {
		t.Errorf("%d entries", n)
	}
	if n := h.count("select count(*) from dossiers where tenant_id = $1", cast.Geneve.ID); n != 0 {
		t.Errorf("%d dossiers came of it", n)
	}
}

// TestWhoProposes: whoever is responsible, or coordinates; once at a time, with a consent that is not old, to an organisation that is open.
func TestWhoProposes(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.must(h.dossiers.Open(h.as(cast.Karim), ids.New[dossiers.Dossier](), dossiers.Particulars{CodeName: "Rubenil", ResponsibleID: cast.Karim.ID}))
	other := h.proposal()
	other.ToTenantID = cast.Vaud.ID
	h.refused("to oneself", h.Propose(h.as(cast.Lea), h.amina, h.move, other), "moves.to.missing")
	h.do("update tenants set suspended_at = now(), suspended_for = 'asked' where tenant_id = $1", fribourg.ID)
	other.ToTenantID = fribourg.ID
	h.refused("to one that is closed", h.Propose(h.as(cast.Lea), h.amina, h.move, other), "moves.to.missing")
	old := h.proposal()
	given := h.clock.AddDate(0, -4, 0)
	old.GivenOn = &given
	h.refused("an old consent", h.Propose(h.as(cast.Lea), h.amina, h.move, old), "moves.given_on.old")
	h.must(h.Propose(h.as(cast.Lea), h.amina, h.move, h.proposal()))
	h.must(h.Propose(h.as(cast.Lea), h.amina, h.move, h.proposal())) // the form was sent twice
	h.refused("twice", h.Propose(h.as(cast.Karim), h.amina, ids.New[Move](), h.proposal()), "moves.under_way")
	h.must(h.Decline(h.as(cast.Marc), h.move, "no_place"))
	h.must(h.Propose(h.as(cast.Karim), h.amina, ids.New[Move](), h.proposal()))
	if n := h.count("select count(*) from arrivals"); n != 2 {
		t.Errorf("%d arrivals", n)
	}
}
