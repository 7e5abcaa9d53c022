package exports

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/i18n"
	"passerelle/internal/members"
	"passerelle/internal/paper"
	"passerelle/internal/sheets"
)

// File is what leaves the house. Its name says nothing of anybody.
type File struct {
	Name, Media string
	Body        []byte
}

var media = map[Format]string{CSV: "text/csv; charset=utf-8", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", PDF: "application/pdf"}

// fileOf writes the file. Whoever comes upon it reads on each line, or page, who had it made, and when.
func fileOf(ctx context.Context, e Shown, by access.Principal, told []dossiers.Entry) (File, error) {
	table := listed(ctx, told, e.Staff)
	if e.Subject == HTCDS {
		table = coded(told)
	}
	origin := i18n.T(ctx, "exports.origin", "Name", by.Name, "When", i18n.DateTime(ctx, e.AskedAt))
	table.Name, table.Note = i18n.T(ctx, "exports.sheet"), origin
	body, err := written(ctx, e, table)
	if err != nil {
		return File{}, fmt.Errorf("export: %w", err)
	}
	return File{Name: string(e.Subject) + "." + string(e.Format), Media: media[e.Format], Body: body}, nil
}

func written(ctx context.Context, e Shown, table sheets.Sheet) ([]byte, error) {
	if e.Format == PDF {
		page := paper.New(i18n.From(ctx), e.AskedAt, true, 14, table.Note)
		page.Letters(14)
		page.MultiCell(0, 8, i18n.T(ctx, "exports.subject."+string(e.Subject)), "", "L", false)
		page.Ln(2)
		page.Table(table.Header, table.Lines, shares(table.Header))
		return page.Bytes()
	}
	table.Header = append(table.Header, "Export")
	for i := range table.Lines {
		table.Lines[i] = append(table.Lines[i], table.Note)
	}
	if e.Format == XLSX {
		return table.XLSX()
	}
	return table.CSV()
}

// shares say how wide columns are on paper: a number needs little.
func shares(header []string) []float64 {
	wide := make([]float64, len(header))
	for i, name := range header {
		wide[i] = 3
		if name == number {
			wide[i] = 1.4
		}
	}
	return wide
}

// listed are the dossiers by their code names, in the language of whoever asked.
func listed(ctx context.Context, told []dossiers.Entry, staff []members.Member) (table sheets.Sheet) {
	for _, label := range []string{"dossiers.code_name.label", "dossiers.phase.label", "dossiers.responsible.label", "exports.opened"} {
		table.Header = append(table.Header, i18n.T(ctx, label))
	}
	for _, entry := range told {
		table.Lines = append(table.Lines, []string{
			string(entry.CodeName), i18n.T(ctx, "dossiers.phase."+string(entry.Phase)), members.Name(staff, entry.ResponsibleID), i18n.Date(ctx, entry.OpenedAt),
		})
	}
	slices.SortFunc(table.Lines, slices.Compare[[]string])
	return table
}

// number counts the people of a file.
const number = "Number"

// header are the columns, as HTCDS 2.0 names its fields.
var header = []string{
	"prs_Gender", "prs_Citizenship", "prs_PrimaryLanguage", "prs_SecondaryLanguage", "vic_TypeOfExploitation", "cas_Status", "cas_IncomingReferralDate",
}

// coded are the people as HTCDS has them: a person is a number that means nothing elsewhere. The order is by year of beginning and by what
// the file says, so that it tells nothing of when somebody was added.
func coded(told []dossiers.Entry) sheets.Sheet {
	lines := make([][]string, len(told))
	for i, entry := range told {
		lines[i] = lineOf(entry)
	}
	slices.SortFunc(lines, func(a, b []string) int { return cmp.Or(strings.Compare(a[6], b[6]), slices.Compare(a, b)) })
	for i := range lines {
		lines[i] = append([]string{strconv.Itoa(i + 1)}, lines[i]...)
	}
	return sheets.Sheet{Header: append([]string{number}, header...), Lines: lines}
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
