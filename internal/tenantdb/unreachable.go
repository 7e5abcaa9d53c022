package tenantdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Unreachable says whether an error means that the database is not there at present: nothing answers, or it is starting, ending, or takes
// no more connections. What was asked can be asked again later. That something took too long does not say so: it may be what was asked.
func Unreachable(err error) bool {
	var (
		refused *pgconn.ConnectError
		broken  *net.OpError
		told    *Error
	)
	switch {
	case err == nil:
		return false
	case errors.As(redact(err), &told):
		return strings.HasPrefix(told.Code, "08") || strings.HasPrefix(told.Code, "57P") || told.Code == "53300"
	case errors.As(err, &refused):
		return true
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return false
	default:
		return errors.As(err, &broken) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn) || pgconn.SafeToRetry(err)
	}
}

// Full says whether something could not be written because there is no room: what is read is there.
func Full(err error) bool {
	var told *Error
	return errors.As(redact(err), &told) && told.Code == "53100"
}
