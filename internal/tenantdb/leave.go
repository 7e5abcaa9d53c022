package tenantdb

import (
	"context"
	"errors"

	"github.com/uptrace/bun"
)

// ErrUnleft is the error of a transaction in which a row could not be left that everything else depends on: a journal
// that cannot be written. Nothing was read and nothing changed.
var ErrUnleft = errors.New("what a transaction has to leave behind could not be written")

// unleftError is ErrUnleft with its cause, which holds no values.
type unleftError struct{ cause error }

func (e *unleftError) Error() string   { return ErrUnleft.Error() + ": " + e.cause.Error() }
func (e *unleftError) Unwrap() []error { return []error{ErrUnleft, e.cause} }

func unleft(err error) error {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return err
	}
	return &unleftError{redact(err)}
}

// Insert begins an insertion that Leave asks for, together with questions.
func Insert() *bun.InsertQuery { return renderer.NewInsert() }

// Leave inserts a row along with the questions of a Read, whose answers are worth nothing without it: if it cannot be
// written the Read fails with ErrUnleft, and if it takes its values from a row that this scope does not see, with
// fault.NotFound. left is called once it is committed.
//
// Where promise is not nil, Read gives the answers back while the commit is still being written, and promise is given what
// waits for it: nothing of the answers may leave the process before that has returned nil.
func Leave(insert Query, left func(), promise func(await func() error)) Question {
	return Question{query: insert, left: left, promise: promise}
}

func (q Question) leaves() bool { return q.left != nil }

// Leave inserts rows on which the whole transaction depends: ErrUnleft if they cannot be written. left is called once
// they are committed.
func (tx Tx) Leave(ctx context.Context, insert *bun.InsertQuery, left func()) error {
	if _, err := insert.Exec(ctx); err != nil {
		return unleft(err)
	}
	*tx.left = append(*tx.left, left)
	return nil
}
