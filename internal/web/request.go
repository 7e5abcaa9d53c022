package web

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/tenantdb"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// entry stands in the header, for whom it leads somewhere.
type entry struct {
	action access.Action
	key    string
	url    string
	// also are the addresses, beside its own, below which lie pages of what it leads to.
	also []string
	// more says that it is folded away with others.
	more bool
}

// navigation is in the order of a day; what is not of every day is folded away.
var navigation = []entry{
	{access.WorkShow, "ui.nav.work", "/work", nil, false},
	{access.DossierList, "ui.nav.dossiers", "/dossiers", []string{"/referrals", "/consents", "/findings", "/appointments", "/bookings", "/letters", "/documents", "/circles", "/notes"}, false},
	{access.InterviewWrite, "interviews.nav.new", paths.NewInterview, nil, false},
	{access.WorkShow, "tasks.nav", paths.Tasks, nil, false},
	{access.CalendarShow, "appointments.nav", "/calendar", nil, false},
	{access.HousingList, "housing.nav", paths.Housing, nil, false},
	{access.AlertList, "alerts.nav", paths.Alerts, nil, false},
	{access.DossierList, "interviews.nav", paths.Interviews, nil, true},
	{access.StatisticsShow, "statistics.nav", "/year", nil, true},
	{access.TeamShow, "reminders.team.title", paths.Team, nil, true},
	{access.HouseRuleList, "houserules.nav", paths.HouseRules, nil, true},
	{access.ErasureShow, "retention.nav", paths.Retention, []string{paths.Erasures}, true},
	{access.EmergencyList, "restrictions.nav", paths.Emergencies, nil, true},
	{access.OfficeList, "offices.nav", paths.Offices, []string{"/agreements", paths.Bodies}, true},
	{access.InterpreterList, "interpreters.nav", "/interpreters", nil, true},
	{access.ImportCreate, "imports.nav", "/imports", nil, true},
	{access.ExportList, "exports.nav", paths.Exports, nil, true},
	{access.MemberList, "members.nav", paths.Members, []string{"/invitations", "/applications"}, false},
	{access.ConnectionList, "connections.nav", paths.Connections, nil, false},
	{access.JournalReport, "journal.report.nav", "/access-report", nil, true},
	{access.InboxList, "ui.nav.inbox", "/inbox", []string{"/enclosures"}, false},
	{access.PasskeyRecoveryList, "passkeys.recoveries.nav", "/passkey-recoveries", nil, false},
	{access.PasskeyKeep, "passkeys.nav", "/passkeys", []string{"/confirmation"}, true},
	{access.MandateList, "mandates.nav", paths.Mandates, nil, true},
	{access.DepartureShow, "departures.nav", paths.Leaving, nil, true},
	{access.MemberLog, "members.log.nav", paths.MembersLog, nil, true},
	{access.HandoverCreate, "handovers.nav", paths.Handovers, nil, true},
	{access.MoveAnswer, "moves.nav", paths.Arrivals, nil, true},
	{access.OfficePeople, "members.colleagues.nav", paths.OfficePeople, nil, false},
	{access.TenantManage, "console.tenants.nav", paths.Tenants, nil, false},
	{access.OperatorManage, "operators.nav", paths.Operators, nil, false},
	{access.UsageShow, "usage.nav", paths.Usage, nil, false},
	{access.AnnouncementWrite, "announcements.nav", paths.Announcements, nil, false},
	{access.TenantManage, "console.acts.nav", paths.Acts, nil, false},
}

// leadsTo says whether a page lies at or below the entry, and not at another entry that lies below it.
func (e entry) leadsTo(path string) bool {
	if slices.ContainsFunc(navigation, func(other entry) bool { return other.url == path && other.url != e.url }) {
		return false
	}
	below := func(above string) bool {
		rest, ok := strings.CutPrefix(path, above)
		return ok && (rest == "" || rest[0] == '/')
	}
	return below(e.url) || slices.ContainsFunc(e.also, below)
}

// describeRequest gives every page what its frame shows: who is signed in, where, and in which language.
func (s *Server) describeRequest(c *fiber.Ctx) error {
	visitor := VisitorOf(c)
	request := ui.Request{
		Nonce: nonceOf(c), CSRF: visitor.CSRF, Path: OwnAddress(c), Partial: c.Get("HX-Request") == "true", Version: s.options.Version,
		Notice: s.takeNotice(c), Restored: Parked(c),
	}
	if s.options.Hub != nil {
		request.Since = s.options.Hub.Position()
	}
	if !request.Partial && !streams(c) {
		tenant := tenantdb.TenantID{}
		if visitor.Principal != nil {
			tenant = visitor.Principal.Tenant
		}
		request.Announcements = s.announce(c, tenant)
		if s.options.Outages != nil {
			request.Outages = s.options.Outages(visitor.Principal)
		}
	}
	if visitor.SignedIn {
		request.Person = &ui.Person{CanSwitch: visitor.CanSwitch}
		if visitor.Workplaces != nil && !request.Partial && !streams(c) {
			ctx, cancel := context.WithTimeout(c.UserContext(), requestTimeout)
			workplaces, err := visitor.Workplaces(ctx)
			cancel()
			if err != nil {
				return err
			}
			request.Person.Workplaces = workplaces
		}
	}
	if p := visitor.Principal; p != nil {
		request.Person.Name, request.Person.TenantName, request.Person.OfficeName = p.Name, p.TenantName, p.OfficeName
		request.Person.RoleKey = "access.role." + string(p.Role)
		for _, e := range navigation {
			if access.May(p.Role, e.action) {
				request.Nav = append(request.Nav, ui.NavItem{Key: e.key, URL: e.url, Current: e.leadsTo(c.Path()), More: e.more})
			}
		}
		request.MandateWaits = access.May(p.Role, access.MandateAnswer) && s.options.Mandates != nil && s.options.Mandates(p.Tenant)
		if err := s.countAlerts(c, &request); err != nil {
			return err
		}
	}
	c.SetUserContext(ui.WithRequest(c.UserContext(), request))
	return c.Next()
}

// countAlerts puts beside the entry that leads to the alerts how many wait, for whom it leads there, and lets pages that listen
// to nothing else listen to them.
func (s *Server) countAlerts(c *fiber.Ctx, request *ui.Request) error {
	if s.options.Alerts == nil || !access.Can(c.UserContext(), access.AlertList) || streams(c) {
		return nil
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), requestTimeout)
	defer cancel()
	waiting, err := s.options.Alerts(ctx)
	if err != nil {
		return err
	}
	request.Alerts, request.Live = waiting, paths.AlertsLive
	for i := range request.Nav {
		if request.Nav[i].URL == paths.Alerts {
			request.Nav[i].Count, request.Nav[i].CountURL = waiting, paths.AlertsCount
		}
	}
	return nil
}

// streams says that what is asked for is a stream, which shows no frame.
func streams(c *fiber.Ctx) bool { return strings.HasSuffix(c.Path(), "/live") }

// OwnAddress is where the page can be asked for again: for the answer to a form, the page on which the form stood.
func OwnAddress(c *fiber.Ctx) string {
	if c.Method() == fiber.MethodPost {
		return LocalPath(formValue(c, "_page"), "/")
	}
	if !strings.Contains(c.OriginalURL(), "?") {
		return LocalPath(c.OriginalURL(), "/")
	}
	u, err := url.Parse(c.OriginalURL())
	if err != nil {
		return "/"
	}
	query := u.Query()
	query.Del("parked")
	u.RawQuery = query.Encode()
	return u.RequestURI()
}

// takeNotice reads the notice that the last request left, which is shown once: on the page to which an act led, be it
// loaded or put in place, and not to a part of an open page that asks for itself anew meanwhile.
func (s *Server) takeNotice(c *fiber.Ctx) string {
	key := c.Cookies(noticeCookie)
	if key == "" || c.Method() != fiber.MethodGet || c.Get("HX-Request") == "true" && !inPlace(c) {
		return ""
	}
	s.setCookie(c, noticeCookie, "", -1)
	for _, r := range key {
		if (r < 'a' || r > 'z') && r != '.' && r != '_' {
			return ""
		}
	}
	return key
}
