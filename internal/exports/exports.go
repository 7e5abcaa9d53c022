// Package exports writes what may be told of the people who are accompanied, without saying who they are, into a file that
// others can read: IOM's Human Trafficking Case Data Standard (HTCDS) 2.0, as far as its fields map. Names, days of birth,
// ways of contact, places and what anybody wrote are no part of it, and a person is a number that means nothing elsewhere.
package exports

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
)

// Service is what can be exported.
type Service struct{ dossiers *dossiers.Service }

// New makes the service.
func New(service *dossiers.Service) *Service { return &Service{service} }

// Reason is why somebody exports; the journal of each dossier keeps it.
type Reason string

// Reasons lists them in the order of the form.
var Reasons = []Reason{"national_statistics", "international_statistics", "research", "handover", "own_use"}

// header are the columns, as HTCDS 2.0 names its fields.
var header = []string{
	"prs_Gender", "prs_Citizenship", "prs_PrimaryLanguage", "prs_SecondaryLanguage", "vic_TypeOfExploitation", "cas_Status", "cas_IncomingReferralDate",
}

// HTCDS writes the file. The order is by year of beginning and by what the file says, so that it tells nothing of when
// somebody was added.
func (s *Service) HTCDS(ctx context.Context, why Reason) ([]byte, error) {
	if _, err := access.Require(ctx, access.ExportCreate); err != nil {
		return nil, err
	}
	if !slices.Contains(Reasons, why) {
		return nil, fault.Invalid("reason", "exports.reason.missing")
	}
	var lines [][]string
	err := s.dossiers.Roll(ctx, string(why), func(entry dossiers.Entry) error {
		lines = append(lines, lineOf(entry))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	slices.SortFunc(lines, func(a, b []string) int { return cmp.Or(strings.Compare(a[6], b[6]), slices.Compare(a, b)) })
	var out bytes.Buffer
	writer := csv.NewWriter(&out)
	if err := writer.Write(append([]string{"Number"}, header...)); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	for i, line := range lines {
		if err := writer.Write(append([]string{strconv.Itoa(i + 1)}, line...)); err != nil {
			return nil, fmt.Errorf("export: %w", err)
		}
	}
	writer.Flush()
	return out.Bytes(), writer.Error()
}

// Words of HTCDS for our codes. What it has no word for is left empty, and never another thing than was meant.
var (
	genders = map[dossiers.Gender]string{
		"female": "Feminine", "male": "Masculine", "non_binary": "NonConforming", "other": "NonConforming", "unknown": "NonSpecifiedUnknown", "": "NonSpecifiedUnknown",
	}
	exploitations = map[dossiers.ExploitationForm]string{
		"sexual": "SexualExploitation", "labour": "ForcedLabour", "begging": "ForcedBegging", "forced_marriage": "ForcedMarriage",
		"organ_removal": "OrganRemoval", "forced_crime": "Other", "other": "Other",
	}
)

// lineOf is a person as HTCDS has her. When the accompaniment began is kept to the month.
func lineOf(entry dossiers.Entry) []string {
	b := entry.Beneficiary
	var languages [2]string
	copy(languages[:], b.Languages)
	var forms []string
	for _, form := range b.ExploitationForms {
		if word := exploitations[form]; !slices.Contains(forms, word) {
			forms = append(forms, word)
		}
	}
	return []string{
		genders[b.Gender], strings.Join(b.Nationalities, ";"), languages[0], languages[1], strings.Join(forms, ";"), status(entry.Phase), month(entry.OpenedAt),
	}
}

func status(phase dossiers.Phase) string {
	switch phase {
	case dossiers.Aftercare:
		return "FollowUp"
	case dossiers.Closed:
		return "Closed"
	default:
		return "Active"
	}
}

func month(at time.Time) string {
	return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}
