package keys_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"sync"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func sequencing(t testing.TB, tenant *cast.Tenant) context.Context {
	t.Helper()
	return tenantdb.WithScope(t.Context(), tenantdb.Sequencer(tenant.ID))
}

func signs(t testing.TB, ring *keys.Ring, tenant *cast.Tenant) ed25519.PublicKey {
	t.Helper()
	signer, err := ring.Signer(sequencing(t, tenant))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign([]byte("a checkpoint"))
	if err != nil || !ed25519.Verify(signer.Public(), []byte("a checkpoint"), signed) {
		t.Fatalf("the signature is not that of the key, %v", err)
	}
	return signer.Public()
}

// A journal has one key that signs, whoever asks first, and for as long as it is kept.
func TestSigner(t *testing.T) {
	w := newWorld(t)
	ring := ringWith(t, w.Database, pgtest.Master())
	var all sync.WaitGroup
	found := make([]ed25519.PublicKey, 6)
	for i := range found {
		all.Go(func() { found[i] = signs(t, ringWith(t, w.Database, pgtest.Master()), cast.Vaud) })
	}
	all.Wait()
	vaud := signs(t, ring, cast.Vaud)
	for _, public := range found {
		if !public.Equal(vaud) {
			t.Error("two keys sign for one tenant")
		}
	}
	if signs(t, ring, cast.Geneve).Equal(vaud) {
		t.Error("one key signs for two tenants")
	}
	// In no other scope does it exist, and nobody destroys it.
	for _, ctx := range []context.Context{as(t, cast.Lea), as(t, cast.Noe), as(t, cast.Claire)} {
		if _, err := ring.Signer(ctx); err == nil {
			t.Error("it signs in another scope")
		}
	}
	holder := keys.Holder{Kind: keys.Journal, ID: cast.Vaud.ID.UUID()}
	for _, ctx := range []context.Context{as(t, cast.Lea), sequencing(t, cast.Vaud)} {
		_ = ring.Destroy(ctx, holder) // refused, or nothing to destroy
	}
	if !signs(t, ring, cast.Vaud).Equal(vaud) {
		t.Error("it was destroyed and made anew")
	}
	// The sequencer's scope opens nothing of anybody.
	if _, err := ring.Box(sequencing(t, cast.Vaud), created(t, ring, cast.Lea, dossier())); !errors.Is(err, keys.ErrDestroyed) {
		t.Errorf("the sequencer opens a dossier: %v", err)
	}
	// Rotating wraps it anew and leaves it as it is.
	for name, level := range levels(rotationOf(t, w.Database, pgtest.Master(), nobody)) {
		if err := level(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := rotationOf(t, w.Database, pgtest.Master(), nobody).DropTenants(t.Context(), 0); err != nil {
		t.Error(err)
	}
	if !signs(t, ringWith(t, w.Database, pgtest.Master()), cast.Vaud).Equal(vaud) {
		t.Error("a rotation changed what signs")
	}
}
