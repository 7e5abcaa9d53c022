package ui

import (
	"context"
	"strconv"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
)

// mostCounted is the number from which on a count says "more than".
const mostCounted = 50

func countLabel(n int) string {
	if n > mostCounted {
		return strconv.Itoa(mostCounted) + "+"
	}
	return strconv.Itoa(n)
}

// neutralSite is where the quick exit leads: the weather, in the reader's language, as anybody might look it up.
func neutralSite(ctx context.Context) string {
	return map[i18n.Lang]string{
		i18n.FR: "https://www.meteosuisse.admin.ch/",
		i18n.DE: "https://www.meteoschweiz.admin.ch/",
		i18n.IT: "https://www.meteosvizzera.admin.ch/",
		i18n.EN: "https://www.meteoswiss.admin.ch/",
	}[i18n.From(ctx)]
}

// Said is a problem in the reader's words.
func Said(ctx context.Context, p fault.Problem) string { return i18n.T(ctx, p.Key, p.Args...) }
