package membersview

import (
	"bytes"
	"context"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/handovers"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/signin"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 26, 9, 0, 0, 0, time.UTC)
	earlier, later := now.AddDate(0, -1, 0), now.AddDate(0, 0, 5)
	person := func(who cast.Person) members.Person {
		p := members.Person{PersonID: who.ID, Name: who.Name, Email: who.Email, Role: who.Role, Bound: true, JoinedAt: earlier, SeenAt: &earlier}
		if who.Office != nil {
			p.OfficeID, p.OfficeName = who.Office.ID, who.Office.Name
		}
		return p
	}
	leaving, gone, waits := person(cast.Karim), person(cast.Ruth), person(cast.Sami)
	leaving.EndedAt, leaving.EndedAs = &later, members.Left
	gone.EndedAt, gone.EndedAs = &earlier, members.Disabled
	waits.Bound, waits.SeenAt = false, nil
	door := ids.MustParse[signin.Connection](cast.VaudStaff.ID)
	invitation := members.Invitation{
		InvitationID: ids.MustParse[members.Invitation]("d0551e60-0000-4000-8000-000000000001"), Name: "<b>Nina", Email: "nina@csr.example",
		Role: access.OfficeMember, OfficeName: cast.CSR.Name, InvitedAt: earlier, SentAt: &earlier, ExpiresAt: &later,
	}
	application := members.Application{
		ApplicationID: ids.MustParse[signin.Application]("d0551e60-0000-4000-8000-000000000002"), Name: "", Email: "<i>x", Groups: []string{"team", "<u>"}, ConnectionName: "Passerelle Vaud", FirstAt: earlier, LastAt: now,
	}
	refused := application
	refused.Name, refused.RefusedAt = "Nina", &earlier
	directory := members.Directory{
		People: []members.Person{person(cast.Anna), leaving, gone, waits, person(cast.Olga)}, Invitations: []members.Invitation{invitation},
		Applications: []members.Application{application, refused}, Places: []members.Place{{OfficeID: cast.CSR.ID, Name: cast.CSR.Name}}, At: now, Posts: true,
	}
	acts := []members.Act{
		{At: now, ByName: "Anna", Deed: members.RoleChanged, AboutName: "<b>Léa", Role: access.Coordinator, Detail: string(access.Caseworker)},
		{At: now, ByName: "Anna", Deed: members.Planned, AboutName: "Léa", Role: access.Coordinator, Detail: "2026-12-31"},
		{At: now, ByName: "Anna", Deed: members.ProfessionGranted, AboutName: "Léa", Role: access.Caseworker, Detail: string(members.Psychological)},
		{At: now, ByName: "Olga", Deed: members.Invited, AboutName: "Nina", Role: access.OfficeMember, OfficeName: cast.CSR.Name},
	}
	sheet := members.Sheet{Person: person(cast.Lea), Professions: []members.Profession{members.Psychological}, Same: []members.Person{person(cast.Anna)}, Acts: acts, At: now}
	problems := fault.Problems{{Field: "role", Key: "members.role.own"}, {Field: "name", Key: "members.name.missing"}}
	typed := url.Values{"name": {"<b>Nina"}, "email": {"x"}, "role": {"auditor"}, "on": {"31.12.2026"}, "group": {"team"}, "language": {"it"}}
	for name, c := range map[string]struct {
		lang  i18n.Lang
		who   cast.Person
		shown templ.Component
	}{
		"directory":          {i18n.FR, cast.Anna, DirectoryPage(Page{Directory: directory})},
		"directory_filtered": {i18n.DE, cast.Anna, DirectoryPage(Page{Directory: members.Directory{At: now}, Filter: members.Filter{State: members.ShutOut}})},
		"directory_empty":    {i18n.IT, cast.Anna, DirectoryPage(Page{Directory: members.Directory{At: now}})},
		"person": {i18n.FR, cast.Anna, PersonPage(Person{Sheet: sheet, Typed: typed, Problems: problems, Handovers: []handovers.Handover{
			{AskedAt: &now}, {DoneAt: &earlier, ToName: "Karim", Load: handovers.Load{Dossiers: 3, Tasks: 2, Referrals: 1}},
		}})},
		"person_own":     {i18n.DE, cast.Anna, PersonPage(Person{Sheet: members.Sheet{Person: person(cast.Anna), Own: true, At: now}, Typed: url.Values{}})},
		"person_gone":    {i18n.IT, cast.Anna, PersonPage(Person{Sheet: members.Sheet{Person: gone, At: now}, Typed: url.Values{}})},
		"person_leaving": {i18n.EN, cast.Anna, PersonPage(Person{Sheet: members.Sheet{Person: leaving, At: now}, Typed: url.Values{}})},
		"invite": {i18n.EN, cast.Anna, InvitePage(InvitationForm{ID: "d0551e60-0000-4000-8000-000000000003", Typed: typed, Problems: problems, Posts: true,
			Connections: []signin.Connection{{ID: door, Name: "A", Kind: signin.KindStaff}, {Name: "B", Kind: signin.KindStaff}}})},
		"invite_office":      {i18n.FR, cast.Anna, InvitePage(InvitationForm{ID: "d0551e60-0000-4000-8000-000000000003", AtOffice: true, Typed: url.Values{}, Places: directory.Places})},
		"code":               {i18n.IT, cast.Anna, CodePage("vaud.abc", "/members")},
		"application":        {i18n.FR, cast.Anna, ApplicationPage(ApplicationForm{Joining: members.Joining{Application: application, Proposed: access.Caseworker, Kind: signin.KindStaff}, Typed: typed, Problems: problems})},
		"application_office": {i18n.DE, cast.Anna, ApplicationPage(ApplicationForm{Joining: members.Joining{Application: refused, Kind: signin.KindOffice, Places: directory.Places}, Typed: url.Values{}})},
		"groups":             {i18n.FR, cast.Anna, GroupsPage(GroupsForm{Proposals: []members.Proposal{{GroupName: "<b>team", Role: access.Caseworker}}, Typed: typed})},
		"log":                {i18n.EN, cast.Ruth, LogPage(members.Log{Acts: acts, Before: ids.MustParse[members.Act]("d0551e60-0000-4000-8000-000000000004")})},
		"log_empty":          {i18n.DE, cast.Ruth, LogPage(members.Log{})},
		"office": {i18n.FR, cast.Olga, OfficePeoplePage(OfficePage{ID: "d0551e60-0000-4000-8000-000000000003", Typed: typed, Problems: problems[1:],
			Colleagues: members.Colleagues{People: []members.Person{person(cast.Olga), person(cast.Noe)}, Invitations: []members.Invitation{invitation}, OfficeName: cast.CSR.Name, At: now}})},
	} {
		var b bytes.Buffer
		if err := c.shown.Render(ui.WithRequest(i18n.With(c.who.Context(context.Background()), c.lang), ui.Request{Nonce: "NONCE", CSRF: "TOKEN", Path: "/members", Person: &ui.Person{Name: c.who.Name, TenantName: c.who.Tenant.Name}}), &b); err != nil {
			t.Fatal(err)
		}
		_, main, _ := strings.Cut(b.String(), "<main")
		main, _, _ = strings.Cut(main, "</main>")
		got := strings.ReplaceAll("<main"+main+"</main>", "><", ">\n<") + "\n"
		if strings.Contains(got, "<b>") || strings.Contains(got, "<i>") || strings.Contains(got, "<u>") {
			t.Errorf("%s: what somebody typed became markup", name)
		}
		path := filepath.Join("testdata", name+".html")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs; read the difference, then run with -update", path)
		}
	}
}
