// Package letters writes to services for a person: from a template that says what of a dossier it may use, in the language of
// whoever receives it, read and mended by whoever signs. What was produced is kept as it was.
package letters

import (
	"context"
	"slices"
	"strings"
	"time"

	"passerelle/internal/blueprints"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// ID identifies a letter.
type ID = ids.ID[Letter]

// Line is a letter as lists show it, without what stands in it.
type Line struct {
	LetterID  ID
	DossierID dossiers.ID
	Template  Template
	Language  i18n.Lang
	WrittenBy tenantdb.PersonID
	WrittenAt time.Time
}

// Letter is one that was written.
type Letter struct {
	Line
	// Contents are sealed under the keyset of the dossier.
	Contents keys.Sealed[Contents] `bun:"contents"`
}

// Place says where the sealed contents stand.
func (l *Letter) Place() keys.Place {
	return keys.Place{Table: "letters", Row: l.LetterID.String()}
}

// Contents are what stands on the paper.
type Contents struct {
	// Recipient is an address, line by line; Sender is the NGO, Author who signs.
	Recipient, Subject, Body string
	Sender, Author           string
}

// Check refuses a letter to nobody, about nothing, or without words.
func (c Contents) Check() error {
	var problems fault.Problems
	for field, text := range map[string]string{"recipient": c.Recipient, "subject": c.Subject, "body": c.Body} {
		if text == "" {
			problems.Add(field, "letters."+field+".missing")
		}
	}
	slices.SortFunc(problems, func(a, b fault.Problem) int {
		return slices.Index(order, a.Field) - slices.Index(order, b.Field)
	})
	return problems.Err()
}

// order is that of the fields on the form.
var order = []string{"recipient", "subject", "body"}

// Template is what a letter asks for.
type Template string

// Templates lists them in the order of forms.
var Templates = []Template{"income_support", "migration_office", "accompaniment"}

// Field is something of a dossier that a letter may use.
type Field string

// The fields. Where somebody lives, health, and what happened to somebody are none.
const (
	Name        Field = "Name"
	BirthDate   Field = "BirthDate"
	Nationality Field = "Nationality"
	Since       Field = "Since"
)

// Fields lists them all.
var Fields = []Field{Name, BirthDate, Nationality, Since}

// declared says what each template needs to be understood and answered, and so what it is given (FADP art. 6 para. 2 and 3).
var declared = map[Template][]Field{
	"income_support":   {Name, BirthDate, Nationality},
	"migration_office": {Name, BirthDate, Nationality},
	"accompaniment":    {Name, BirthDate, Since},
}

// Fields are those that the template declares.
func (t Template) Fields() []Field { return declared[t] }

// Known says whether there is such a template.
func (t Template) Known() bool { return slices.Contains(Templates, t) }

// Draft is a letter before somebody has read it: the template in the language of the context, with the fields that it
// declares and no other. What is not known is a gap to fill in.
func (t Template) Draft(ctx context.Context, known map[Field]string) Contents {
	var args []any
	for _, field := range t.Fields() {
		text := known[field]
		if text == "" {
			text = gap
		}
		args = append(args, string(field), text)
	}
	return Contents{
		Subject: i18n.T(ctx, "letters.template."+string(t)+".subject", args...),
		Body:    strings.TrimSpace(i18n.T(ctx, "letters.template."+string(t)+".body", args...)),
	}
}

// recipient is what the canton calls whom the template is written to, in the language of the context: a first line to which the
// address is added. It is empty where that is anybody.
func (t Template) recipient(ctx context.Context, canton string) string {
	blueprint, err := blueprints.For(canton)
	if err != nil {
		return "" // whoever writes fills it in
	}
	var named blueprints.Named
	switch t {
	case "migration_office":
		named, _ = blueprint.Authority(blueprints.Migration)
	case "income_support":
		named, _ = blueprint.Office("income_support")
	}
	return named.Name.In(ctx)
}

// gap is where something has to be filled in.
const gap = "…………"

// known is what a file knows of all fields, in the language of the context.
func known(ctx context.Context, file dossiers.File) map[Field]string {
	b := file.Beneficiary
	nationalities := make([]string, len(b.Nationalities))
	for i, code := range b.Nationalities {
		nationalities[i] = i18n.Country(ctx, code)
	}
	facts := map[Field]string{
		Name: strings.TrimSpace(b.GivenNames + " " + b.FamilyName), Nationality: strings.Join(nationalities, ", "), Since: i18n.LongDate(ctx, file.OpenedAt),
	}
	if b.BirthDate != nil {
		facts[BirthDate] = i18n.LongDate(ctx, *b.BirthDate)
	}
	return facts
}
