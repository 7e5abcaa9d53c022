package tenantdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// What is slow, refused or wrong is there; a database that is starting, ending, full of connections or not to be reached is not.
func TestUnreachable(t *testing.T) {
	nowhere, err := pgconn.ParseConfig("host=/nowhere user=nobody")
	if err != nil {
		t.Fatal(err)
	}
	_, refused := pgconn.ConnectConfig(t.Context(), nowhere)
	for _, test := range []struct {
		err        error
		away, full bool
	}{
		{refused, true, false},
		{io.ErrUnexpectedEOF, true, false},
		{&pgconn.PgError{Code: "57P01"}, true, false},
		{&Error{Code: "57P03"}, true, false},
		{&Error{Code: "08006"}, true, false},
		{&Error{Code: "53300"}, true, false},
		{&pgconn.PgError{Code: "53100"}, false, true},
		{&Error{Code: "57014"}, false, false},
		{&Error{Code: "23505"}, false, false},
		{context.DeadlineExceeded, false, false},
		{context.Canceled, false, false},
		{errors.New("something else"), false, false},
		{nil, false, false},
	} {
		wrapped := test.err
		if wrapped != nil {
			wrapped = fmt.Errorf("do: %w", wrapped)
		}
		if Unreachable(wrapped) != test.away || Full(wrapped) != test.full {
			t.Errorf("%v: away %v, full %v", test.err, Unreachable(wrapped), Full(wrapped))
		}
	}
}
