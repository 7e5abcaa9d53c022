package dossiersview

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/timeline"
	"passerelle/views/ui"
)

// words are the messages of codes, in a row.
func words[T ~string](ctx context.Context, prefix string, codes []T) string {
	said := make([]string, len(codes))
	for i, code := range codes {
		said[i] = i18n.T(ctx, prefix+strings.ToLower(string(code)))
	}
	return strings.Join(said, ", ")
}

// word is the message of a code, or nothing where there is no code.
func word[T ~string](ctx context.Context, prefix string, code T) string {
	if code == "" {
		return ""
	}
	return words(ctx, prefix, []T{code})
}

func named(ctx context.Context, name func(context.Context, string) string, codes []string) string {
	said := make([]string, len(codes))
	for i, code := range codes {
		said[i] = name(ctx, code)
	}
	return strings.Join(said, ", ")
}

// age says how old the person is today, and how one knows.
func age(ctx context.Context, b dossiers.Beneficiary, now time.Time) string {
	years, exact, known := b.AgeOn(forms.Today(now))
	switch {
	case !known:
		return ""
	case exact:
		return i18n.T(ctx, "dossiers.age.born", "Date", i18n.Date(ctx, *b.BirthDate), "Years", years)
	default:
		return i18n.T(ctx, "dossiers.age.estimated", "Date", i18n.Date(ctx, *b.AgeEstimatedOn), "Years", years)
	}
}

func minor(b dossiers.Beneficiary, now time.Time) bool {
	years, _, known := b.AgeOn(forms.Today(now))
	return known && years < ageOfMajority
}

// ageOfMajority: CC art. 14.
const ageOfMajority = 18

// actor is who did it: of the NGO's own people the name says enough, of others the office has to.
func actor(entry timeline.Entry) string {
	if entry.FromOffice() {
		return entry.ActorName + " (" + entry.OfficeName + ")"
	}
	return entry.ActorName
}

// detail says which phase the dossier came to, or which office the NGO addressed; what became of a referral is told on
// its own page.
func detail(ctx context.Context, entry timeline.Entry) string {
	switch {
	case entry.Kind == timeline.DossierChanged:
		return word(ctx, "dossiers.phase.", dossiers.Phase(entry.Detail))
	case entry.Kind == timeline.InterviewRecorded, entry.Kind == timeline.InterviewCorrected:
		return word(ctx, "interviews.kind.", entry.Detail)
	case slices.Contains(timeline.OfTasks, entry.Kind):
		return word(ctx, "tasks.kind.", entry.Detail)
	case entry.OfficeName == "" || entry.FromOffice():
		return ""
	default:
		return i18n.T(ctx, "timeline.receiver", "Office", entry.OfficeName)
	}
}

func tone(phase dossiers.Phase) ui.Tone {
	switch phase {
	case dossiers.FirstContact, dossiers.Identification:
		return ui.Waiting
	case dossiers.Independent, dossiers.Return, dossiers.Aftercare:
		return ui.Neutral
	default:
		return ui.Active
	}
}

func number(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func dateTyped(day *time.Time) string {
	if day == nil {
		return ""
	}
	return day.Format("02.01.2006")
}
