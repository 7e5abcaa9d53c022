package consoleview

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/announcements"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/mandates"
	"passerelle/internal/platform"
	"passerelle/internal/usage"
	"passerelle/views/mandatesview"
	"passerelle/views/ui"
)

// AnnouncementsPage is what was announced.
type AnnouncementsPage struct {
	Announcements []announcements.Announcement
	Tenants       []platform.Tenant
	At            time.Time
	Problems      fault.Problems
}

// AnnouncementForm is one being written.
type AnnouncementForm struct {
	ID            announcements.ID
	New           bool
	Version       int
	Typed, Theirs url.Values
	Tenants       []platform.Tenant
	Problems      fault.Problems
}

// SheetPage is how much a tenant uses, with the form for how much it may.
type SheetPage struct {
	usage.Sheet
	Version       int
	Typed, Theirs url.Values
	Problems      fault.Problems
}

// MandatesPage is what a tenant lets the operators do, with the forms of what they may within it.
type MandatesPage struct {
	mandates.Sheet
	// ID is that of the next request, Member that of whoever is named next.
	ID, Member string
	Typed      url.Values
	Problems   fault.Problems
}

// TypedOfAnnouncement is what stands, as the form has it.
func TypedOfAnnouncement(a announcements.Announcement) url.Values {
	typed := url.Values{"kind": {string(a.Kind)}, "tenant": {"all"}}
	if !a.TenantID.Zero() {
		typed.Set("tenant", a.TenantID.String())
	}
	for _, language := range i18n.Langs {
		typed.Set("words_"+string(language), a.In(language))
	}
	for field, at := range map[string]time.Time{"from": a.FromAt, "until": a.UntilAt} {
		local := at.In(i18n.Zone)
		typed.Set(field, local.Format("02.01.2006"))
		typed.Set(field+"_at", local.Format("15:04"))
	}
	return typed
}

// TypedOfLimits is what stands, as the form has it.
func TypedOfLimits(l usage.Limits) url.Values {
	typed := url.Values{"reason": {l.Reason}}
	for field, limit := range map[string]*int{"members": l.Members, "office_people": l.OfficePeople, "storage": l.StorageMiB} {
		if limit != nil {
			typed.Set(field, strconv.Itoa(*limit))
		}
	}
	return typed
}

func (f AnnouncementForm) title() string {
	if f.New {
		return "announcements.new.title"
	}
	return "announcements.edit.title"
}

func (f AnnouncementForm) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "announcements." + name + ".label", Value: f.Typed.Get(name), Problems: f.Problems}.Beside(f.Theirs)
}

func (f AnnouncementForm) short(name string) ui.Field {
	field := f.field(name)
	field.Width = ui.Chars10
	return field
}

// words is the announcement in one language; its label is the language's own name.
func (f AnnouncementForm) words(language i18n.Lang) ui.Field {
	name := "words_" + string(language)
	return ui.Field{Name: name, Label: language.Name(), Value: f.Typed.Get(name), Rows: 3, Max: announcements.MaxWords, Problems: f.Problems}.Beside(f.Theirs)
}

// audience is everybody, or one of the tenants.
func (f AnnouncementForm) audience() []ui.Option {
	options := []ui.Option{{Value: "all", Label: "announcements.all"}}
	for _, tenant := range f.Tenants {
		options = append(options, ui.Option{Value: tenant.TenantID.String(), Label: tenant.Name})
	}
	return options
}

func kinds() (options []ui.Option) {
	for _, kind := range announcements.Kinds {
		options = append(options, ui.Option{Value: string(kind), Label: "announcements.kind." + string(kind)})
	}
	return options
}

// whom says for whom an announcement is.
func (p AnnouncementsPage) whom(ctx context.Context, a announcements.Announcement) string {
	for _, tenant := range p.Tenants {
		if tenant.TenantID == a.TenantID {
			return tenant.Name
		}
	}
	return i18n.T(ctx, "announcements.all")
}

var announced = map[announcements.State]ui.Tone{announcements.Coming: ui.Waiting, announcements.Current: ui.Good, announcements.Over: ui.Neutral, announcements.Withdrawn: ui.Neutral}

var healths = map[usage.Health]ui.Tone{usage.Well: ui.Good, usage.Attention: ui.Bad, usage.Unknown: ui.Waiting}

// findings are why a tenant is not well, in words.
func findings(ctx context.Context, s usage.Standing, at time.Time) string {
	if s.Last.TakenAt.IsZero() {
		return i18n.T(ctx, "usage.history.none")
	}
	var said []string
	for _, finding := range s.Findings(at) {
		said = append(said, i18n.T(ctx, "usage.finding."+string(finding)))
	}
	return strings.Join(said, ", ")
}

// of is a number beside what it may be at most.
func of(ctx context.Context, used int, limit *int) string {
	if limit == nil {
		return strconv.Itoa(used)
	}
	return i18n.T(ctx, "usage.of", "Used", strconv.Itoa(used), "Limit", strconv.Itoa(*limit))
}

// storage is in mebibytes.
func storage(ctx context.Context, used int, limit *int) string {
	return i18n.T(ctx, "usage.mib", "N", of(ctx, used, limit))
}

func (p SheetPage) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "usage.limit." + name + ".label", Value: p.Typed.Get(name), Width: ui.Chars10, Problems: p.Problems}.Beside(p.Theirs)
}

func refusals(ctx context.Context, s usage.Standing) string {
	var said []string
	for _, refused := range s.Refused {
		said = append(said, i18n.T(ctx, "usage.refused", "Reason", i18n.T(ctx, "usage.refusal."+refused.Reason), "N", strconv.Itoa(refused.N)))
	}
	return strings.Join(said, ", ")
}

func mandatable() (options []ui.Option) {
	for _, act := range mandates.Acts {
		options = append(options, ui.Option{Value: string(act), Label: "mandates.act." + string(act)})
	}
	return options
}

// facts are as the tenant's own page has them; who of its people answered is not the operators' to know.
func (p MandatesPage) facts() mandatesview.Page {
	return mandatesview.Page{Sheet: p.Sheet, Operator: true}
}

// open says that something is asked or goes on.
func (p MandatesPage) open() bool {
	for _, mandate := range p.Mandates {
		if mandate.Open(p.At) {
			return true
		}
	}
	return false
}

// registry is a field of the correction: what was typed, or what stands.
func (p MandatesPage) registry(name, standing string) string {
	if p.Typed.Has("registry_name") {
		return p.Typed.Get(name)
	}
	return standing
}

func (p MandatesPage) speaks() []string {
	if p.Typed.Has("registry_name") {
		return p.Typed["languages"]
	}
	var languages []string
	for _, language := range p.Tenant.Languages {
		languages = append(languages, string(language))
	}
	return languages
}
