package disclosure

import (
	"context"
	"time"

	"passerelle/internal/i18n"
)

// Read is a value of a kind in the words of the reader's language.
func Read(ctx context.Context, kind Kind, value string) string {
	switch kind {
	case Date:
		if day, err := time.Parse(time.DateOnly, value); err == nil {
			return i18n.Date(ctx, day)
		}
	case Moment:
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			return i18n.DateTime(ctx, at)
		}
	case Country:
		return i18n.Country(ctx, value)
	case Language:
		return i18n.Language(ctx, value)
	case Message:
		return i18n.T(ctx, value)
	}
	return value
}
