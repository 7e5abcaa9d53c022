package browsertest

import (
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/demo"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/platform"
	"passerelle/internal/tenantdb"
	"passerelle/internal/webtest"
	"passerelle/views/paths"
)

// The people of Fribourg, whom their provider knows and nobody else does yet; Denis's is that which offices share.
var (
	aline   = cast.Person{Name: "Aline Python", Email: "aline@fribourg.example", Role: access.Admin}
	beat    = cast.Person{Name: "Beat Roggo", Email: "beat@fribourg.example", Role: access.Admin}
	colette = cast.Person{Name: "Colette Aebischer", Email: "colette@fribourg.example", Role: access.Caseworker}
	denis   = cast.Person{Name: "Denis Mauron", Email: "denis@csr-fribourg.example", Role: access.OfficeMember, Office: &cast.Office{}}
)

// TestOnboardingInTenMinutes: Ada takes Fribourg in from its blueprint with its own provider, two administrators come by their codes,
// one of them invites a caseworker and an office, and a first referral crosses.
func TestOnboardingInTenMinutes(t *testing.T) {
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow, keyboard: true}, {lang: i18n.IT, width: narrow}, {lang: i18n.EN, width: wide}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			house := webtest.Start(t)
			site, _ := house.Console(t)
			begun := time.Now()

			ada := sit(t, site, s)
			ada.operates(cast.Ada)
			ada.setsUp(house)
			codes := map[string]string{aline.Email: ada.expects(aline), beat.Email: ada.expects(beat)}

			admins := map[string]*person{}
			for _, who := range []cast.Person{aline, beat} {
				p := sit(t, house, s)
				p.plugIn()
				p.arrives(who, codes[who.Email])
				p.at("members.title")
				admins[who.Email] = p
			}
			ada.visit(paths.Tenants)
			ada.at("console.tenants.title")
			ada.press(words("Passerelle Fribourg"))
			ada.at("Passerelle Fribourg")
			ada.press(words(ada.say("console.tenant.open")))
			ada.at("Passerelle Fribourg")
			ada.sees(ada.say("console.state.live"))

			admin := admins[aline.Email]
			admin.visit(paths.Members)
			admin.at("members.title")
			admin.press(words(admin.say("members.invite.staff")))
			admin.registers(aline)
			admin.at("members.invite.staff")
			admin.fill("name", colette.Name)
			admin.fill("email", colette.Email)
			admin.tick("role", string(access.Caseworker))
			admin.press(words(admin.say("members.invite.submit")))
			admin.at("members.code.title")
			code := admin.codeShown()
			worker := sit(t, house, s)
			worker.arrives(colette, code)
			worker.at("work.title")
			took := time.Since(begun)
			t.Logf("from nothing to a caseworker who is in: %s", took.Round(time.Second))
			if took > 10*time.Minute {
				t.Error("that took more than ten minutes")
			}
			if s.lang != i18n.FR {
				return // a referral crosses in every language elsewhere
			}

			office := admin.addsOffice("Service social régional de la Sarine")
			admin.visit(paths.NewOfficeInvitation)
			admin.at("members.invite.office")
			admin.pick(field("office"), office.ID.String())
			admin.fill("name", denis.Name)
			admin.fill("email", denis.Email)
			admin.tick("role", string(access.OfficeMember))
			admin.press(words(admin.say("members.invite.submit")))
			admin.at("members.code.title")
			code = admin.codeShown()
			partner := sit(t, house, s)
			partner.arrives(denis, code)
			partner.at("inbox.title")

			worker.secrets = []string{amina.family, amina.given, amina.phone}
			name := worker.opensDossier()
			worker.recordsConsent(name, office, "identity")
			reference := worker.refers(name, office, "identity")
			partner.visit("/inbox")
			partner.at("inbox.title")
			partner.takes(reference)

			// Nobody else's notices anything, and Ada reads nothing of it.
			claire := sit(t, house, s)
			claire.signedIn(cast.Claire)
			claire.visit("/dossiers")
			claire.at("dossiers.title")
			claire.seesNot(name)
			if text := ada.state().Text; strings.Contains(text, name) || strings.Contains(text, reference) {
				t.Errorf("the console says %s", text)
			}
		})
	}
}

// operates comes into the console, for the first time.
func (p *person) operates(who cast.Operator) {
	p.t.Helper()
	p.plugIn()
	p.visit("/")
	p.at("console.title")
	p.press(on(`form[action="/signin"] button`))
	p.at("signin.demo.who")
	p.press(on(`button[value="` + who.Email + `"]`))
	p.at("console.passkey.title")
	p.press(words(p.say("passkeys.new.submit")))
	p.at("console.tenants.title")
}

// setsUp goes through the guided list up to the connection, from what the canton's blueprint says.
func (p *person) setsUp(house *webtest.Site) {
	p.t.Helper()
	p.press(words(p.say("onboarding.new.link")))
	p.at("onboarding.new.title")
	p.press(words(p.say("onboarding.new.submit")))
	p.wanted = []int64{422}
	p.at("onboarding.new.title")
	p.wanted = nil
	p.sees(p.say("onboarding.slug.wrong"))
	p.fill("name", "Passerelle Fribourg")
	p.pick(field("canton"), "FR")
	p.fill("slug", demo.Unclaimed)
	p.press(words(p.say("onboarding.new.submit")))
	p.at("Passerelle Fribourg")
	for _, step := range []platform.Step{platform.Languages, platform.Protection, platform.Blueprint, platform.Retention} {
		p.press(words(p.say("onboarding." + string(step) + ".title")))
		p.at("onboarding." + string(step) + ".title")
		p.press(on("main form .govuk-button:not(.govuk-button--secondary)"))
		p.at("Passerelle Fribourg")
		p.sees(p.say("onboarding.saved"))
	}
	p.press(words(p.say("onboarding.connection.title")))
	p.at("onboarding.connection.title")
	p.sees(house.URL + "/oidc/" + demo.Unclaimed + "/callback")
	p.fill("issuer", house.Unclaimed.Issuer)
	p.sees(p.say("connections.check.passed"))
	p.fill("client_id", house.Unclaimed.ClientID)
	p.fill("secret", house.Unclaimed.ClientSecret)
	p.fill("email_domains", "fribourg.example")
	p.press(words(p.say("onboarding.save")))
	p.at("Passerelle Fribourg")
	p.sees(house.Unclaimed.Issuer)
}

// expects names a first administrator, and gives the code that is shown.
func (p *person) expects(who cast.Person) string {
	p.t.Helper()
	if !p.has(field("email")) {
		p.press(words(p.say("onboarding.administrators.title")))
		p.at("onboarding.administrators.title")
	}
	p.fill("name", who.Name)
	p.fill("email", who.Email)
	p.press(words(p.say("onboarding.person.submit")))
	p.at("onboarding.code.title")
	code := p.codeShown()
	p.press(words(p.say("members.code.done")))
	p.at("onboarding.administrators.title")
	p.sees(who.Name)
	return code
}

func (p *person) has(what thing) bool { return p.count(what) > 0 }

// codeShown is the code that the page shows, once.
func (p *person) codeShown() (code string) {
	p.t.Helper()
	p.ask(&code, "text", on("#code"))
	return code
}

// arrives signs in for the first time, and joins by the code that was handed over.
func (p *person) arrives(who cast.Person, code string) {
	p.t.Helper()
	p.visit("/")
	p.at("signin.title")
	p.identify(who)
	p.at("signin.waiting.title")
	p.visit(paths.Join)
	p.at("signin.join.title")
	p.fill("code", code)
	p.press(words(p.say("signin.join.submit")))
}

// addsOffice adds one to the directory of a tenant that has none.
func (p *person) addsOffice(name string) *cast.Office {
	p.t.Helper()
	p.visit(paths.NewOffice)
	p.at("offices.new.title")
	p.fill("name", name)
	p.pick(field("kind"), "income_support")
	p.press(words(p.say("offices.save")))
	p.at(name)
	return &cast.Office{ID: ids.MustParse[tenantdb.Office](strings.TrimPrefix(p.path(), paths.Offices+"/"))}
}
