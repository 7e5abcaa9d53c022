package keys_test

import (
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
)

// TestAdministratorsFindTheirOwnKeysetAlone: what an admin, or a statistician, had typed can be kept and given back; of a dossier,
// of a referral and of what somebody else typed they find no key, and make none.
func TestAdministratorsFindTheirOwnKeysetAlone(t *testing.T) {
	db := pgtest.New(t)
	ring := db.Ring(t)
	file, sent := created(t, ring, cast.Lea, dossier()), created(t, ring, cast.Lea, referral())
	if _, err := ring.BoxOfPerson(as(t, cast.Lea), cast.Lea.ID); err != nil {
		t.Fatal(err)
	}
	for _, person := range []cast.Person{cast.Anna, cast.Sami} {
		ctx := person.Context(t.Context())
		if _, err := ring.BoxOfPerson(ctx, person.ID); err != nil {
			t.Errorf("%s's own: %v", person.Name, err)
		}
		for _, holder := range []keys.Holder{file, sent, {Kind: keys.Person, ID: cast.Lea.ID.UUID()}} {
			if _, err := ring.Box(ctx, holder); err == nil {
				t.Errorf("%s opens a %s", person.Name, holder.Kind)
			}
		}
		if err := ring.Create(ctx, dossier()); err == nil {
			t.Errorf("%s makes a key of a dossier", person.Name)
		}
	}
}
