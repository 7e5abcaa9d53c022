package keys

import (
	"database/sql/driver"
	"errors"
	"fmt"
)

// Sealed is a value that the database holds encrypted, in a column of type bytea. As a field of a row it carries the
// column's name in its bun tag. It can be written once the Box of its holder has sealed it, and read once that has
// opened it; printed, it says nothing.
type Sealed[T any] struct {
	// value is behind two pointers because fmt looks into fields that are not exported without asking them, and follows
	// one pointer but not the second.
	value      **T
	ciphertext []byte
	// read says that a column was scanned, null included: one that a query forgot must not open as nothing.
	read bool
}

// errUnwritable stands for errors that quote the value.
var errUnwritable = errors.New("a sealed value is not of the form that it was sealed in")

// errUnread is the programming error of opening a column that the query left out.
var errUnread = errors.New("a sealed value would be opened that was never read")

// Of is a value that is to be sealed.
func Of[T any](value T) Sealed[T] { return Sealed[T]{value: new(&value)} }

// Get is the value, once opened.
func (s Sealed[T]) Get() (value T) {
	if s.value == nil {
		return value
	}
	return **s.value
}

// Ciphertext is what Value writes, for whoever copies rows into a table.
func (s Sealed[T]) Ciphertext() []byte { return s.ciphertext }

// String hides the value from logs and error messages.
func (s Sealed[T]) String() string { return "(sealed)" }

// GoString hides the value from %#v as well.
func (s Sealed[T]) GoString() string { return "(sealed)" }

// MarshalText hides the value from encoders.
func (s Sealed[T]) MarshalText() ([]byte, error) { return []byte("(sealed)"), nil }

// Value writes the ciphertext, and ErrOpen where there is none.
func (s Sealed[T]) Value() (driver.Value, error) {
	if s.ciphertext == nil {
		return nil, ErrOpen
	}
	return s.ciphertext, nil
}

// Scan takes the ciphertext from a column.
func (s *Sealed[T]) Scan(source any) error {
	switch bytes := source.(type) {
	case nil:
		*s = Sealed[T]{read: true}
		return nil
	case []byte:
		// No bytes are not null: they are a value that was cut off.
		*s = Sealed[T]{ciphertext: append([]byte{}, bytes...), read: true}
		return nil
	default:
		return fmt.Errorf("a sealed column holds bytes, not %T", source)
	}
}

func (s *Sealed[T]) seal(box *Box, associated []byte) (err error) {
	s.ciphertext, err = box.encrypt(s.Get(), associated)
	return err
}

func (s *Sealed[T]) open(box *Box, associated []byte) error {
	switch {
	case s.ciphertext != nil:
	case s.read: // a column that may be null
		return nil
	default:
		return errUnread
	}
	opened := new(T)
	if err := box.decrypt(s.ciphertext, opened, associated); err != nil {
		return err
	}
	s.value = &opened
	return nil
}
