package alerts_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/alerts"
	"passerelle/internal/cast"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// house is a database with the cast, one dossier in each canton, and a clock that stands until somebody turns it.
type house struct {
	*pgtest.Database
	alerts   *alerts.Service
	gate     *alerts.Gate
	watch    *alerts.Watch
	clock    time.Time
	dossiers map[*cast.Tenant]uuid.UUID
	consents map[*cast.Office]uuid.UUID
}

func open(t testing.TB) *house {
	t.Helper()
	h := &house{Database: pgtest.New(t), clock: time.Now().Truncate(time.Millisecond), dossiers: map[*cast.Tenant]uuid.UUID{}, consents: map[*cast.Office]uuid.UUID{}}
	pgtest.Cast(t, h.Database)
	now := func() time.Time { return h.clock }
	h.alerts, h.gate, h.watch = alerts.New(h.App, now), alerts.NewGate(h.App, now), alerts.NewWatch(h.App)
	for tenant, person := range map[*cast.Tenant]cast.Person{cast.Vaud: cast.Lea, cast.Geneve: cast.Claire} {
		h.dossiers[tenant] = h.dossier(t, person, "Amina")
	}
	return h
}

func (h *house) dossier(t testing.TB, of cast.Person, name string) uuid.UUID {
	t.Helper()
	id := uuid.New()
	h.Exec(t, `insert into dossiers (tenant_id, dossier_id, code_name, responsible_id) values ($1, $2, $3, $4)`, of.Tenant.ID, id, name, of.ID)
	return id
}

// another is the same database as another process has it.
func (h *house) another(t testing.TB) *tenantdb.DB {
	t.Helper()
	db, err := tenantdb.Open(t.Context(), h.AppConnString, tenantdb.Options{})
	must(t, err)
	t.Cleanup(db.Close)
	return db
}

// refer gives so many referrals of the canton's dossier to an office.
func (h *house) refer(t testing.TB, to *cast.Office, n int) (referrals []ids.ID[journal.Referral]) {
	t.Helper()
	return h.referOf(t, h.dossiers[to.Tenant], to, n)
}

func (h *house) referOf(t testing.TB, dossier uuid.UUID, to *cast.Office, n int) (referrals []ids.ID[journal.Referral]) {
	t.Helper()
	sender := map[*cast.Tenant]cast.Person{cast.Vaud: cast.Lea, cast.Geneve: cast.Claire}[to.Tenant]
	consent := uuid.New()
	h.Exec(t, `insert into consents (tenant_id, consent_id, dossier_id, office_id, purpose, data_classes, valid_from, valid_until, given_how, recorded_by)
		values ($1, $2, $3, $4, 'social', '{identity}', current_date, current_date + 90, 'orally', $5)`, to.Tenant.ID, consent, dossier, to.ID, sender.ID)
	for range n {
		id := ids.New[journal.Referral]()
		h.Exec(t, `insert into referrals (tenant_id, referral_id, reference, dossier_id, office_id, consent_id, service, request, data_classes, state, slice, created_by, sent_at, sent_by_name, visible_until)
			values ($1, $2, $3, $4, $5, $6, 'social', '', '{identity}', 'sent', '', $7, clock_timestamp(), $8, now() + interval '90 days')`,
			to.Tenant.ID, id, id.String()[:8], dossier, to.ID, consent, sender.ID, sender.Name)
		referrals = append(referrals, id)
	}
	return referrals
}

// look leaves entries in the journal as somebody who looked at so many different dossiers, that long ago.
func (h *house) look(t testing.TB, person cast.Person, n int, ago time.Duration) {
	t.Helper()
	action, office := journal.DossierSeen, tenantdb.OfficeID{}
	if person.Office != nil {
		action, office = journal.ReferralSeen, person.Office.ID
	}
	h.Exec(t, `insert into journal_entries (tenant_id, entry_id, at, person_id, role, office_id, action, dossier_id, referral_id)
		select $1, gen_random_uuid(), now() - $2::interval, $3, $4, $5::uuid, $6, gen_random_uuid(), case when $5::uuid is not null then gen_random_uuid() end from generate_series(1, $7)`,
		person.Tenant.ID, ago, person.ID, string(person.Role), office, string(action), n)
}

// seen leaves one entry about a dossier.
func (h *house) seen(t testing.TB, person cast.Person, action journal.Action, dossier uuid.UUID, ago time.Duration) {
	t.Helper()
	h.Exec(t, `insert into journal_entries (tenant_id, entry_id, at, person_id, role, action, dossier_id) values ($1, gen_random_uuid(), now() - $2::interval, $3, $4, $5, $6)`,
		person.Tenant.ID, ago, person.ID, string(person.Role), string(action), dossier)
}

// list is what somebody sees of all alerts.
func (h *house) list(t testing.TB, as cast.Person) []alerts.Line {
	t.Helper()
	list, err := h.alerts.List(as.Context(t.Context()), alerts.Ask{All: true})
	must(t, err)
	return list.Lines
}

func (h *house) watched(t testing.TB) {
	t.Helper()
	must(t, h.watch.Look(t.Context()))
}

func (h *house) n(t testing.TB, query string, arguments ...any) (n int) {
	t.Helper()
	must(t, h.Owner.QueryRow(t.Context(), query, arguments...).Scan(&n))
	return n
}

func as(t testing.TB, person cast.Person) context.Context { return person.Context(t.Context()) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}
