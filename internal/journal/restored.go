package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"

	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Prove holds the journal of a tenant, entry by entry, against the checkpoint that was signed last and lies beside it, and against
// those that somebody holds elsewhere. It changes nothing. The verdict names no checkpoint where nothing was ever signed; its
// error is a Breach, or a sentence about keys that are not those of the data.
func (s *Sequencer) Prove(ctx context.Context, tenant Tenant, elsewhere []Held) (Verdict, error) {
	within := asSequencer(ctx, tenant.TenantID)
	note, err := findNote(within, s.db)
	if err != nil {
		return Verdict{}, err
	}
	held := elsewhere
	if note != "" {
		file, err := s.bundled(within, note)
		if err != nil {
			return Verdict{}, err
		}
		held = append(held[:len(held):len(held)], Held{"of the database itself", file})
	}
	if len(held) == 0 {
		entries, err := countEntries(within, s.db)
		return Verdict{Tenant: tenant.Slug, Entries: int64(entries)}, err
	}
	signer, err := s.ring.KeptSigner(within)
	if errors.Is(err, keys.ErrDestroyed) {
		return Verdict{}, fmt.Errorf("the journal of %s is signed, and what signed it is not among the keys: they are older than the data, or another installation's", tenant.Slug)
	}
	if err != nil {
		return Verdict{}, fmt.Errorf("find what signs the journal of %s: %w", tenant.Slug, err)
	}
	_, key, err := named(signer, tenant.TenantID)
	if err != nil {
		return Verdict{}, err
	}
	out, in := io.Pipe()
	written := make(chan error, 1)
	go func() {
		_, err := s.Export(ctx, tenant, in, func(int) func(int) { return func(int) {} })
		written <- errors.Join(err, in.CloseWithError(err))
	}()
	verdict, err := Verify(out, held, key)
	// Whoever stopped reading has the other one stop writing.
	out.CloseWithError(io.ErrClosedPipe)
	if failed := <-written; failed != nil && !errors.Is(failed, io.ErrClosedPipe) {
		return Verdict{}, failed
	}
	if err != nil {
		return Verdict{}, fmt.Errorf("the journal of %s: %w", tenant.Slug, err)
	}
	return verdict, nil
}

// bundled puts the fingerprints beside a checkpoint that was signed with some, which went to whoever asked for it and are not kept.
func (s *Sequencer) bundled(within context.Context, note string) ([]byte, error) {
	text, _, _ := strings.Cut(note, "\n\n")
	c, err := parseText(text + "\n")
	if err != nil {
		return nil, err
	}
	if c.prints == nil {
		return []byte(note), nil
	}
	if c.prints.bytes, err = fingerprintsOf(within, s.db, c.prints.from, c.N); err != nil {
		return nil, err
	}
	return bundle([]byte(note), c.prints), nil
}

// Erased says of which dossiers and referrals of a tenant the journal knows that their keys were destroyed, so that keys of an older
// backup do not bring them back.
func (s *Sequencer) Erased(ctx context.Context, tenant Tenant) (dossiers, referrals []uuid.UUID, err error) {
	return listErased(asSequencer(ctx, tenant.TenantID), s.db)
}

// HeldBy is whose journal a checkpoint is of that somebody holds. Nothing is verified.
func HeldBy(file []byte) (tenantdb.TenantID, error) {
	signed, _ := split(file)
	text, _, found := strings.Cut(string(signed), "\n\n")
	c, err := parseText(text + "\n")
	if !found || err != nil {
		return tenantdb.TenantID{}, errForm
	}
	return c.tenant, nil
}
