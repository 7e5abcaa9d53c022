package browsertest

import (
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/offices"
	"passerelle/internal/signin"
	"passerelle/internal/webtest"
	"passerelle/views/paths"
)

// TestDirectoryAndConnections goes through the pages on which an administrator keeps the directory of offices and the ways to sign in:
// each form is looked over as it is found, and as it comes back with what is wrong.
func TestDirectoryAndConnections(t *testing.T) {
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow}, {lang: i18n.IT, width: narrow}, {lang: i18n.EN, width: wide}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			site := webtest.Start(t)
			day := forms.Today(time.Now())
			ctx, region, authority := cast.Anna.Context(t.Context()), ids.New[offices.Body](), ids.New[offices.Body]()
			check(t, site.App.Offices.AddBody(ctx, authority, offices.BodyParticulars{Kind: offices.Authority, Name: "Direction de la cohésion sociale et de la prévention des ruptures"}))
			check(t, site.App.Offices.AddBody(ctx, region, offices.BodyParticulars{Kind: offices.Region, Name: "Est vaudois", AuthorityID: authority}))
			agreement, remind := ids.New[offices.Agreement](), 90
			check(t, site.App.Offices.Agree(ctx, cast.CSR.ID, agreement, offices.Terms{
				Subject: "Orientation directe et premier rendez-vous sous dix jours", ValidFrom: &day, ValidUntil: &day, Document: "Convention de collaboration", RemindDays: &remind,
			}))

			anna := sit(t, site, s)
			anna.plugIn()
			anna.signIn(cast.Anna)
			anna.wanted = []int64{422}
			for _, page := range []struct{ path, heading string }{
				{paths.Offices, "offices.title"}, {paths.Office(cast.CSR.ID), cast.CSR.Name}, {paths.Bodies, "offices.bodies.title"}, {paths.OfficesImport, "offices.import.title"},
				{paths.OfficeClosure(cast.CSR.ID), "offices.closure.title"}, {paths.MemberGroups, ""},
			} {
				anna.visit(page.path)
				if page.path == paths.MemberGroups {
					anna.registers(cast.Anna)
					page.heading = "members.groups.title"
				}
				anna.at(page.heading)
			}
			for _, form := range []struct{ path, heading, empty, submit string }{
				{paths.NewOffice, "offices.new.title", "name", "offices.save"},
				{paths.EditOffice(cast.CSR.ID), "offices.edit.title", "name", "offices.save"},
				{paths.EditBody(region), "offices.body.edit.region", "name", "offices.save"},
				{paths.BodiesOf(offices.Authority), "offices.body.new.authority", "name", "offices.save"},
				{paths.NewAgreement(cast.CSR.ID), "offices.agreement.new.title", "subject", "offices.save"},
				{paths.EditAgreement(agreement), "offices.agreement.edit.title", "subject", "offices.save"},
				{paths.NewConnection, "connections.new.title", "name", "connections.form.submit"},
				{paths.EditConnection(ids.MustParse[signin.Connection](cast.VaudStaff.ID)), "connections.edit.title", "name", "connections.form.submit"},
			} {
				anna.visit(form.path)
				anna.at(form.heading)
				anna.fill(form.empty, "")
				anna.press(words(anna.say(form.submit)))
				anna.at(form.heading)
				anna.hears(on(".govuk-error-summary"), "")
			}
			anna.visit(paths.Connections)
			anna.at("connections.title")
		})
	}
}
