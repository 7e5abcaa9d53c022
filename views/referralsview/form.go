package referralsview

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"passerelle/internal/access"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/letters"
	"passerelle/internal/offices"
	"passerelle/internal/referrals"
	"passerelle/views/documentsview"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

func crumbs(dossier dossiers.Mention) []ui.Crumb {
	return []ui.Crumb{{Label: "dossiers.title", URL: "/dossiers"}, {Label: string(dossier.CodeName), URL: paths.Dossier(dossier.DossierID)}}
}

func crumbsOf(line referrals.Line) []ui.Crumb {
	return crumbs(dossiers.Mention{DossierID: line.DossierID, CodeName: line.CodeName})
}

// officeOptions are the offices kind by kind. Where there are several, none is chosen until somebody chooses.
func officeOptions(all []offices.Office) []ui.Option {
	var options []ui.Option
	if len(all) > 1 {
		options = append(options, ui.Option{Label: "referrals.office.choose"})
	}
	for _, group := range offices.ByKind(all) {
		for _, office := range group.Offices {
			label := office.Name
			if !strings.Contains(office.Name, office.Place) {
				label += ", " + office.Place
			}
			options = append(options, ui.Option{Value: office.OfficeID.String(), Label: label, Group: "access.office_kind." + string(office.Kind)})
		}
	}
	return options
}

// shown are the offices of the kind that somebody came for, or all where there is none of it.
func (f NewForm) shown() []offices.Entry {
	ofKind := slices.DeleteFunc(slices.Clone(f.Offices.Entries), func(entry offices.Entry) bool { return entry.Kind != f.Kind })
	if len(ofKind) == 0 {
		return f.Offices.Entries
	}
	return ofKind
}

// narrowed says whether offices of other kinds are left out.
func (f NewForm) narrowed() bool { return len(f.shown()) < len(f.Offices.Entries) }

// EditForm is a draft being written: what was typed, and what somebody else wrote meanwhile.
type EditForm struct {
	Desk     referrals.Desk
	Typed    url.Values
	Problems fault.Problems
	// Theirs says that the draft on the desk is what somebody else saved while this was being typed.
	Theirs bool
}

// FormOf is the form as the draft stands.
func FormOf(desk referrals.Desk) EditForm {
	c := desk.Referral.Contents()
	typed := url.Values{"service": {string(c.Service)}, "urgency": {string(c.Urgency)}, "request": {c.Request}}
	if c.AnswerBy != nil {
		typed.Set("answer_by", c.AnswerBy.Format("02.01.2006"))
	}
	for _, class := range c.DataClasses {
		typed.Add("data_classes", string(class))
	}
	for _, id := range c.Documents {
		typed.Add("documents", id.String())
	}
	return EditForm{Desk: desk, Typed: typed}
}

// letter is where one writes to an office that does not read here, where there is a template for such a one.
func (f EditForm) letter() string {
	if template := letters.Template(f.Desk.Office.Kind); template.Known() {
		return paths.NewLetter(f.Desk.Referral.DossierID) + "?" + url.Values{"template": {string(template)}}.Encode()
	}
	return ""
}

func (f EditForm) service() access.OfficeKind { return access.OfficeKind(f.Typed.Get("service")) }

func serviceOptions() []ui.Option {
	options := make([]ui.Option, len(access.OfficeKinds))
	for i, kind := range access.OfficeKinds {
		options[i] = ui.Option{Value: string(kind), Label: "access.office_kind." + string(kind)}
	}
	return options
}

func urgencyOptions() []ui.Option {
	options := make([]ui.Option, len(referrals.Urgencies))
	for i, urgency := range referrals.Urgencies {
		options[i] = ui.Option{Value: string(urgency), Label: "referrals.urgency." + string(urgency)}
	}
	return options
}

// classOptions offers what may go along; what was ticked and may not stays within reach, to be taken off.
func (f EditForm) classOptions() []ui.Option {
	var options []ui.Option
	for _, class := range f.Desk.Office.Ceiling() {
		if f.Desk.Permission(class, f.service()) == referrals.Permitted || slices.Contains(f.Typed["data_classes"], string(class)) {
			options = append(options, ui.Option{Value: string(class), Label: "access.data_class." + string(class)})
		}
	}
	return options
}

// documentOptions offers the documents that may go along; what was ticked and may not stays within reach, to be taken off.
func (f EditForm) documentOptions(ctx context.Context) []ui.Option {
	var options []ui.Option
	for _, document := range f.Desk.Documents {
		if id := document.DocumentID.String(); f.goesAlong(document) || slices.Contains(f.Typed["documents"], id) {
			hint := i18n.T(ctx, "access.data_class."+string(document.DataClass)) + ", " + documentsview.What(ctx, document.Kind, document.Bytes)
			options = append(options, ui.Option{Value: id, Label: document.Title(), Hint: hint})
		}
	}
	return options
}

func (f EditForm) goesAlong(document documents.Document) bool {
	return f.Desk.Permission(document.DataClass, f.service()) == referrals.Permitted
}

// barred are the titles of the documents that may not go along.
func (f EditForm) barred() (titles []string) {
	for _, document := range f.Desk.Documents {
		if !f.goesAlong(document) {
			titles = append(titles, document.Title())
		}
	}
	return titles
}

// Obstacle is a reason for which classes cannot go along that the office might receive.
type Obstacle struct {
	Why     referrals.Permission
	Classes []access.DataClass
}

func (f EditForm) obstacles() []Obstacle {
	var obstacles []Obstacle
	for _, why := range []referrals.Permission{referrals.NotConsented, referrals.ConsentWasEnded, referrals.ConsentNotBegun} {
		obstacle := Obstacle{Why: why}
		for _, class := range f.Desk.Office.Ceiling() {
			if f.Desk.Permission(class, f.service()) == why {
				obstacle.Classes = append(obstacle.Classes, class)
			}
		}
		if len(obstacle.Classes) > 0 {
			obstacles = append(obstacles, obstacle)
		}
	}
	return obstacles
}

func classList(ctx context.Context, classes []access.DataClass) string {
	names := make([]string, len(classes))
	for i, class := range classes {
		names[i] = i18n.T(ctx, "access.data_class."+string(class))
	}
	return strings.Join(names, ", ")
}

// Difference is a field of a draft that two people wrote differently.
type Difference struct{ Label, Mine, Theirs string }

// differences compares what was typed with what is saved now.
func (f EditForm) differences(ctx context.Context) []Difference {
	saved := FormOf(f.Desk).Typed
	said := func(field string, values url.Values) string {
		switch field {
		case "service":
			return i18n.T(ctx, "access.office_kind."+values.Get(field))
		case "urgency":
			return i18n.T(ctx, "referrals.urgency."+values.Get(field))
		case "data_classes":
			var classes []access.DataClass
			for _, class := range access.DataClasses {
				if slices.Contains(values[field], string(class)) {
					classes = append(classes, class)
				}
			}
			return classList(ctx, classes)
		case "documents":
			var titles []string
			for _, document := range f.Desk.Documents {
				if slices.Contains(values[field], document.DocumentID.String()) {
					titles = append(titles, document.Title())
				}
			}
			return strings.Join(titles, ", ")
		default:
			return values.Get(field)
		}
	}
	var differences []Difference
	for _, field := range []struct{ name, label string }{
		{"service", "referrals.service.label"}, {"urgency", "referrals.urgency.label"}, {"answer_by", "referrals.answer_by.label"},
		{"request", "referrals.request.label"}, {"data_classes", "referrals.data_classes.label"},
		{"documents", "referrals.documents.label"},
	} {
		if mine, theirs := said(field.name, f.Typed), said(field.name, saved); mine != theirs {
			differences = append(differences, Difference{field.label, mine, theirs})
		}
	}
	return differences
}

func versionOf(r referrals.Referral) string { return strconv.Itoa(r.Version) }

// withoutFields are the problems on a page that has no fields to lead to.
func withoutFields(problems fault.Problems) fault.Problems {
	plain := make(fault.Problems, len(problems))
	for i, problem := range problems {
		problem.Field = ""
		plain[i] = problem
	}
	return plain
}
