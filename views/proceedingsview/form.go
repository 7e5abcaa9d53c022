// Package proceedingsview is the pages about a dossier's criminal proceedings.
package proceedingsview

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/proceedings"
	"passerelle/views/dossiersview"
	"passerelle/views/ui"
)

// URL is a dossier's page of proceedings.
func URL(dossier dossiers.ID) string { return dossiersview.Proceedings.Of(dossier) }

func proceedingURL(p proceedings.Proceeding) string {
	return URL(p.DossierID) + "/" + p.ProceedingID.String()
}

// newURL is the form of a new entry of a sort, editURL that of one that is there.
func newURL(p proceedings.Proceeding, sort string) string {
	return proceedingURL(p) + "/" + sort + "/edit"
}

func editURL(p proceedings.Proceeding, sort string, id proceedings.EntryID) string {
	return newURL(p, sort) + "?" + url.Values{"entry": {id.String()}}.Encode()
}

// Form is proceedings, or one of their entries, being recorded or changed.
type Form struct {
	Dossier    dossiers.Mention
	Proceeding proceedings.Proceeding
	// ID is that of what the form makes or corrects.
	ID       string
	Version  int
	Typed    url.Values
	Problems fault.Problems
	// Theirs is what somebody else has saved meanwhile; nil is nobody.
	Theirs url.Values
}

// With is the form as somebody has typed it, with what has to be corrected. What it makes keeps its identifier.
func (f Form) With(typed url.Values, problems fault.Problems) Form {
	f.Typed, f.Problems = typed, problems
	if id := typed.Get("id"); id != "" {
		f.ID = id
	}
	return f
}

func (f Form) version() string { return strconv.Itoa(f.Version) }

func (f Form) frame(title string) dossiersview.FrameProps {
	return dossiersview.FrameProps{Dossier: f.Dossier, Part: dossiersview.Proceedings, Title: title}
}

// there says that the form corrects an entry and does not make one.
func (f Form) there() bool {
	for _, id := range entryIDs(f.Proceeding) {
		if id.String() == f.ID {
			return true
		}
	}
	return false
}

func entryIDs(p proceedings.Proceeding) (found []proceedings.EntryID) {
	for _, e := range p.Steps {
		found = append(found, e.EntryID)
	}
	for _, e := range p.Hearings {
		found = append(found, e.EntryID)
	}
	for _, e := range p.Rulings {
		found = append(found, e.EntryID)
	}
	for _, e := range p.Penalties {
		found = append(found, e.EntryID)
	}
	return found
}

func (f Form) field(name string) ui.Field {
	return f.labelled(name, "proceedings."+name+".label")
}

func (f Form) labelled(name, label string) ui.Field {
	return ui.Field{Name: name, Label: label, Value: f.Typed.Get(name), Values: f.Typed[name], Problems: f.Problems}.Beside(f.Theirs)
}

func hint(f ui.Field, key string) ui.Field {
	f.Hint = key
	return f
}

func inline(f ui.Field) ui.Field {
	f.Inline = true
	return f
}

// short is for an hour.
func short(f ui.Field) ui.Field {
	f.Width, f.Max = ui.Chars10, 5
	return f
}

func limited(f ui.Field, characters int) ui.Field {
	f.Max = characters
	return f
}

func set(typed url.Values, days map[string]*time.Time) url.Values {
	for name, on := range days {
		if on != nil && !on.IsZero() {
			typed.Set(name, on.Format("02.01.2006"))
		}
	}
	return typed
}

func strs[T ~string](codes []T) []string {
	texts := make([]string, len(codes))
	for i, code := range codes {
		texts[i] = string(code)
	}
	return texts
}

// TypedOf is the form of some terms.
func TypedOf(t proceedings.Terms) url.Values {
	return set(url.Values{
		"canton": {t.Canton}, "authority": {t.Authority}, "contact": {t.Contact}, "file_number": {t.FileNumber}, "complaint": {string(t.Complaint)},
		"plaintiff_claims": strs(t.PlaintiffClaims), "counsel": {t.Counsel}, "legal_aid": {string(t.LegalAid)}, "rights_asked": strs(t.RightsAsked), "note": {t.Note},
	}, map[string]*time.Time{
		"offender_known_on": t.OffenderKnownOn, "complaint_filed_on": t.ComplaintFiledOn, "plaintiff_declared_on": t.PlaintiffDeclaredOn,
		"civil_claims_final_on": t.CivilClaimsFinalOn,
	})
}

// TypedOfEntry is the form of an entry, if it is there.
func TypedOfEntry(p proceedings.Proceeding, id proceedings.EntryID) (url.Values, bool) {
	for _, e := range p.Steps {
		if e.EntryID == id {
			return set(url.Values{"id": {id.String()}, "stage": {string(e.Stage)}}, map[string]*time.Time{"on": &e.On}), true
		}
	}
	for _, e := range p.Hearings {
		if e.EntryID == id {
			return set(url.Values{
				"id": {id.String()}, "kind": {string(e.Kind)}, "at": {e.At}, "place": {e.Place}, "person_of_trust": {string(e.PersonOfTrust)}, "measures": strs(e.Measures), "note": {e.Note},
			}, map[string]*time.Time{"on": &e.On}), true
		}
	}
	for _, e := range p.Rulings {
		if e.EntryID == id {
			return set(url.Values{"id": {id.String()}, "kind": {string(e.Kind)}, "note": {e.Note}}, map[string]*time.Time{
				"notified_on": &e.NotifiedOn, "reasoned_on": e.ReasonedOn, "announced_on": e.AnnouncedOn, "filed_on": e.FiledOn, "waived_on": e.WaivedOn,
			}), true
		}
	}
	for _, e := range p.Penalties {
		if e.EntryID == id {
			return set(url.Values{"id": {id.String()}, "kind": {string(e.Kind)}, "outcome": {string(e.Outcome)}, "note": {e.Note}},
				map[string]*time.Time{"on": &e.On, "contested_on": e.ContestedOn}), true
		}
	}
	return nil, false
}

// options are the answers of a list; chosen puts the one that is not given before them.
func options[T ~string](prefix string, codes []T) []ui.Option {
	options := make([]ui.Option, len(codes))
	for i, code := range codes {
		options[i] = ui.Option{Value: string(code), Label: prefix + string(code)}
	}
	return options
}

func chosen[T ~string](prefix string, codes []T) []ui.Option {
	return append([]ui.Option{{Label: "ui.none_chosen"}}, options(prefix, codes)...)
}

func cantons() []ui.Option {
	options := []ui.Option{{Label: "ui.none_chosen"}}
	for _, code := range dossiers.Cantons {
		options = append(options, ui.Option{Value: code, Label: "dossiers.canton." + strings.ToLower(code)})
	}
	return options
}

func date(ctx context.Context, on *time.Time) string {
	if on == nil || on.IsZero() {
		return ""
	}
	return i18n.Date(ctx, *on)
}

func word(ctx context.Context, prefix, code string) string {
	if code == "" {
		return ""
	}
	return i18n.T(ctx, prefix+code)
}

func wordsOf[T ~string](ctx context.Context, prefix string, codes []T) string {
	names := make([]string, len(codes))
	for i, code := range codes {
		names[i] = i18n.T(ctx, prefix+string(code))
	}
	return joined(names...)
}

// joined are the parts that are known. Each begins as it would alone, so that no comma stands between them.
func joined(parts ...string) string {
	var known []string
	for _, part := range parts {
		if part != "" {
			known = append(known, part)
		}
	}
	return strings.Join(known, " · ")
}

// title is what a section of proceedings is called: by their stage.
func title(p proceedings.Particulars) string {
	if stage := p.Stage(); stage != "" {
		return "proceedings.stage." + string(stage)
	}
	return "proceedings.stage.none"
}

// which are proceedings among others of the same dossier.
func which(ctx context.Context, p proceedings.Particulars) string {
	return joined(i18n.T(ctx, title(p)), p.Authority, p.FileNumber)
}

// remedy is what was done about a decision.
func remedy(ctx context.Context, r proceedings.Ruling) string {
	switch {
	case r.FiledOn != nil:
		return i18n.T(ctx, "proceedings.remedy.filed", "Day", i18n.Date(ctx, *r.FiledOn))
	case r.WaivedOn != nil:
		return i18n.T(ctx, "proceedings.remedy.waived", "Day", i18n.Date(ctx, *r.WaivedOn))
	case r.AnnouncedOn != nil:
		return i18n.T(ctx, "proceedings.remedy.announced", "Day", i18n.Date(ctx, *r.AnnouncedOn))
	default:
		return i18n.T(ctx, "proceedings.remedy.open")
	}
}

func notified(ctx context.Context, r proceedings.Ruling) string {
	reasoned := ""
	if r.ReasonedOn != nil {
		reasoned = i18n.T(ctx, "proceedings.reasoned", "Day", i18n.Date(ctx, *r.ReasonedOn))
	}
	return joined(i18n.Date(ctx, r.NotifiedOn), reasoned)
}

func contested(ctx context.Context, p proceedings.Penalty) string {
	if p.ContestedOn == nil {
		return i18n.T(ctx, "proceedings.penalty.uncontested")
	}
	return joined(i18n.T(ctx, "proceedings.penalty.contested", "Day", i18n.Date(ctx, *p.ContestedOn)), word(ctx, "proceedings.outcome.", string(p.Outcome)))
}

// brief says proceedings in a line.
func brief(ctx context.Context, line proceedings.Line) string {
	stage := "proceedings.stage.none"
	if line.Stage != "" {
		stage = "proceedings.stage." + string(line.Stage)
	}
	return joined(i18n.T(ctx, stage), word(ctx, "proceedings.brief.", string(line.Complaint)), date(ctx, line.ClosedOn))
}
