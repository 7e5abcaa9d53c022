// Package membersview is the HTML of who works here: everybody, one person, invitations, who waits at the door, and the log of it all.
package membersview

import (
	"context"
	"net/url"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/handovers"
	"passerelle/internal/i18n"
	"passerelle/internal/members"
	"passerelle/internal/signin"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// Page is everybody, narrowed by a filter.
type Page struct {
	members.Directory
	Filter members.Filter
}

func (p Page) filter(name, value string) ui.Field {
	return ui.Field{Name: name, Label: "members." + name, Value: value}
}

func (p Page) states() []ui.Option {
	options := []ui.Option{{Label: "members.all"}}
	for _, state := range members.States {
		options = append(options, ui.Option{Value: string(state), Label: "members.state." + string(state)})
	}
	return options
}

func (p Page) roles() []ui.Option {
	return append([]ui.Option{{Label: "members.all"}}, roleOptions(append(append([]access.Role{}, members.StaffRoles...), members.OfficeRoles...))...)
}

func (p Page) offices() []ui.Option {
	return append([]ui.Option{{Label: "members.all"}}, placeOptions(p.Places)...)
}

func roleOptions(roles []access.Role) []ui.Option {
	options := make([]ui.Option, len(roles))
	for i, role := range roles {
		options[i] = ui.Option{Value: string(role), Label: "access.role." + string(role), Hint: "members.role.hint." + string(role)}
	}
	return options
}

func placeOptions(places []members.Place) []ui.Option {
	options := make([]ui.Option, len(places))
	for i, place := range places {
		options[i] = ui.Option{Value: place.OfficeID.String(), Label: place.Name}
	}
	return options
}

// chosen begins a select with the answer that was not given.
func chosen(options []ui.Option) []ui.Option {
	return append([]ui.Option{{Label: "members.choose"}}, options...)
}

var peopleColumns = []ui.Column{
	{Label: "members.name"}, {Label: "members.email", Extra: true}, {Label: "members.role"}, {Label: "members.state"},
	{Label: "members.joined", Extra: true}, {Label: "members.seen"},
}

// state is where somebody stands, in a word.
func state(p members.Person, now time.Time) ui.Tagged {
	tones := map[members.State]ui.Tone{members.Active: ui.Good, members.Waiting: ui.Waiting, members.Leaving: ui.Active, members.ShutOut: ui.Bad, members.LongGone: ui.Neutral}
	state := p.StateAt(now)
	return ui.Tag("members.state."+string(state), tones[state])
}

func roleName(ctx context.Context, role access.Role) string {
	return i18n.T(ctx, "access.role."+string(role))
}

// seen is when somebody last signed in.
func seen(ctx context.Context, at *time.Time) string {
	if at == nil {
		return i18n.T(ctx, "members.seen.never")
	}
	return i18n.DateTime(ctx, *at)
}

// until is the last day of a membership that ends ahead.
func until(ctx context.Context, p members.Person) string {
	if p.EndedAt == nil {
		return ""
	}
	return i18n.Date(ctx, p.EndedAt.Add(-time.Second))
}

// invited says how an invitation stands.
func invited(ctx context.Context, i members.Invitation, now time.Time, posts bool) string {
	switch {
	case i.ExpiredAt(now):
		return i18n.T(ctx, "members.invitation.expired", "Date", i18n.Date(ctx, *i.ExpiresAt))
	case i.SentAt != nil:
		return i18n.T(ctx, "members.invitation.sent", "Date", i18n.DateTime(ctx, *i.SentAt), "Until", i18n.Date(ctx, *i.ExpiresAt))
	case posts:
		return i18n.T(ctx, "members.invitation.sending")
	case i.ExpiresAt == nil:
		return i18n.T(ctx, "members.invitation.without_code")
	default:
		return i18n.T(ctx, "members.invitation.handed", "Until", i18n.Date(ctx, *i.ExpiresAt))
	}
}

// What becomes of an application that was refused stays open.
func waiting(a members.Application) ui.Tagged {
	if a.RefusedAt != nil {
		return ui.Tag("members.application.refused", ui.Neutral)
	}
	return ui.Tag("members.application.waiting", ui.Waiting)
}

// Person is one person's page.
type Person struct {
	members.Sheet
	Handovers []handovers.Handover
	Typed     url.Values
	Problems  fault.Problems
}

func (p Person) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "members." + name + ".label", Value: p.Typed.Get(name), Problems: p.Problems}
}

// practised are the professions of the person, or those that were ticked.
func (p Person) practised() ui.Field {
	field := p.hinted("professions")
	if _, wrong := p.Problems.Of("professions"); wrong {
		field.Values = p.Typed["professions"]
	} else {
		for _, profession := range p.Professions {
			field.Values = append(field.Values, string(profession))
		}
	}
	return field
}

func professionOptions() []ui.Option {
	options := make([]ui.Option, len(members.Professions))
	for i, profession := range members.Professions {
		options[i] = ui.Option{Value: string(profession), Label: "members.profession." + string(profession)}
	}
	return options
}

func (p Person) hinted(name string) ui.Field {
	field := p.field(name)
	field.Hint = "members." + name + ".hint"
	return field
}

// open says that a handover was asked for and waits.
func (p Person) open() bool { return len(p.Handovers) > 0 && p.Handovers[0].DoneAt == nil }

// carries says that the person could have work to hand over.
func (p Person) carries() bool { return access.May(p.Role, access.DossierUpdate) }

// InvitationForm is an invitation being written.
type InvitationForm struct {
	ID string
	// AtOffice says that it is for somebody of an office.
	AtOffice    bool
	Places      []members.Place
	Connections []signin.Connection
	Posts       bool
	Typed       url.Values
	Problems    fault.Problems
}

func (f InvitationForm) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "members.invite." + name, Value: f.Typed.Get(name), Problems: f.Problems, Width: ui.Half}
}

func (f InvitationForm) name() ui.Field {
	field := f.field("name")
	field.Hint, field.Max, field.Verbatim = "members.invite.name.hint", 100, true
	return field
}

func (f InvitationForm) email() ui.Field {
	field := f.field("email")
	field.Hint, field.Type, field.Max = "members.invite.email.hint", "email", 254
	if !f.Posts {
		field.Hint = "members.invite.email.unsent"
	}
	return field
}

func (f InvitationForm) roles() []ui.Option {
	if f.AtOffice {
		return roleOptions(members.OfficeRoles)
	}
	return roleOptions(members.StaffRoles)
}

// through are the connections among which one chooses, where there are several.
func (f InvitationForm) through() (options []ui.Option) {
	kind := signin.KindStaff
	if f.AtOffice {
		kind = signin.KindOffice
	}
	for _, connection := range f.Connections {
		if connection.Kind == kind {
			options = append(options, ui.Option{Value: connection.ID.String(), Label: connection.Name})
		}
	}
	if len(options) < 2 {
		return nil
	}
	return append([]ui.Option{{Label: "members.invite.connection.by_address"}}, options...)
}

func languages() []ui.Option {
	options := make([]ui.Option, len(i18n.Langs))
	for i, lang := range i18n.Langs {
		options[i] = ui.Option{Value: string(lang), Label: lang.Name()}
	}
	return options
}

// ApplicationForm is somebody who waits being answered.
type ApplicationForm struct {
	members.Joining
	Typed    url.Values
	Problems fault.Problems
}

func (f ApplicationForm) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "members.invite." + name, Value: f.Typed.Get(name), Problems: f.Problems, Width: ui.Half}
}

func (f ApplicationForm) groups() string { return strings.Join(f.Groups, ", ") }

// GroupsForm is a proposal being made.
type GroupsForm struct {
	Proposals []members.Proposal
	Typed     url.Values
	Problems  fault.Problems
}

// proposable are the roles that a group may propose.
func proposable() (roles []access.Role) {
	for _, role := range members.StaffRoles {
		if role != access.Admin {
			roles = append(roles, role)
		}
	}
	return roles
}

// said is an act in a sentence.
func said(ctx context.Context, a members.Act) string {
	detail := a.Detail
	switch a.Deed {
	case members.Planned:
		if day, err := time.Parse(time.DateOnly, detail); err == nil {
			detail = i18n.Date(ctx, day)
		}
	case members.RoleChanged:
		detail = roleName(ctx, access.Role(detail))
	case members.ProfessionGranted, members.ProfessionWithdrawn:
		detail = i18n.T(ctx, "members.profession."+detail)
	}
	role := ""
	if a.Role != "" {
		role = roleName(ctx, a.Role)
	}
	if a.OfficeName != "" {
		role += " (" + a.OfficeName + ")"
	}
	return i18n.T(ctx, "members.act."+string(a.Deed), "By", a.ByName, "Who", a.AboutName, "Role", role, "Detail", detail)
}

// OfficePage is the people of one's own office, with the form that invites one more.
type OfficePage struct {
	members.Colleagues
	ID       string
	Typed    url.Values
	Problems fault.Problems
}

func (p OfficePage) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "members.invite." + name, Value: p.Typed.Get(name), Problems: p.Problems, Width: ui.Half}
}

func crumbs() []ui.Crumb { return []ui.Crumb{{Label: "members.title", URL: paths.Members}} }

// orUnnamed is the name that a provider says, or that it says none.
func orUnnamed(ctx context.Context, name string) string {
	if strings.TrimSpace(name) == "" {
		return i18n.T(ctx, "members.unnamed")
	}
	return name
}

// officeField asks for which office.
func officeField(typed url.Values, problems fault.Problems) ui.Field {
	return ui.Field{Name: "office", Label: "members.office", Value: typed.Get("office"), Problems: problems}
}
