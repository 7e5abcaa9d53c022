package referrals_test

import (
	"context"
	"errors"
	"flag"
	"path/filepath"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/files"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/inbox"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
)

// TestMain runs fewer random courses than rapid would, since each step of one is several transactions. Command-line
// flags are read afterwards: -rapid.checks=500 runs more.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "15"); err != nil {
		panic(err)
	}
	pgtest.Main(m)
}

// house is both sides over one database. The clock is the real one, since the fence reads the database's.
type house struct {
	db        *pgtest.Database
	ring      *keys.Ring
	porter    *documents.Porter
	dossiers  *dossiers.Service
	consents  *consents.Service
	documents *documents.Service
	referrals *referrals.Service
	inbox     *inbox.Service
}

func open(t testing.TB) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	ring := db.Ring(t)
	folder, err := files.OpenFolder(filepath.Join(t.TempDir(), "documents"))
	if err != nil {
		t.Fatal(err)
	}
	return &house{
		db: db, ring: ring, porter: documents.NewPorter(db.App, ring, time.Now, folder, nil), dossiers: dossiers.New(db.App, ring, time.Now), consents: consents.New(db.App, ring, time.Now, referrals.EndSharing),
		documents: documents.New(db.App, ring, time.Now, folder, false, 7),
		referrals: referrals.New(db.App, ring, time.Now), inbox: inbox.New(db.App, ring, time.Now, folder),
	}
}

func as(t testing.TB, p cast.Person) context.Context { return p.Context(context.Background()) }

func must[T any](t testing.TB) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// amina's dossier, in Vaud.
func (h *house) amina(t testing.TB) dossiers.ID {
	t.Helper()
	id := ids.New[dossiers.Dossier]()
	err := h.dossiers.Open(as(t, cast.Lea), id, dossiers.Particulars{
		CodeName: dossiers.Propose(), Phase: dossiers.FirstContact, ResponsibleID: cast.Lea.ID,
		Beneficiary: dossiers.Beneficiary{FamilyName: "Okafor", GivenNames: "Amina", Languages: []string{"bin"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func today(offset int) *time.Time {
	day := forms.Today(time.Now()).AddDate(0, 0, offset)
	return &day
}

func termsFor(office *cast.Office, classes ...access.DataClass) consents.Terms {
	return consents.Terms{
		OfficeID: office.ID, Purpose: office.Kind, DataClasses: classes, ValidFrom: today(0), ValidUntil: today(90), GivenHow: "orally", Interpreter: "edo",
	}
}

func (h *house) consent(t testing.TB, dossier dossiers.ID, office *cast.Office, classes ...access.DataClass) consents.Consent {
	t.Helper()
	return must[consents.Consent](t)(h.consents.Give(as(t, cast.Lea), dossier, ids.New[consents.Consent](), termsFor(office, classes...)))
}

func (h *house) draft(t testing.TB, dossier dossiers.ID, office *cast.Office) referrals.Referral {
	t.Helper()
	return must[referrals.Referral](t)(h.referrals.Draft(as(t, cast.Lea), dossier, ids.New[timeline.Referral](), office.ID))
}

func revision(office *cast.Office, version int, classes ...access.DataClass) referrals.Revision {
	return referrals.Revision{Version: version, Contents: referrals.Contents{
		Service: office.Kind, Urgency: referrals.Soon, AnswerBy: today(7), Request: "Première demande.\nMerci.", DataClasses: classes,
	}}
}

// written is a draft that is ready to be sent.
func (h *house) written(t testing.TB, dossier dossiers.ID, office *cast.Office, classes ...access.DataClass) referrals.Referral {
	t.Helper()
	draft := h.draft(t, dossier, office)
	return must[referrals.Referral](t)(h.referrals.Write(as(t, cast.Lea), draft.ReferralID, revision(office, draft.Version, classes...)))
}

func (h *house) send(t testing.TB, id referrals.ID) (referrals.Referral, error) {
	t.Helper()
	preview := must[referrals.Preview](t)(h.referrals.Preview(as(t, cast.Lea), id))
	return h.referrals.Send(as(t, cast.Lea), id, preview.Seal())
}

// sent is a referral with consent for what it holds.
func (h *house) sent(t testing.TB, dossier dossiers.ID, office *cast.Office, classes ...access.DataClass) referrals.Referral {
	t.Helper()
	h.consent(t, dossier, office, classes...)
	return must[referrals.Referral](t)(h.send(t, h.written(t, dossier, office, classes...).ReferralID))
}

// seenBy says whether somebody of an office finds the referral.
func (h *house) seenBy(t testing.TB, p cast.Person, id referrals.ID) bool {
	t.Helper()
	_, err := h.inbox.Open(as(t, p), id)
	if err != nil && !errors.Is(err, fault.NotFound()) {
		t.Fatal(err)
	}
	return err == nil
}

func wantNotFound(t testing.TB, what string, err error) {
	t.Helper()
	if !errors.Is(err, fault.NotFound()) {
		t.Errorf("%s: %v, want not found", what, err)
	}
}

func wantRefused(t testing.TB, what string, err error) {
	t.Helper()
	if !errors.Is(err, fault.Refused("")) {
		t.Errorf("%s: %v, want a refusal", what, err)
	}
}

func wantProblem(t testing.TB, what string, err error, key string) {
	t.Helper()
	problems, _ := fault.Correctable(err)
	for _, problem := range problems {
		if problem.Key == key {
			return
		}
	}
	t.Errorf("%s: %v, want %s", what, err, key)
}
