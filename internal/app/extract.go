package app

import (
	"context"
	"strconv"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
	"passerelle/internal/inquiries"
	"passerelle/internal/journal"
)

// Tellers are those who say what is kept about a person, in the order in which an extract tells it. Each table that has a dossier_id
// is in one of their chapters, or TestExtractTellsOfEveryTable says why not.
func (a *App) Tellers() []inquiries.Teller {
	return []inquiries.Teller{
		a.Dossiers, a.Identifications, a.Minors, a.Risks, a.Reflections, a.Stays, a.Proceedings, a.Claims, a.Housing, a.Appointments, a.Interviews, a.Tasks,
		a.Projects, a.Returns, a.Consents, a.Referrals, a.Letters, a.Documents, a.Confidences, a.Restrictions, a.Moves, a.Inquiries, looks{a.Journal},
	}
}

// looks tells who has looked, as the journal has it: it stands below dossiers, and cannot know them.
type looks struct{ journal *journal.Service }

// Chapter is the sheet for the person, day by day.
func (l looks) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	sheet, err := l.journal.SheetOf(ctx, dossiers.TimelineID(dossier))
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{Name: "looks", Tables: []string{"journal_entries", "events"}, More: !sheet.Since.IsZero()}
	for i, day := range sheet.Days {
		var facts disclosure.Facts
		facts.Day("journal.sheet.day", day.On)
		for _, line := range day.Lines {
			facts.Text("journal.sheet.what", line.Said(ctx))
		}
		told.Add(strconv.Itoa(i), "inquiries.thing.day", facts)
	}
	return told, nil
}
