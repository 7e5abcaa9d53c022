package keys

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"passerelle/internal/tenantdb"
)

// Carrier opens and seals single values of one tenant, of whatever table, for whoever takes a tenant out of an installation or
// brings it into one. It is not for pages: it leaves nothing in the journal.
type Carrier struct {
	ring   *Ring
	tenant tenantdb.TenantID
	boxes  map[Holder]*Box
}

// mostCarried is how many boxes are kept at a time.
const mostCarried = 10_000

// Carrier gives the one of a tenant.
func (r *Ring) Carrier(tenant tenantdb.TenantID) *Carrier {
	return &Carrier{ring: r, tenant: tenant, boxes: map[Holder]*Box{}}
}

// Open gives what was sealed, as JSON. It fails with ErrForged or ErrDestroyed like a Box.
func (c *Carrier) Open(ctx context.Context, of Rows, holder uuid.UUID, row, column string, sealed []byte) (json.RawMessage, error) {
	box, err := c.box(ctx, Holder{of.Kind, holder}, false)
	if err != nil {
		return nil, fmt.Errorf("%s of %s, sealed for %s %s: %w", column, of.Table, of.Kind, holder, err)
	}
	plain, err := box.aead.Decrypt(sealed, box.associated(Place{of.Table, row}, column))
	if err != nil {
		return nil, fmt.Errorf("%s of %s, sealed for %s %s: %w", column, of.Table, of.Kind, holder, &ForgedError{box.holder})
	}
	if !json.Valid(plain) {
		return nil, fmt.Errorf("%s of %s, sealed for %s %s: %w", column, of.Table, of.Kind, holder, errUnwritable)
	}
	return plain, nil
}

// Seal seals JSON anew, as the value of a column of a row. A holder that has no keyset yet is given one.
func (c *Carrier) Seal(ctx context.Context, of Rows, holder uuid.UUID, row, column string, value json.RawMessage) ([]byte, error) {
	box, err := c.box(ctx, Holder{of.Kind, holder}, true)
	if err != nil {
		return nil, fmt.Errorf("%s of %s, sealed for %s %s: %w", column, of.Table, of.Kind, holder, err)
	}
	var plain bytes.Buffer
	if json.Compact(&plain, value) != nil {
		return nil, fmt.Errorf("%s of %s, sealed for %s %s: %w", column, of.Table, of.Kind, holder, errUnwritable)
	}
	return box.aead.Encrypt(plain.Bytes(), box.associated(Place{of.Table, row}, column))
}

func (c *Carrier) box(ctx context.Context, holder Holder, create bool) (*Box, error) {
	if box, ok := c.boxes[holder]; ok {
		return box, nil
	}
	if len(c.boxes) >= mostCarried {
		clear(c.boxes)
	}
	ctx = asKind(ctx, c.tenant, holder.Kind)
	box, err := c.ring.Box(ctx, holder)
	if errors.Is(err, ErrDestroyed) && create {
		if err := c.ring.Create(ctx, holder); err != nil {
			return nil, err
		}
		box, err = c.ring.Box(ctx, holder)
	}
	if err != nil {
		return nil, err
	}
	c.boxes[holder] = box
	return box, nil
}
