package keys

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/tink-crypto/tink-go/v2/tink"

	"passerelle/internal/tenantdb"
)

// Place is where a sealed value stands, but for its column. It is sealed along: a ciphertext that is moved to another
// row, column, table or tenant opens nowhere.
type Place struct{ Table, Row string }

// Row is a row of a store that has sealed fields.
type Row interface{ Place() Place }

// Box seals and opens the rows of one holder.
type Box struct {
	tenant tenantdb.TenantID
	holder Holder
	aead   tink.AEAD
	// opened is told of whatever is opened.
	opened func(Holder)
	failed *failures
}

type witnessKey struct{}

// WithWitness has opened called whenever a box that was asked for with this context opens a row: for whoever sees to it
// that nothing is opened unrecorded.
func WithWitness(ctx context.Context, opened func(Holder)) context.Context {
	return context.WithValue(ctx, witnessKey{}, opened)
}

// in is the box as somebody asked for it.
func (b *Box) in(ctx context.Context) *Box {
	asked := *b
	asked.opened, _ = ctx.Value(witnessKey{}).(func(Holder))
	return &asked
}

// Seal encrypts the sealed fields of a row, before it is written. row is a pointer to a struct.
func (b *Box) Seal(row Row) error {
	return b.failed.note(each(row, func(column string, field sealable) error { return field.seal(b, b.associated(row.Place(), column)) }))
}

// Open decrypts the sealed fields of a row that was read.
func (b *Box) Open(row Row) error {
	if b.opened != nil {
		b.opened(b.holder)
	}
	return b.failed.note(each(row, func(column string, field sealable) error { return field.open(b, b.associated(row.Place(), column)) }))
}

// associated is what is authenticated beside the ciphertext (AAD): version, tenant, table, column and row.
func (b *Box) associated(place Place, column string) []byte {
	return []byte("v1|" + b.tenant.String() + "|" + place.Table + "|" + column + "|" + place.Row)
}

// sealable is a *Sealed.
type sealable interface {
	seal(box *Box, associated []byte) error
	open(box *Box, associated []byte) error
}

func each(row Row, do func(column string, field sealable) error) error {
	value := reflect.ValueOf(row).Elem()
	for i := range value.NumField() {
		if !value.Type().Field(i).IsExported() {
			continue
		}
		field, ok := value.Field(i).Addr().Interface().(sealable)
		if !ok {
			continue
		}
		column := value.Type().Field(i).Tag.Get("bun")
		if column == "" {
			return fmt.Errorf("the sealed field %s of %s names no column", value.Type().Field(i).Name, value.Type())
		}
		if err := do(column, field); err != nil {
			return err
		}
	}
	return nil
}

func (b *Box) encrypt(value any, associated []byte) ([]byte, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, errUnwritable
	}
	defer clear(plain)
	return b.aead.Encrypt(plain, associated)
}

func (b *Box) decrypt(ciphertext []byte, into any, associated []byte) error {
	plain, err := b.aead.Decrypt(ciphertext, associated)
	if err != nil {
		return &ForgedError{b.holder}
	}
	defer clear(plain)
	if json.Unmarshal(plain, into) != nil {
		return errUnwritable
	}
	return nil
}
