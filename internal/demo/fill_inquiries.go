package demo

import (
	"fmt"

	"passerelle/internal/app"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/inquiries"
)

// fillInquiries has somebody ask what is kept about her, through her lawyer: an answer is owed in three weeks.
func fillInquiries(a *app.App, made map[dossiers.CodeName]madeBy) error {
	of, there := made["Nobetim"]
	if !there {
		return nil
	}
	terms := inquiries.Terms{
		ReceivedOn: *daysAgo(9), Channel: "by_letter", AskedBy: inquiries.Lawyer, Representative: "Me Aubert, Lausanne",
		Note: "Tout ce qui a été transmis à l’inspection du travail.",
	}
	if err := a.Inquiries.Record(of.ctx, of.id, ids.New[inquiries.Inquiry](), terms); err != nil {
		return fmt.Errorf("a request for access: %w", err)
	}
	return nil
}
