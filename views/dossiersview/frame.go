package dossiersview

import (
	"context"

	"passerelle/internal/dossiers"
	"passerelle/internal/i18n"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// Part is a page of a dossier; "dossiers.parts." + Part is what it is called. Its address is the dossier's and the part.
type Part string

// The parts.
const (
	Overview     Part = "overview"
	Person       Part = "person"
	Deadlines    Part = "deadlines"
	Interviews   Part = "interviews"
	Appointments Part = "appointments"
	Tasks        Part = "tasks"
	Letters      Part = "letters"
	Documents    Part = "documents"
	Timeline     Part = "timeline"

	Identification Part = "identification"
	Risk           Part = "risk"
	Childhood      Part = "childhood"
	Admission      Part = "admission"
	Confidences    Part = "confidences"

	Reflection  Part = "reflection"
	Stays       Part = "stays"
	Proceedings Part = "proceedings"
	Assistance  Part = "assistance"
	Inquiries   Part = "inquiries"

	Housing     Part = "housing"
	Integration Part = "integration"
	Return      Part = "return"

	Path    Part = "path"
	Moves   Part = "moves"
	Closure Part = "closure"
)

// Of is the address of the part of a dossier.
func (p Part) Of(id dossiers.ID) string {
	if p == Overview {
		return paths.Dossier(id)
	}
	return paths.Dossier(id) + "/" + string(p)
}

// groups are the parts in the order in which the frame leads to them, under what they have in common.
var groups = []struct {
	key   string
	parts []Part
}{
	{"everyday", []Part{Overview, Person, Deadlines, Interviews, Appointments, Tasks, Letters, Documents, Timeline}},
	{"protection", []Part{Identification, Risk, Childhood, Admission, Confidences}},
	{"rights", []Part{Reflection, Stays, Proceedings, Assistance, Inquiries}},
	{"life", []Part{Housing, Integration, Return}},
	{"path", []Part{Path, Moves, Closure}},
}

// FrameProps are a page of a dossier.
type FrameProps struct {
	Dossier dossiers.Mention
	Part    Part
	// Title is the message key of what the page is; empty is the name of the part.
	Title string
	// Live is the address of the stream that says when something on this page has changed.
	Live string
}

func (p FrameProps) title() string {
	if p.Title != "" {
		return p.Title
	}
	return "dossiers.parts." + string(p.Part)
}

// above leads back to the dossier, and from a form to the part that it belongs to.
func (p FrameProps) above() []ui.Crumb {
	crumbs := append(above(), ui.Crumb{Label: string(p.Dossier.CodeName), URL: paths.Dossier(p.Dossier.DossierID)})
	if p.Title != "" && p.Part != Overview {
		crumbs = append(crumbs, ui.Crumb{Label: "dossiers.parts." + string(p.Part), URL: p.Part.Of(p.Dossier.DossierID)})
	}
	return crumbs
}

// here names the part where somebody is, for narrow screens, on which the others are folded away.
func here(ctx context.Context, part Part) string {
	return i18n.T(ctx, "dossiers.parts.here", "Part", i18n.T(ctx, "dossiers.parts."+string(part)))
}
