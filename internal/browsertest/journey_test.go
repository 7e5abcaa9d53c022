package browsertest

import (
	"slices"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// amina is what Léa writes of the beneficiary. None of it may stand in a title, an address or the browser's storage.
var amina = struct{ family, given, phone, health, request, answer, income string }{
	"Okonkwo-Brügger", "Amina", "+41 79 555 01 02", "Migraine depuis le voyage.",
	"Revenu d’insertion dès décembre, logement payé jusqu’au 30.", "Rendez-vous mardi à 10 h 15, guichet 4.", "Pas de revenu.",
}

// TestJourney is the main job from beginning to end: a person is taken in, referred, answered, and the loop is closed.
func TestJourney(t *testing.T) {
	for _, s := range []style{
		{lang: i18n.FR, width: wide},
		{lang: i18n.DE, width: wide},
		{lang: i18n.FR, width: narrow},
		{lang: i18n.DE, width: wide, noScript: true},
		{lang: i18n.FR, width: wide, keyboard: true},
	} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			journey(t, s)
		})
	}
}

func journey(t *testing.T, s style) {
	site := webtest.Start(t)
	lea, noe, claire := sit(t, site, s), sit(t, site, s), sit(t, site, s)
	for _, p := range []*person{lea, noe, claire} {
		p.secrets = []string{amina.family, amina.given, amina.phone, "Okonkwo", cast.Lea.Name, cast.Noe.Name}
	}

	lea.signIn(cast.Lea)
	name := lea.opensDossier()
	dossier := lea.path()
	lea.describesSituation(name)
	lea.findsInList(name)
	lea.recordsConsent(name, cast.CSR, "identity", "contact", "income")
	reference := lea.refers(name, cast.CSR, "identity", "income")
	referral := lea.path()

	noe.signIn(cast.Noe)
	noe.takes(reference)

	// Step 6: the dossier stays open, and the answer comes by itself.
	lea.visit(dossier)
	lea.at(name)
	// The page itself is marked, and not left.
	lea.ask(nil, "leave")
	noe.accepts()
	if s.noScript {
		lea.visit(dossier)
	}
	lea.sees(lea.say("timeline.kind.referral_accepted"))
	lea.sees(lea.say("referrals.state.accepted"))
	if !s.noScript && !lea.state().Left {
		t.Error("the dossier was loaded anew")
	}
	lea.lookOver(name)
	noe.answers(reference)
	lea.reads(reference)
	noe.closes(reference)
	if s.noScript {
		lea.visit(referral)
	}
	lea.sees(lea.say("referrals.outcome.got"))

	// Step 7: for the other canton, nothing of it exists.
	claire.signIn(cast.Claire)
	claire.findsNothing(name, dossier, referral)

	// The loop ends where Léa wants it to: the office's next click finds nothing.
	lea.revokes(reference)
	noe.wanted = []int64{404}
	noe.visit("/inbox?tab=answered")
	noe.at("inbox.title")
	noe.seesNot(reference)

	lea.keepsNothing()
	noe.keepsNothing()
	for _, p := range []*person{lea, noe, claire} {
		p.signsOut()
	}
	for _, secret := range append(lea.secrets, amina.request, amina.answer, amina.health, name) {
		if strings.Contains(site.Log.String(), secret) {
			t.Errorf("the log says %q", secret)
		}
	}
}

// opensDossier is step 1, and gives the code name.
func (p *person) opensDossier() string {
	p.t.Helper()
	p.press(on(`.pas-nav a[href="/dossiers"]`))
	p.at("dossiers.title")
	p.press(on(`.pas-heading a[href="/dossiers/new"]`))
	p.at("dossiers.new.title")
	name := p.value(field("code_name"))

	// Without a code name nothing is opened, and nothing that was typed is lost.
	p.fill("code_name", "")
	p.fill("family_name", amina.family)
	p.press(words(p.say("dossiers.new.submit")))
	p.wanted = []int64{422}
	p.at("dossiers.new.title")
	p.wanted = nil
	p.sees(p.say("dossiers.code_name.missing"))
	if kept := p.value(field("family_name")); kept != amina.family {
		p.t.Errorf("the name that was typed became %q", kept)
	}

	p.fill("code_name", name)
	p.fill("given_names", amina.given)
	p.fill("estimated_age", "24")
	p.pick(field("gender"), "female")
	p.pick(on("#nationalities"), "NG")
	p.pick(on("#languages"), "eng")
	p.choose("needs_interpreter", "yes")
	p.tick("contact_channels", "sms", "in_person")
	p.fill("phone", amina.phone)
	p.tick("contact_days", "tue")
	p.fill("contact_from", "14:00")
	p.fill("contact_until", "16:30")
	p.choose("contact_identify", "no")
	p.fill("contact_code_word", "Tilleul")
	p.tick("exploitation_forms", "sexual", "labour")
	p.tick("exploitation_cantons", "VD")
	p.press(words(p.say("dossiers.new.submit")))
	p.at(name)
	p.sees(p.say("dossiers.opened"))
	p.sees(amina.family)
	return name
}

func (p *person) describesSituation(name string) {
	p.t.Helper()
	p.press(words(p.say("dossiers.person.look")))
	p.at("dossiers.parts.person")
	p.sees(p.say("dossiers.exploitation_form.sexual"))
	p.press(words(p.say("dossiers.situation.edit")))
	p.at("dossiers.situation.edit")
	p.fill("health", amina.health)
	p.fill("income", amina.income)
	p.press(words(p.say("dossiers.save")))
	p.at("dossiers.parts.person")
	p.sees(amina.health)
	p.sees(name)
}

// findsInList is step 2.
func (p *person) findsInList(name string) {
	p.t.Helper()
	p.press(on(`.pas-nav a[href="/dossiers"]`))
	p.at("dossiers.title")
	p.seesNot(amina.family)
	p.fill("code_name", name[:3])
	p.press(words(p.say("dossiers.list.filter")))
	p.at("dossiers.title")
	p.press(words(name))
	p.at(name)
}

// recordsConsent is step 3.
func (p *person) recordsConsent(name string, office *cast.Office, classes ...string) {
	p.t.Helper()
	p.press(words(p.say("consents.panel.new")))
	p.at("consents.new.title")
	p.pick(field("office"), office.ID.String())
	p.press(words(p.say("consents.new.choose")))
	p.at("consents.new.title")
	p.tick("data_classes", classes...)
	p.choose("given_how", "orally")
	p.fill("interpreter", "Anglais, par téléphone")
	p.press(words(p.say("consents.new.submit")))
	p.at(name)
	p.sees(p.say("consents.given"))
}

// refers is step 4, and gives the referral's reference.
func (p *person) refers(name string, office *cast.Office, classes ...string) string {
	p.t.Helper()
	p.press(words(p.say("referrals.panel.new")))
	p.at("referrals.new.title")
	p.pick(field("office"), office.ID.String())
	p.press(words(p.say("referrals.new.submit")))
	p.at("referrals.edit.title")
	p.choose("urgency", "soon")
	p.fill("answer_by", i18n.Date(p.words, forms.Today(p.site.Now()).AddDate(0, 0, 5)))
	p.fill("request", amina.request)
	p.tick("data_classes", classes...)
	p.press(words(p.say("referrals.edit.preview")))
	p.at("referrals.preview.title")
	p.sees(amina.request)
	p.sees(amina.family)
	if slices.Contains(classes, "income") {
		p.sees(amina.income)
	}
	p.seesNot(amina.phone)
	p.seesNot(amina.health)
	p.press(words(p.say("referrals.preview.send")))
	var reference string
	p.until("the referral is sent", func() bool {
		page := p.state()
		path := strings.TrimPrefix(page.URL, p.site.URL)
		if !page.Ready || page.Left || len(page.H1) != 1 || !strings.HasPrefix(path, "/referrals/") || strings.HasSuffix(path, "/preview") {
			return false
		}
		reference = page.H1[0]
		return true
	})
	p.at(reference)
	p.sees(p.say("referrals.sent"))
	return reference
}

// takes is step 5 up to taking it.
func (p *person) takes(reference string) {
	p.t.Helper()
	p.press(words(reference))
	p.at("inbox.referral.title", "Reference", reference)
	p.sees(amina.request)
	p.sees(amina.family)
	p.seesNot(amina.phone)
	p.seesNot(amina.health)
	p.press(words(p.say("inbox.taking.take")))
	p.at("inbox.referral.title", "Reference", reference)
	p.sees(p.say("inbox.notice.taken"))
}

func (p *person) accepts() {
	p.t.Helper()
	p.press(words(p.say("inbox.acceptance.accept")))
	p.until("it is accepted", func() bool { return strings.Contains(p.state().Text, p.say("inbox.notice.accepted")) })
}

func (p *person) answers(reference string) {
	p.t.Helper()
	p.choose("kind", "question")
	p.fill("body", amina.answer)
	p.press(words(p.say("inbox.messages.send")))
	p.at("inbox.referral.title", "Reference", reference)
	p.sees(p.say("inbox.notice.written"))
	p.sees(amina.answer)
}

func (p *person) closes(reference string) {
	p.t.Helper()
	p.press(words(p.say("inbox.outcome.link")))
	p.at("inbox.outcome.title")
	p.choose("outcome", "got")
	p.press(words(p.say("inbox.outcome.close")))
	p.at("inbox.referral.title", "Reference", reference)
	p.sees(p.say("inbox.notice.closed"))
}

// reads finds the question on my work, and answers it.
func (p *person) reads(reference string) {
	p.t.Helper()
	p.press(on(`.pas-nav a[href="/work"]`))
	p.at("work.title")
	p.sees(p.say("work.news"))
	p.press(words(reference))
	p.at(reference)
	p.sees(amina.answer)
	p.choose("kind", "answer")
	p.fill("body", "C’est noté, elle viendra.")
	p.press(words(p.say("referrals.reply.submit")))
	p.at(reference)
	p.sees(p.say("referrals.reply.sent"))
}

func (p *person) findsNothing(name, dossier, referral string) {
	p.t.Helper()
	p.press(on(`.pas-nav a[href="/dossiers"]`))
	p.at("dossiers.title")
	p.seesNot(name)
	p.wanted = []int64{404}
	for _, path := range []string{dossier, dossier + "/edit", referral, referral + "/preview"} {
		p.visit(path)
		p.at("ui.error.not_found.title")
		p.seesNot(name)
	}
	p.wanted = nil
}

func (p *person) revokes(reference string) {
	p.t.Helper()
	p.press(words(p.say("referrals.revocation.title")))
	p.at("referrals.revocation.title")
	p.press(words(p.say("referrals.revocation.submit")))
	p.at(reference)
	p.sees(p.say("referrals.revoked"))
}

// keepsNothing looks into what a browser can keep for a site.
func (p *person) keepsNothing() {
	p.t.Helper()
	var kept []string
	if p.style.noScript {
		return
	}
	if p.ask(&kept, "kept"); len(kept) > 0 {
		p.t.Errorf("the browser keeps %q", kept)
	}
}

func (p *person) signsOut() {
	p.t.Helper()
	p.press(words(p.say("ui.sign_out")))
	p.at("signin.title")
}
