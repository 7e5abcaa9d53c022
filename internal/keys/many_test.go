package keys_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"passerelle/internal/cast"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func TestABunchOpensWhatItsHoldersSealed(t *testing.T) {
	db := pgtest.New(t)
	ring := db.Ring(t)
	one, other := created(t, ring, cast.Lea, dossier()), created(t, ring, cast.Lea, dossier())
	written := sealed(t, box(t, ring, cast.Lea, one), "notes", "1")
	gone := created(t, ring, cast.Lea, dossier())
	if err := ring.Destroy(as(t, cast.Lea), gone); err != nil {
		t.Fatal(err)
	}
	bunch, err := db.Ring(t).Bunch(as(t, cast.Karim), keys.Dossier, []uuid.UUID{one.ID, other.ID, gone.ID, uuid.New()})
	if err != nil {
		t.Fatal(err)
	}
	first, err := bunch.Box(one.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := opened(first, "notes", "1", written); err != nil || got != secret {
		t.Errorf("read %q: %v", got, err)
	}
	second, err := bunch.Box(other.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := opened(second, "notes", "1", written); !errors.Is(err, keys.ErrForged) {
		t.Errorf("another dossier's box: %v", err)
	}
	for _, missing := range []uuid.UUID{gone.ID, uuid.New()} {
		if _, err := bunch.Box(missing); !errors.Is(err, keys.ErrDestroyed) {
			t.Errorf("a box that is not there: %v", err)
		}
	}
}

// Nobody's bunch has keys that are not theirs, even where the identifiers are known.
func TestABunchIsFenced(t *testing.T) {
	db := pgtest.New(t)
	ring := db.Ring(t)
	ofDossier, ofReferral := created(t, ring, cast.Lea, dossier()), created(t, ring, cast.Lea, referral())
	created(t, ring, cast.Claire, dossier())
	box(t, ring, cast.Lea, ofDossier)
	asked := []uuid.UUID{ofDossier.ID, ofReferral.ID}
	for _, who := range []cast.Person{cast.Claire, cast.Noe, cast.Ines, cast.Eva} {
		bunch, err := ring.Bunch(as(t, who), keys.Dossier, asked)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range asked {
			if _, err := bunch.Box(id); !errors.Is(err, keys.ErrDestroyed) {
				t.Errorf("%s: %v", who.Name, err)
			}
		}
	}
	bunch, err := ring.Bunch(tenantdb.WithScope(t.Context(), tenantdb.SignIn()), keys.Dossier, asked)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bunch.Box(ofDossier.ID); !errors.Is(err, keys.ErrDestroyed) {
		t.Errorf("at the door: %v", err)
	}
	if _, err := ring.Bunch(t.Context(), keys.Dossier, asked); !errors.Is(err, tenantdb.ErrNoScope) {
		t.Errorf("without a scope: %v", err)
	}
}

// What was put in another's place opens nothing, and the rest of the bunch stays usable.
func TestABunchNoticesForgeries(t *testing.T) {
	db := pgtest.New(t)
	ring := db.Ring(t)
	mine, sibling := created(t, ring, cast.Lea, dossier()), created(t, ring, cast.Lea, dossier())
	db.Exec(t, "update keys.keysets k set wrapped = o.wrapped from keys.keysets o where k.holder_id = $1 and o.holder_id = $2", mine.ID, sibling.ID)
	bunch, err := ring.Bunch(as(t, cast.Lea), keys.Dossier, []uuid.UUID{mine.ID, sibling.ID})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bunch.Box(mine.ID); !errors.Is(err, keys.ErrForged) {
		t.Errorf("another dossier's keyset: %v", err)
	}
	if _, err := bunch.Box(sibling.ID); err != nil {
		t.Error(err)
	}
}
