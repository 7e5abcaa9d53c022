package keys_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/inbox"
	"passerelle/internal/interpreters"
	"passerelle/internal/keys"
	"passerelle/internal/messages"
	"passerelle/internal/pgtest"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// process is what one process of the application has.
type process struct {
	ring      *keys.Ring
	dossiers  *dossiers.Service
	consents  *consents.Service
	referrals *referrals.Service
	inbox     *inbox.Service

	interpreters *interpreters.Service
}

func newProcess(db *pgtest.Database, ring *keys.Ring) process {
	return process{ring, dossiers.New(db.App, ring, time.Now), consents.New(db.App, ring, time.Now, referrals.EndSharing),
		referrals.New(db.App, ring, time.Now), inbox.New(db.App, ring, time.Now, nil), interpreters.New(db.App, ring, time.Now)}
}

func newMaster(t testing.TB) keys.Master {
	t.Helper()
	text, err := keys.NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	master, err := keys.MasterFromText(text)
	if err != nil {
		t.Fatal(err)
	}
	return master
}

// rotationOf connects as those who change keys. Waiting is the test's.
func rotationOf(t testing.TB, db *pgtest.Database, master keys.Master, wait func(ctx context.Context, why string, time time.Duration) error) *keys.Rotation {
	t.Helper()
	return chosenRotation(t, db, master, keys.RotationOptions{Wait: wait})
}

func chosenRotation(t testing.TB, db *pgtest.Database, master keys.Master, options keys.RotationOptions) *keys.Rotation {
	t.Helper()
	var pools []*tenantdb.DB
	for _, connString := range []string{db.RotationConnString, db.KeysRotationConnString} {
		pool, err := tenantdb.Open(t.Context(), connString, tenantdb.Options{MaxConns: 8})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(pool.Close)
		pools = append(pools, pool)
	}
	if options.Wait == nil {
		options.Wait = nobody
	}
	rotation, err := keys.NewRotation(t.Context(), pools[0], pools[1], master, app.SealedRows, options)
	if err != nil {
		t.Fatal(err)
	}
	return rotation
}

// nobody is who a rotation waits for where no process remembers anything.
func nobody(ctx context.Context, _ string, _ time.Duration) error { return ctx.Err() }

// file is a dossier with something in every column that is sealed.
type file struct {
	by, at   cast.Person
	dossier  dossiers.ID
	consent  consents.ID
	referral referrals.ID
	parked   uuid.UUID
	lodging  uuid.UUID
}

// parked is a form that was not handed in, as signing in keeps it.
type parked struct {
	ID         uuid.UUID
	FormValues keys.Sealed[string] `bun:"form_values"`
}

func (p *parked) Place() keys.Place { return keys.Place{Table: "parked_forms", Row: p.ID.String()} }

// lodged is the address of a place, as housing keeps it.
type lodged struct {
	ID      uuid.UUID
	Address keys.Sealed[string] `bun:"address"`
}

func (l *lodged) Place() keys.Place { return keys.Place{Table: "places", Row: l.ID.String()} }

func text(field string, f dossiers.ID) string { return field + " of " + f.String() }

// write makes a file, as a person of an NGO and one of an office would.
func write(ctx context.Context, db *pgtest.Database, p process, by, at cast.Person) (f file, err error) {
	ngo, office := by.Context(ctx), at.Context(ctx)
	f = file{by: by, at: at, dossier: ids.New[dossiers.Dossier](), consent: ids.New[consents.Consent](), parked: uuid.New(), lodging: uuid.New()}
	name, err := p.dossiers.Propose(ngo)
	if err != nil {
		return f, err
	}
	if err := p.dossiers.Open(ngo, f.dossier, dossiers.Particulars{CodeName: name, Phase: dossiers.Reflection, ResponsibleID: by.ID,
		Beneficiary: dossiers.Beneficiary{FamilyName: text("family", f.dossier)}}); err != nil {
		return f, err
	}
	if _, err := p.dossiers.Describe(ngo, f.dossier, 1, dossiers.Situation{access.Health: text("health", f.dossier), access.Permit: "B"}); err != nil {
		return f, err
	}
	today := forms.Today(time.Now())
	until := today.AddDate(0, 1, 0)
	classes := []access.DataClass{access.Identity}
	if _, err := p.consents.Give(ngo, f.dossier, f.consent, consents.Terms{OfficeID: at.Office.ID, Purpose: at.Office.Kind, DataClasses: classes,
		ValidFrom: &today, ValidUntil: &until, GivenHow: "orally", Interpreter: text("interpreter", f.dossier)}); err != nil {
		return f, err
	}
	draft, err := p.referrals.Draft(ngo, f.dossier, ids.New[timeline.Referral](), at.Office.ID)
	if err != nil {
		return f, err
	}
	f.referral = draft.ReferralID
	if _, err = p.referrals.Write(ngo, f.referral, referrals.Revision{Version: draft.Version, Contents: referrals.Contents{
		Service: at.Office.Kind, Urgency: referrals.Urgent, Request: text("request", f.dossier), DataClasses: classes}}); err != nil {
		return f, err
	}
	preview, err := p.referrals.Preview(ngo, f.referral)
	if err != nil {
		return f, err
	}
	if _, err := p.referrals.Send(ngo, f.referral, preview.Seal()); err != nil {
		return f, err
	}
	if err := p.inbox.Write(office, f.referral, messages.Question, inbox.Words{ID: ids.New[messages.Message](), Body: text("question", f.dossier)}); err != nil {
		return f, err
	}
	if err := p.interpreters.Add(ngo, ids.From[interpreters.Interpreter](f.dossier.UUID()), interpreters.Particulars{Name: text("name", f.dossier), Phone: "1", Languages: []string{"hun"}}); err != nil {
		return f, err
	}
	// What Noé had typed when his session ended.
	person := keys.Holder{Kind: keys.Person, ID: at.ID.UUID()}
	if err := p.ring.Create(office, person); err != nil {
		return f, err
	}
	box, err := p.ring.Box(office, person)
	if err != nil {
		return f, err
	}
	row := parked{f.parked, keys.Of(text("parked", f.dossier))}
	if err := box.Seal(&row); err != nil {
		return f, err
	}
	if _, err = db.Owner.Exec(ctx, "insert into parked_forms (tenant_id, parked_form_id, person_id, page, form_values) values ($1, $2, $3, '/', $4)",
		at.Tenant.ID, f.parked, at.ID, row.FormValues.Ciphertext()); err != nil {
		return f, err
	}
	// Where people are housed.
	lodging := keys.Holder{Kind: keys.Lodging, ID: f.lodging}
	if err := p.ring.Create(ngo, lodging); err != nil {
		return f, err
	}
	if box, err = p.ring.Box(ngo, lodging); err != nil {
		return f, err
	}
	place := lodged{f.lodging, keys.Of(text("address", f.dossier))}
	if err := box.Seal(&place); err != nil {
		return f, err
	}
	_, err = db.Owner.Exec(ctx, `insert into places (tenant_id, place_id, kind, code_name, beds, minors, children, couples, accessible, opens_on, address)
		values ($1, $2, 'shelter', $3, 1, true, true, true, true, current_date, $4)`, by.Tenant.ID, f.lodging, f.lodging.String(), place.Address.Ciphertext())
	return f, err
}

// read opens everything of a file, and compares it with what was written.
func read(ctx context.Context, db *pgtest.Database, p process, f file) error {
	ngo, office := f.by.Context(ctx), f.at.Context(ctx)
	var given []consents.Consent
	got, err := p.dossiers.Find(ngo, f.dossier, consents.OfDossier(f.dossier, &given))
	if err != nil {
		return err
	}
	if err := got.Open(&given[0]); err != nil {
		return err
	}
	sent, err := p.referrals.Find(ngo, f.referral)
	if err != nil {
		return err
	}
	opened, err := p.inbox.Open(office, f.referral)
	if err != nil {
		return err
	}
	box, err := p.ring.Box(office, keys.Holder{Kind: keys.Person, ID: f.at.ID.UUID()})
	if err != nil {
		return err
	}
	row := parked{ID: f.parked}
	called, err := p.interpreters.Find(ngo, ids.From[interpreters.Interpreter](f.dossier.UUID()))
	if err != nil {
		return err
	}
	var kept []byte
	if err := db.Owner.QueryRow(ctx, "select form_values from parked_forms where parked_form_id = $1", f.parked).Scan(&kept); err != nil {
		return err
	}
	if err := errors.Join(row.FormValues.Scan(kept), box.Open(&row)); err != nil {
		return err
	}
	if box, err = p.ring.Box(ngo, keys.Holder{Kind: keys.Lodging, ID: f.lodging}); err != nil {
		return err
	}
	place := lodged{ID: f.lodging}
	if err := db.Owner.QueryRow(ctx, "select address from places where place_id = $1", f.lodging).Scan(&kept); err != nil {
		return err
	}
	if err := errors.Join(place.Address.Scan(kept), box.Open(&place)); err != nil {
		return err
	}
	for field, is := range map[string]string{
		"family": got.Beneficiary.FamilyName, "health": got.Situation[access.Health], "interpreter": given[0].Interpreter.Get(),
		"request": sent.Referral.Request, "question": opened.Messages[0].Body, "parked": row.FormValues.Get(),
		"address": place.Address.Get(), "name": called.Particulars.Get().Name,
	} {
		if is != text(field, f.dossier) {
			return fmt.Errorf("%s is %q", field, is)
		}
	}
	if opened.Request != sent.Referral.Request || !strings.Contains(fmt.Sprint(opened.Slice), text("family", f.dossier)) {
		return errors.New("the office reads something else than was sent")
	}
	return nil
}

// TestT38 changes the keys of all three levels while processes of two versions write and read. Of those, one listens for
// changes, and two do not: to them a change comes only when the time has passed for which they remember keys.
func TestT38(t *testing.T) {
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	next := newMaster(t)
	masters := keys.Together(next, pgtest.Master())
	var processes []process
	for i := range 3 {
		ring := ringWith(t, db, masters)
		if i == 0 {
			pgtest.Hear(t, ring, db)
		} else {
			keys.Deafen(ring)
		}
		processes = append(processes, newProcess(db, ring))
	}
	// The first files are wrapped by the master key that is to go.
	var files []file
	perOffice := map[tenantdb.PersonID]int{cast.Noe.ID: 1, cast.Eva.ID: 1}
	for _, pair := range [][2]cast.Person{{cast.Lea, cast.Noe}, {cast.Claire, cast.Eva}} {
		f, err := write(t.Context(), db, newProcess(db, db.Ring(t)), pair[0], pair[1])
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}

	var (
		at      sync.RWMutex // held by whoever is at something, for as long as a request takes
		filesMu sync.Mutex
		load    sync.WaitGroup
		done    atomic.Int64
	)
	working, stop := context.WithCancel(t.Context())
	defer stop()
	choose := func() file {
		filesMu.Lock()
		defer filesMu.Unlock()
		return files[rand.IntN(len(files))]
	}
	work := func(p process, n int) error {
		pair := [][2]cast.Person{{cast.Lea, cast.Noe}, {cast.Karim, cast.Ines}, {cast.Claire, cast.Eva}}[rand.IntN(3)]
		switch f := choose(); n % 4 {
		case 0:
			made, err := write(t.Context(), db, p, pair[0], pair[1])
			filesMu.Lock()
			defer filesMu.Unlock()
			// To no more of them than somebody of an office is shown in an hour.
			if err == nil && perOffice[made.at.ID] < access.ReadingOf(access.OfficeMember).Ceiling {
				files = append(files, made)
				perOffice[made.at.ID]++
			}
			return err
		case 1:
			found, err := p.dossiers.Find(as(t, f.by), f.dossier)
			if err != nil {
				return err
			}
			found.Situation[access.Housing] = fmt.Sprint(n)
			_, err = p.dossiers.Describe(as(t, f.by), f.dossier, found.SituationVersion, found.Situation)
			if errors.Is(err, fault.Conflict("")) {
				return nil
			}
			return err
		case 2:
			return p.referrals.Reply(as(t, f.by), f.referral, referrals.Reply{ID: ids.New[messages.Message](), Kind: messages.Plain, Body: "more"})
		default:
			return read(t.Context(), db, p, f)
		}
	}
	for i := range 9 {
		load.Go(func() {
			for n := i; working.Err() == nil; n++ {
				at.RLock()
				err := work(processes[i%3], n)
				at.RUnlock()
				if err != nil && working.Err() == nil {
					t.Errorf("process %d, after %d: %v", i%3, done.Load(), err)
					return
				}
				done.Add(1)
			}
		})
	}
	// More than Grace has passed when everybody has finished what they were at, and remembers nothing any more.
	rotation := rotationOf(t, db, masters, func(ctx context.Context, why string, time time.Duration) error {
		began := done.Load()
		for done.Load() < began+9 && !t.Failed() && ctx.Err() == nil {
			// Meanwhile, they go on with what they have.
			runtime.Gosched()
		}
		at.Lock()
		defer at.Unlock()
		for _, p := range processes {
			keys.Expire(p.ring)
		}
		return ctx.Err()
	})
	for name, step := range levels(rotation) {
		if err := step(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	stop()
	load.Wait()
	if t.Failed() {
		return
	}
	t.Logf("%d acts, %d files", done.Load(), len(files))

	// Nothing is left under what was there before, and the old master key is needed no more.
	fresh := newProcess(db, ringWith(t, db, next))
	everything := func(when string) {
		t.Helper()
		for _, f := range files {
			if err := read(t.Context(), db, fresh, f); err != nil {
				t.Errorf("%s: %v", when, err)
			}
		}
	}
	everything("afterwards")
	for _, kind := range keys.Kinds {
		if err := rotation.DropHolders(t.Context(), kind, 0); err != nil {
			t.Error(err)
		}
	}
	if err := rotation.DropTenants(t.Context(), 0); err != nil {
		t.Error(err)
	}
	everything("without the old keys")
	if old := newProcess(db, ringWith(t, db, pgtest.Master())); read(t.Context(), db, old, files[0]) == nil {
		t.Error("the old master key still opens something")
	}
}

// levels are all that can be rotated.
func levels(rotation *keys.Rotation) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"master":      rotation.Master,
		"tenants":     rotation.Tenants,
		"dossiers":    func(ctx context.Context) error { return rotation.Holders(ctx, keys.Dossier) },
		"referrals":   func(ctx context.Context) error { return rotation.Holders(ctx, keys.Referral) },
		"people":      func(ctx context.Context) error { return rotation.Holders(ctx, keys.Person) },
		"lodgings":    func(ctx context.Context) error { return rotation.Holders(ctx, keys.Lodging) },
		"directories": func(ctx context.Context) error { return rotation.Holders(ctx, keys.Directory) },
	}
}
