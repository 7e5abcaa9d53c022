package referralsview

import (
	"context"
	"strings"

	"passerelle/internal/disclosure"
)

// valuesOf reads the codes of a fact in the reader's language.
func valuesOf(ctx context.Context, fact disclosure.Fact) string {
	words := make([]string, len(fact.Values))
	for i, value := range fact.Values {
		words[i] = disclosure.Read(ctx, fact.Kind, value)
	}
	return strings.Join(words, ", ")
}
