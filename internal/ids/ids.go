// Package ids gives every thing an identifier of its own type, so that a dossier's can never be passed for a referral's.
package ids

import (
	"database/sql/driver"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"

	"passerelle/internal/fault"
)

// ID identifies one T. It is a random UUID (version 4, RFC 9562): neither its order nor its time says anything.
type ID[T any] struct{ uuid uuid.UUID }

// New makes an identifier nobody has seen before.
func New[T any]() ID[T] { return ID[T]{uuid.New()} }

// Parse reads an identifier as it stands in a URL or a form. Nonsense is fault.NotFound, and so is the zero identifier: nothing has that id.
func Parse[T any](text string) (ID[T], error) {
	if len(text) != 36 {
		return ID[T]{}, fault.NotFound()
	}
	parsed, err := uuid.Parse(text)
	if err != nil || parsed == uuid.Nil {
		return ID[T]{}, fault.NotFound()
	}
	return ID[T]{parsed}, nil
}

// MustParse reads an identifier that the program itself wrote.
func MustParse[T any](text string) ID[T] { return ID[T]{uuid.MustParse(text)} }

// From turns an untyped UUID, from a library or a bare column, into an identifier.
func From[T any](u uuid.UUID) ID[T] { return ID[T]{u} }

// UUID gives the bare value for a library that wants one.
func (id ID[T]) UUID() uuid.UUID { return id.uuid }

// Zero says that no thing is meant.
func (id ID[T]) Zero() bool { return id.uuid == uuid.Nil }

// IsZero lets bun and encoding/json treat the zero identifier as absent.
func (id ID[T]) IsZero() bool { return id.Zero() }

// String is the form for URLs; the zero identifier is empty.
func (id ID[T]) String() string {
	if id.Zero() {
		return ""
	}
	return id.uuid.String()
}

// Value stores the identifier; the zero identifier is null.
func (id ID[T]) Value() (driver.Value, error) {
	if id.Zero() {
		return nil, nil
	}
	return id.uuid.String(), nil
}

// Scan reads the identifier from a uuid column; null is the zero identifier.
func (id *ID[T]) Scan(source any) error {
	switch v := source.(type) {
	case nil:
		id.uuid = uuid.Nil
		return nil
	case [16]byte:
		id.uuid = v
		return nil
	default:
		if err := id.uuid.Scan(source); err != nil {
			return fmt.Errorf("scan id: %w", err)
		}
		return nil
	}
}

// ScanUUID reads the identifier as pgx has it, without writing it out and parsing it again: a list has a hundred.
func (id *ID[T]) ScanUUID(v pgtype.UUID) error {
	id.uuid = uuid.Nil
	if v.Valid {
		id.uuid = v.Bytes
	}
	return nil
}

// UUIDValue gives the identifier to pgx as it is; the zero identifier is null.
func (id ID[T]) UUIDValue() (pgtype.UUID, error) {
	return pgtype.UUID{Bytes: id.uuid, Valid: !id.Zero()}, nil
}

// MarshalText writes the identifier for JSON.
func (id ID[T]) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (id *ID[T]) UnmarshalText(text []byte) error {
	if len(text) == 0 || string(text) == uuid.Nil.String() { // a database writes what is stored in full
		id.uuid = uuid.Nil
		return nil
	}
	parsed, err := Parse[T](string(text))
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}
