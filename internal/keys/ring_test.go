package keys_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func TestTheKeysOutliveTheProcess(t *testing.T) {
	db := pgtest.New(t)
	holder := created(t, db.Ring(t), cast.Lea, dossier())
	written := sealed(t, box(t, db.Ring(t), cast.Lea, holder), "notes", "1")
	if got, err := opened(box(t, db.Ring(t), cast.Lea, holder), "notes", "1", written); err != nil || got != secret {
		t.Fatalf("read %q: %v", got, err)
	}
}

func TestKeysThatAreThereStay(t *testing.T) {
	db := pgtest.New(t)
	holder := created(t, db.Ring(t), cast.Lea, dossier())
	written := sealed(t, box(t, db.Ring(t), cast.Lea, holder), "notes", "1")
	created(t, db.Ring(t), cast.Karim, holder)
	if got, err := opened(box(t, db.Ring(t), cast.Lea, holder), "notes", "1", written); err != nil || got != secret {
		t.Fatalf("read %q: %v", got, err)
	}
}

// A keyset that its transaction did not keep must not wrap another one.
func TestWhatWasNotKeptWrapsNothing(t *testing.T) {
	db := pgtest.New(t)
	ring := db.Ring(t)
	db.Exec(t, "alter table keys.keysets add constraint none check (false) not valid")
	if err := ring.Create(as(t, cast.Lea), dossier()); err == nil {
		t.Fatal("made, although it cannot be kept")
	}
	db.Exec(t, "alter table keys.keysets drop constraint none")
	holder := created(t, ring, cast.Lea, dossier())
	written := sealed(t, box(t, ring, cast.Lea, holder), "notes", "1")
	if got, err := opened(box(t, db.Ring(t), cast.Lea, holder), "notes", "1", written); err != nil || got != secret {
		t.Fatalf("read %q: %v", got, err)
	}
}

// Eight at once, in processes of their own, for a tenant that has no keys yet: one keyset stands, and all have that.
func TestManyMakeOne(t *testing.T) {
	db := pgtest.New(t)
	holder := dossier()
	var rings []*keys.Ring
	for range 4 {
		rings = append(rings, db.Ring(t))
	}
	written := make([][]byte, 8)
	var all sync.WaitGroup
	for i := range written {
		all.Go(func() {
			ring := rings[i%len(rings)]
			if err := ring.Create(as(t, cast.Lea), holder); err != nil {
				t.Error(err)
				return
			}
			box, err := ring.Box(as(t, cast.Lea), holder)
			if err != nil {
				t.Error(err)
				return
			}
			n := note{Table: "notes", Row: "1", Words: keys.Of(secret)}
			if err := box.Seal(&n); err != nil {
				t.Error(err)
				return
			}
			value, _ := n.Words.Value()
			written[i], _ = value.([]byte)
		})
	}
	all.Wait()
	for _, w := range written {
		if got, err := opened(box(t, db.Ring(t), cast.Lea, holder), "notes", "1", w); err != nil || got != secret {
			t.Errorf("read %q: %v", got, err)
		}
	}
	var tenants, holders int
	if err := db.Owner.QueryRow(t.Context(), "select (select count(*) from keys.tenant_keysets), (select count(*) from keys.keysets)").Scan(&tenants, &holders); err != nil {
		t.Fatal(err)
	}
	if tenants != 1 || holders != 1 {
		t.Fatalf("%d tenants' keysets, %d holders'", tenants, holders)
	}
}

// TestT37Keysets exchanges wrapped keysets, as somebody would who can write into the database of the keys.
func TestT37Keysets(t *testing.T) {
	db := pgtest.New(t)
	ring := db.Ring(t)
	mine, sibling := created(t, ring, cast.Lea, dossier()), created(t, ring, cast.Lea, dossier())
	samePlace := created(t, ring, cast.Lea, keys.Holder{Kind: keys.Referral, ID: mine.ID})
	created(t, ring, cast.Claire, mine)

	for name, forgery := range map[string]struct {
		statement string
		arguments []any
		refusal   string
	}{
		"another dossier's": {"update keys.keysets k set wrapped = o.wrapped from keys.keysets o where k.tenant_id = $1 and k.kind = 'dossier' and k.holder_id = $2 and o.tenant_id = $1 and o.holder_id = $3",
			[]any{cast.Vaud.ID, mine.ID, sibling.ID}, keys.ErrForged.Error()},
		"a referral's": {"update keys.keysets k set wrapped = o.wrapped from keys.keysets o where k.tenant_id = $1 and k.kind = 'dossier' and k.holder_id = $2 and o.tenant_id = $1 and o.kind = 'referral' and o.holder_id = $3",
			[]any{cast.Vaud.ID, mine.ID, samePlace.ID}, keys.ErrForged.Error()},
		"another tenant's": {"update keys.keysets k set wrapped = o.wrapped from keys.keysets o where k.tenant_id = $1 and k.kind = 'dossier' and k.holder_id = $2 and o.tenant_id = $3 and o.holder_id = $2",
			[]any{cast.Vaud.ID, mine.ID, cast.Geneve.ID}, keys.ErrForged.Error()},
		"a changed one": {"update keys.keysets set wrapped = set_byte(wrapped, 40, get_byte(wrapped, 40) # 1) where tenant_id = $1 and kind = 'dossier' and holder_id = $2",
			[]any{cast.Vaud.ID, mine.ID}, keys.ErrForged.Error()},
		"a part of one": {"update keys.keysets set wrapped = substring(wrapped for 40) where tenant_id = $1 and kind = 'dossier' and holder_id = $2",
			[]any{cast.Vaud.ID, mine.ID}, keys.ErrForged.Error()},
		"another tenant's own": {"update keys.tenant_keysets k set wrapped = o.wrapped from keys.tenant_keysets o where k.tenant_id = $1 and o.tenant_id = $2",
			[]any{cast.Vaud.ID, cast.Geneve.ID}, "cannot be unwrapped"},
	} {
		t.Run(name, func(t *testing.T) {
			var kept []byte
			read := "select wrapped from keys.keysets where tenant_id = $1 and kind = 'dossier' and holder_id = $2"
			if err := db.Owner.QueryRow(t.Context(), read, cast.Vaud.ID, mine.ID).Scan(&kept); err != nil {
				t.Fatal(err)
			}
			var keptTenant []byte
			if err := db.Owner.QueryRow(t.Context(), "select wrapped from keys.tenant_keysets where tenant_id = $1", cast.Vaud.ID).Scan(&keptTenant); err != nil {
				t.Fatal(err)
			}
			tag, err := db.Owner.Exec(t.Context(), forgery.statement, forgery.arguments...)
			if err != nil || tag.RowsAffected() == 0 {
				t.Fatalf("%d rows: %v", tag.RowsAffected(), err)
			}
			asked := db.Ring(t)
			if _, err := asked.Box(as(t, cast.Lea), mine); err == nil || !strings.Contains(err.Error(), forgery.refusal) {
				t.Errorf("got %v", err)
			}
			want := keys.Failures{Forged: 1}
			if forgery.refusal != keys.ErrForged.Error() {
				want = keys.Failures{Other: 1}
			}
			if counted := asked.Failures(); counted != want {
				t.Errorf("counted %+v", counted)
			}
			db.Exec(t, "update keys.keysets set wrapped = $3 where tenant_id = $1 and kind = 'dossier' and holder_id = $2", cast.Vaud.ID, mine.ID, kept)
			db.Exec(t, "update keys.tenant_keysets set wrapped = $2 where tenant_id = $1", cast.Vaud.ID, keptTenant)
			box(t, db.Ring(t), cast.Lea, mine)
		})
	}
}

// T05: whoever asks for an unwrap without the master key gets nothing.
func TestAnotherMasterKeyOpensNothing(t *testing.T) {
	db := pgtest.New(t)
	holder := created(t, db.Ring(t), cast.Lea, dossier())
	text, err := keys.NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	master, err := keys.MasterFromText(text)
	if err != nil {
		t.Fatal(err)
	}
	const sentence = "the keys of the tenant cannot be unwrapped: is this the master key that wrapped them?"
	if _, err := ringWith(t, db, master).Box(as(t, cast.Lea), holder); err == nil || err.Error() != sentence {
		t.Errorf("reading: %v", err)
	}
	if err := ringWith(t, db, master).Create(as(t, cast.Lea), dossier()); err == nil || err.Error() != sentence {
		t.Errorf("making: %v", err)
	}
}

// Nobody finds keys that are not theirs: neither in the database nor in what this process remembers.
func TestEachFindsOnlyTheirKeys(t *testing.T) {
	db := pgtest.New(t)
	warm := db.Ring(t)
	ofDossier, ofReferral := created(t, warm, cast.Lea, dossier()), created(t, warm, cast.Lea, referral())
	ofNoe := created(t, warm, cast.Noe, keys.Holder{Kind: keys.Person, ID: cast.Noe.ID.UUID()})
	created(t, warm, cast.Claire, dossier())
	box(t, warm, cast.Lea, ofDossier)
	box(t, warm, cast.Lea, ofReferral)
	box(t, warm, cast.Noe, ofReferral)
	box(t, warm, cast.Noe, ofNoe)
	for name, ring := range map[string]*keys.Ring{"remembered": warm, "anew": db.Ring(t)} {
		for _, looks := range []struct {
			who    cast.Person
			holder keys.Holder
		}{
			{cast.Claire, ofDossier}, {cast.Claire, ofReferral}, {cast.Eva, ofReferral},
			{cast.Noe, ofDossier}, {cast.Ines, ofDossier}, {cast.Ines, ofNoe},
		} {
			if _, err := ring.Box(as(t, looks.who), looks.holder); !errors.Is(err, keys.ErrDestroyed) {
				t.Errorf("%s: %s finds the keys of a %s: %v", name, looks.who.Name, looks.holder.Kind, err)
			}
		}
		if _, err := ring.Box(tenantdb.WithScope(t.Context(), tenantdb.SignIn()), ofReferral); !errors.Is(err, keys.ErrDestroyed) {
			t.Errorf("%s: found at the door: %v", name, err)
		}
		if _, err := ring.Box(t.Context(), ofReferral); !errors.Is(err, tenantdb.ErrNoScope) {
			t.Errorf("%s: without a scope: %v", name, err)
		}
	}
	if err := warm.Create(as(t, cast.Noe), dossier()); err == nil {
		t.Error("an office makes the keys of a dossier")
	}
	if err := warm.Create(t.Context(), dossier()); !errors.Is(err, tenantdb.ErrNoScope) {
		t.Errorf("made without a scope: %v", err)
	}
}

func TestDestroyIsFinal(t *testing.T) {
	db := pgtest.New(t)
	ring := db.Ring(t)
	for _, holder := range []keys.Holder{dossier(), referral()} {
		created(t, ring, cast.Lea, holder)
		created(t, ring, cast.Claire, holder)
		written := sealed(t, box(t, ring, cast.Claire, holder), "notes", "1")
		if holder.Kind == keys.Referral {
			box(t, ring, cast.Noe, holder)
		}
		if err := ring.Destroy(as(t, cast.Lea), holder); err != nil {
			t.Fatal(err)
		}
		for name, ring := range map[string]*keys.Ring{"here": ring, "elsewhere": db.Ring(t)} {
			for _, who := range []cast.Person{cast.Lea, cast.Noe} {
				if _, err := ring.Box(as(t, who), holder); !errors.Is(err, keys.ErrDestroyed) {
					t.Errorf("%s, %s finds destroyed keys: %v", name, who.Name, err)
				}
			}
			if err := ring.Create(as(t, cast.Lea), holder); !errors.Is(err, keys.ErrDestroyed) {
				t.Errorf("%s: made anew: %v", name, err)
			}
		}
		var when time.Time
		if err := db.Owner.QueryRow(t.Context(), "select destroyed_at from keys.tombstones where tenant_id = $1 and kind = $2 and holder_id = $3",
			cast.Vaud.ID, string(holder.Kind), holder.ID).Scan(&when); err != nil {
			t.Errorf("no tombstone: %v", err)
		}
		// What is another tenant's stays, under the same identifier.
		if got, err := opened(box(t, db.Ring(t), cast.Claire, holder), "notes", "1", written); err != nil || got != secret {
			t.Errorf("read %q: %v", got, err)
		}
	}
}

// Keys are made again while they are being destroyed: whoever comes later finds the tombstone.
func TestWhatIsBeingDestroyedIsNotMadeAnew(t *testing.T) {
	db := pgtest.New(t)
	ring := db.Ring(t)
	holder := created(t, ring, cast.Lea, dossier())
	tx, err := db.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := tx.Exec(t.Context(), "delete from keys.keysets where holder_id = $1", holder.ID); err != nil {
		t.Fatal(err)
	}
	made := make(chan error)
	go func() { made <- ring.Create(as(t, cast.Lea), holder) }()
	for waiting := 0; waiting == 0; {
		if err := db.Owner.QueryRow(t.Context(), "select count(*) from pg_locks where not granted").Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-made; !errors.Is(err, keys.ErrDestroyed) {
		t.Fatalf("made anew: %v", err)
	}
}

// An office may answer a referral, and never make an end of it, or begin one whose keys were destroyed.
func TestAnOfficeNeitherDestroysNorRevives(t *testing.T) {
	db := pgtest.New(t)
	ring := db.Ring(t)
	holder := created(t, ring, cast.Lea, referral())
	if err := ring.Destroy(as(t, cast.Noe), holder); err == nil {
		t.Error("an office destroyed the keys of a referral")
	}
	box(t, db.Ring(t), cast.Lea, holder)
	if err := ring.Destroy(as(t, cast.Lea), holder); err != nil {
		t.Fatal(err)
	}
	if err := ring.Create(as(t, cast.Noe), holder); err == nil {
		t.Error("an office made keys that were destroyed")
	}
}

// TestT39 puts an old backup of the data beside the keys of today.
func TestT39(t *testing.T) {
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	ring := db.Ring(t)
	service := dossiers.New(db.App, ring, time.Now)
	id := ids.New[dossiers.Dossier]()
	amina := dossiers.Particulars{
		CodeName: "Lomidak", Phase: dossiers.Identification, ResponsibleID: cast.Lea.ID, Beneficiary: dossiers.Beneficiary{FamilyName: "Okafor"},
	}
	if err := service.Open(as(t, cast.Lea), id, amina); err != nil {
		t.Fatal(err)
	}
	file, err := service.Find(as(t, cast.Lea), id)
	if err != nil || file.Beneficiary.FamilyName != "Okafor" {
		t.Fatalf("found %q: %v", file.Beneficiary.FamilyName, err)
	}

	tables := []string{"dossiers", "beneficiaries", "situations"}
	db.Exec(t, "create schema backup")
	for _, table := range tables {
		db.Exec(t, "create table backup."+table+" as select * from "+table)
	}
	if err := ring.Destroy(as(t, cast.Lea), keys.Holder{Kind: keys.Dossier, ID: id.UUID()}); err != nil {
		t.Fatal(err)
	}
	db.Exec(t, "truncate dossiers cascade")
	db.Exec(t, "insert into dossiers (tenant_id, dossier_id, code_name, phase, responsible_id, reached_through, opened_at, updated_at, version) "+
		"select tenant_id, dossier_id, code_name, phase, responsible_id, reached_through, opened_at, updated_at, version from backup.dossiers")
	db.Exec(t, "insert into beneficiaries select * from backup.beneficiaries")

	var restored int
	if err := db.Owner.QueryRow(t.Context(), "select count(*) from beneficiaries where dossier_id = $1", id).Scan(&restored); err != nil || restored != 1 {
		t.Fatalf("%d rows came back: %v", restored, err)
	}
	for name, ring := range map[string]*keys.Ring{"the process that destroyed them": ring, "another": db.Ring(t)} {
		file, err := dossiers.New(db.App, ring, time.Now).Find(as(t, cast.Lea), id)
		if !errors.Is(err, keys.ErrDestroyed) || file.Beneficiary.FamilyName != "" {
			t.Errorf("%s: found %q, %v", name, file.Beneficiary.FamilyName, err)
		}
	}
}
