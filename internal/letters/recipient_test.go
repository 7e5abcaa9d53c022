package letters

import (
	"testing"

	"passerelle/internal/i18n"
)

// A letter begins with what the canton calls whom it is written to, in the language of the letter where the canton has it.
func TestARecipientIsCalledAsInTheCanton(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		canton   string
		template Template
		lang     i18n.Lang
		want     string
	}{
		{"VD", "migration_office", i18n.FR, "Service de la population"},
		{"VD", "income_support", i18n.IT, "Centre social régional (CSR)"},
		{"VD", "accompaniment", i18n.FR, ""},
		{"GE", "migration_office", i18n.DE, "Office cantonal de la population et des migrations"},
		{"VS", "income_support", i18n.DE, "Sozialmedizinisches Zentrum (SMZ)"},
		{"VS", "income_support", i18n.EN, "Centre médico-social (CMS)"},
		{"XX", "migration_office", i18n.FR, ""},
	} {
		if got := c.template.recipient(i18n.With(t.Context(), c.lang), c.canton); got != c.want {
			t.Errorf("%s %s %s: %q, want %q", c.canton, c.template, c.lang, got, c.want)
		}
	}
}
