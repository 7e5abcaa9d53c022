package referralsview

import (
	"context"
	"strings"
	"time"

	"passerelle/internal/disclosure"
	"passerelle/internal/i18n"
)

// valuesOf reads the codes of a fact in the reader's language.
func valuesOf(ctx context.Context, fact disclosure.Fact) string {
	words := make([]string, len(fact.Values))
	for i, value := range fact.Values {
		words[i] = value
		switch fact.Kind {
		case disclosure.Date:
			if day, err := time.Parse(time.DateOnly, value); err == nil {
				words[i] = i18n.Date(ctx, day)
			}
		case disclosure.Country:
			words[i] = i18n.Country(ctx, value)
		case disclosure.Language:
			words[i] = i18n.Language(ctx, value)
		case disclosure.Message:
			words[i] = i18n.T(ctx, value)
		}
	}
	return strings.Join(words, ", ")
}
