package inbox_test

import (
	"fmt"
	"testing"

	"passerelle/internal/alerts"
	"passerelle/internal/appointments"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/inbox"
	"passerelle/internal/interviews"
	"passerelle/internal/journal"
	"passerelle/internal/timeline"
)

// FuzzCursors: whatever stands in the address of a list, of this or of another capability, is a place in it that its own address leads to
// again, or its beginning. The same holds of an identifier.
func FuzzCursors(f *testing.F) {
	const id = "0f5c1f0e-6d0a-4b6e-9a35-1f2d3c4b5a69"
	for _, text := range []string{
		"", id, "00000000-0000-0000-0000-000000000000", "{" + id + "}", "urn:uuid:" + id, "1764150000000000." + id, "0." + id, "-1." + id,
		"true.1764150000000000." + id, "1.2026-11-28.1764150000000000." + id, "0.infinity.1764150000000000." + id, "lomi", "9223372036854775807." + id,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for name, parse := range map[string]func(string) fmt.Stringer{
			"alerts":       func(s string) fmt.Stringer { return alerts.ParseCursor(s) },
			"appointments": func(s string) fmt.Stringer { return appointments.ParseCursor(s) },
			"code names":   func(s string) fmt.Stringer { return dossiers.ParseCursor(dossiers.ByCodeName, s) },
			"dossiers":     func(s string) fmt.Stringer { return dossiers.ParseCursor(dossiers.Recent, s) },
			"inbox":        func(s string) fmt.Stringer { return inbox.ParseCursor(s) },
			"interviews":   func(s string) fmt.Stringer { return interviews.ParseCursor(s) },
			"journal":      func(s string) fmt.Stringer { return journal.ParseCursor(s) },
			"timeline":     func(s string) fmt.Stringer { return timeline.ParseCursor(s) },
			"identifier": func(s string) fmt.Stringer {
				id, _ := ids.Parse[inbox.Referral](s) // one that is none is the zero identifier
				return id
			},
		} {
			place := parse(text)
			if again := parse(place.String()); again != place {
				t.Errorf("%s: %q is %q, and that %q", name, text, place, again)
			}
		}
	})
}
