// Package restrictionsview is the HTML of who sees a dossier, and of emergencies.
package restrictionsview

import (
	"context"
	"net/url"
	"slices"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/members"
	"passerelle/internal/restrictions"
	"passerelle/internal/tenantdb"
	"passerelle/views/ui"
)

// Admission is who sees a dossier, with what was chosen.
type Admission struct {
	restrictions.Restriction
	By       access.Principal
	Chosen   []tenantdb.PersonID
	Problems fault.Problems
}

func (a Admission) mayChange(ctx context.Context) bool {
	return access.Can(ctx, access.RestrictionWrite) && a.MayChange(a.By)
}

// chosen are the ticks; whoever is responsible is always ticked.
func (a Admission) chosen() (values []string) {
	for _, id := range append(slices.Clone(a.Chosen), a.ResponsibleID) {
		values = append(values, id.String())
	}
	return values
}

func (a Admission) options(ctx context.Context) (options []ui.Option) {
	for _, member := range a.Candidates() {
		option := ui.Option{Value: member.MemberID.String(), Label: i18n.T(ctx, "restrictions.member", "Name", member.Name, "Role", i18n.T(ctx, "access.role."+string(member.Role)))}
		switch {
		case member.MemberID == a.ResponsibleID:
			option.Hint, option.Disabled = "restrictions.responsible", true
		case slices.Contains(a.Busy, member.MemberID):
			option.Hint = "restrictions.busy"
		}
		options = append(options, option)
	}
	return options
}

func (a Admission) names() (names []string) {
	for _, id := range a.Named {
		names = append(names, members.Name(a.Staff, id))
	}
	slices.Sort(names)
	return names
}

// EmergencyForm is what somebody types to open a restricted dossier.
type EmergencyForm struct {
	ID       string
	Typed    url.Values
	Problems fault.Problems
}

func (f EmergencyForm) field(name, label string) ui.Field {
	return ui.Field{Name: name, Label: label, Value: f.Typed.Get(name), Problems: f.Problems}
}

func reasons() (options []ui.Option) {
	for _, reason := range restrictions.Reasons {
		options = append(options, ui.Option{Value: string(reason), Label: "restrictions.reason." + string(reason)})
	}
	return options
}

// seen is who has looked at an emergency, in words.
func seen(ctx context.Context, e restrictions.Emergency) string {
	switch {
	case e.ResponsibleSawAt != nil && e.CoordinationSawAt != nil:
		return i18n.T(ctx, "restrictions.seen.both")
	case e.ResponsibleSawAt != nil:
		return i18n.T(ctx, "restrictions.seen.responsible")
	case e.CoordinationSawAt != nil:
		return i18n.T(ctx, "restrictions.seen.coordination")
	default:
		return i18n.T(ctx, "restrictions.seen.nobody")
	}
}
