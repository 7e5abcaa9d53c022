package browsertest

import (
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/views/dossiersview"
)

// The forms of a return.
var (
	preparation = form{dossiersview.Return, on(`a[href$="/return/preparation"]`), "returns.preparation.title", "returns.save"}
	contact     = form{dossiersview.Return, on(`a[href$="/return/contact"]`), "returns.contacts.new", "returns.save"}
	returnRisk  = form{dossiersview.Risk, on(`a[href$="/new?kind=on_return"]`), "risks.kind.on_return", "risks.save"}
	leaving     = form{dossiersview.Housing, on(`a[href$="/departure"]`), "housing.departure.new", "housing.departure.submit"}
)

// reaching is the form of a milestone of the return.
func reaching(milestone string) form {
	return form{dossiersview.Return, on(`a[href$="/return/` + milestone + `"]`), "returns.reach." + milestone, "returns.save"}
}

// TestSupportedReturn goes home with somebody who wants to: her decision, after the risk was assessed and not before; her
// departure, once she has left; and somebody who calls her afterwards.
func TestSupportedReturn(t *testing.T) {
	t.Parallel()
	site, calendar := startOver(t)
	s := style{lang: i18n.DE, width: wide}
	lea, karim, claire := sit(t, site, s), sit(t, site, s), sit(t, site, s)
	for p, who := range map[*person]cast.Person{lea: cast.Lea, karim: cast.Karim, claire: cast.Claire} {
		p.signedIn(who)
	}
	first := calendar.firstDay()
	in := func(days int) time.Time { return first.AddDate(0, 0, days) }
	calendar.goesTo(first)
	shelter := karim.opensShelter("Linde", in(-400))
	a := lea.opens("birth_date", lea.day(first.AddDate(-30, 0, 0)), "gender", "female", "contact_channels", "in_person")
	a.writes(movingIn, "place", shelter, "begins_on", a.day(first))

	// It is considered with her and the return service, and planned ahead.
	a.writes(preparation, "considered_on", a.day(first), "with", "Rückkehrberatung, mit Dolmetscherin", "wishes", "Zu ihrer Schwester. Sie fürchtet die früheren Nachbarn.",
		"destination", "Bulgarien, in eine andere Stadt", "programme", "victims", "planned_on", a.day(in(40)), "start_money", "USD 1’000")

	// Nobody decides before the risk was assessed.
	decision := reaching("decision")
	a.begins(decision, "on", a.day(first), "said", "Ich will nach Hause.")
	a.refused(decision, "returns.decision.no_assessment")
	a.writes(returnRisk, "assessed_on", a.day(first), "severity_debt", "serious", "likelihood_debt", "possible", "described", "Die Reiseschuld ist offen.", "level", "moderate")
	calendar.goesTo(in(3))
	a.writes(decision, "on", a.day(in(3)), "said", "Ich will nach Hause. Ich weiss, wen ich anrufe.")
	a.standsAt("return", "return_decided", in(3))

	// Who has a ticket has not left.
	departure := reaching("departure")
	a.begins(departure, "on", a.day(in(40)))
	a.refused(departure, "returns.day.future")
	calendar.goesTo(in(40))
	a.writes(departure, "on", a.day(in(40)), "said", "Bis zum Flughafen begleitet.")
	a.writes(leaving, "ended_on", a.day(in(40)), "went_to", "return")
	a.standsAt("return", "return_departed", in(40))
	karim.seesOnBoard("Linde", 0, 3)
	a.isNotThereFor(claire, a.dossier+"/return", a.dossier+"/return/decision")

	// Somebody stays in touch, as long as the programme pays.
	aid := in(40).AddDate(0, 6, 0)
	a.part(dossiersview.Return)
	a.sees(a.say("deadlines.rule.return_medical_aid"))
	a.sees(a.day(aid))
	calendar.goesTo(in(70))
	a.writes(contact, "contacted_on", a.day(in(70)), "channel", "phone", "note", "Sie wohnt bei der Schwester und arbeitet.")
	calendar.goesTo(aid.AddDate(0, 0, -31))
	a.reminded("return_medical_aid", false)
	calendar.goesTo(aid.AddDate(0, 0, -30))
	a.reminded("return_medical_aid", true)

	// What the programme still pays is owed: nothing closes before that is concluded.
	a.part(dossiersview.Closure)
	a.cannotClose()
	calendar.goesTo(aid)
	a.writes(reaching("conclusion"), "on", a.day(aid), "said", "Die Hilfe ist ausbezahlt.")
	a.closes("return")
	a.reminded("return_medical_aid", false)
}
