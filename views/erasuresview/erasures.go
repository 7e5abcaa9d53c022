// Package erasuresview is the pages of erasures: asking once more, the certificates.
package erasuresview

import (
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/erasures"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/views/dossiersview"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// Form is the order to erase a dossier, as it was filled in.
type Form struct {
	erasures.Prospect
	Reason, CodeName string
	Problems         fault.Problems
}

func (f Form) crumbs() []ui.Crumb {
	return []ui.Crumb{{Label: "dossiers.title", URL: dossiersview.ListURL}, {Label: string(f.Mention.CodeName), URL: paths.Dossier(f.Mention.DossierID)}}
}

func reasons() []ui.Option {
	var options []ui.Option
	for _, reason := range erasures.Reasons {
		options = append(options, ui.Option{Value: string(reason), Label: "erasures.reason." + string(reason)})
	}
	return options
}

func idOf(erasure erasures.Erasure) dossiers.ID { return ids.From[dossiers.Dossier](erasure.DossierID) }

// nameOf is what a list calls a dossier that is no more: of one that was made anonymous nothing but the number is left.
func nameOf(erasure erasures.Erasure) string {
	if erasure.CodeName == "" {
		return erasure.DossierID.String()
	}
	return erasure.CodeName
}

func completeness(erasure erasures.Erasure, now time.Time) ui.Tagged {
	if erasure.Complete(now) {
		return ui.Tag("erasures.complete.yes", ui.Good)
	}
	return ui.Tag("erasures.complete.no", ui.Waiting)
}

// day writes a day that is kept as midnight in UTC.
func day(t time.Time) string { return string(i18n.AppendDate(nil, t.Add(12*time.Hour))) }
