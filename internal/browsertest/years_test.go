package browsertest

import (
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/views/dossiersview"
)

// The forms of an accompaniment.
var (
	interview      = form{dossiersview.Interviews, on(`.pas-heading a[href$="/interviews/new"]`), "interviews.new.title", "interviews.new.submit"}
	identification = form{dossiersview.Identification, on(`a[href$="/identification/new"]`), "identifications.new", "identifications.save"}
	finding        = form{dossiersview.Path, on(`a[href$="/findings/new"]`), "dossiers.finding.new", "dossiers.save"}
	danger         = form{dossiersview.Risk, on(`a[href$="/new?kind=here"]`), "risks.kind.here", "risks.save"}
	age            = form{dossiersview.Childhood, on(`a[href$="/ages/new"]`), "minors.age.new", "minors.save"}
	safetyPlan     = form{dossiersview.Risk, on(`a[href$="/plan/edit"]`), "risks.plan.title", "risks.save"}
	reflection     = form{dossiersview.Reflection, on(`a[href$="/reflection/new"]`), "reflections.new.title", "reflections.save"}
	reflectionNow  = form{dossiersview.Reflection, on(`a[href$="/edit"]`), "reflections.edit.title", "reflections.save"}
	extension      = form{dossiersview.Reflection, on(`a[href$="/extension"]`), "reflections.extension.title", "reflections.save"}
	reflectionEnd  = form{dossiersview.Reflection, on(`a[href$="/ending"]`), "reflections.ending.title", "reflections.save"}
	renewal        = form{dossiersview.Stays, on(`a[href*="/stays/new?"]`), "stays.new.title", "stays.save"}
	permit         = form{dossiersview.Stays, on(`.pas-heading a[href$="/stays/new"]`), "stays.new.title", "stays.save"}
	presence       = form{dossiersview.Stays, on(`a[href$="/stays/presence"]`), "stays.presence.title", "stays.save"}
	proceeding     = form{dossiersview.Proceedings, on(`a[href$="/proceedings/new"]`), "proceedings.new.title", "proceedings.save"}
	offence        = form{dossiersview.Assistance, on(`a[href$="/assistance/offence"]`), "claims.offence.title", "claims.save"}
	payer          = form{dossiersview.Assistance, on(`a[href$="/assistance/payer"]`), "claims.payers.one", "claims.save"}
	bed            = form{dossiersview.Housing, on(`a[href$="/housing/holds/new"]`), "housing.hold.new", "housing.hold.submit"}
	movingIn       = form{dossiersview.Housing, on(`.pas-heading a[href$="/housing/new"]`), "housing.stay.new", "housing.stay.submit"}
	movingOn       = form{dossiersview.Housing, on(`.pas-heading a[href$="/housing/new"]`), "housing.stay.move", "housing.stay.submit"}
	evaluation     = form{dossiersview.Housing, on(`a[href$="/evaluation"]`), "housing.evaluation.new", "housing.evaluation.submit"}
	project        = form{dossiersview.Integration, on(`a[href$="/integration/project"]`), "projects.title", "projects.save"}
)

// entryOf is an entry of the only proceedings: steps, hearings or rulings.
func entryOf(sort, heading string) form {
	return form{dossiersview.Proceedings, on(`a[href*="/` + sort + `/edit"].govuk-button`), heading, "proceedings.save"}
}

// claimOf is a claim of a kind.
func claimOf(kind string) form {
	return form{dossiersview.Assistance, on(`a[href$="/claim?kind=` + kind + `"]`), "claims.claim.title", "claims.save"}
}

// TestTwoYears goes with a person from the first contact to a flat of her own, and closes.
func TestTwoYears(t *testing.T) {
	for _, lang := range []i18n.Lang{i18n.FR, i18n.IT} {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			twoYears(t, style{lang: lang, width: wide})
		})
	}
}

func twoYears(t *testing.T, s style) {
	site, calendar := startOver(t)
	lea, karim, noe, ines, claire := sit(t, site, s), sit(t, site, s), sit(t, site, s), sit(t, site, s), sit(t, site, s)
	for p, who := range map[*person]cast.Person{lea: cast.Lea, karim: cast.Karim, noe: cast.Noe, ines: cast.Ines, claire: cast.Claire} {
		p.secrets = []string{amina.family, amina.given, amina.phone, cast.Lea.Name}
		p.signedIn(who)
	}
	first := calendar.firstDay()
	in := func(days int) time.Time { return first.AddDate(0, 0, days) }
	calendar.goesTo(first)

	// The shelter is there before anybody needs it.
	shelter := karim.opensShelter("Tilleul", in(-400))

	// First contact: she is heard, and what speaks for trafficking is read by somebody else as well.
	a := accompaniment{person: lea}
	lea.visit("/dossiers")
	lea.at("dossiers.title")
	a.name = lea.opensDossier()
	a.dossier = lea.path()
	a.sees(a.say("dossiers.phase.first_contact"))
	lea.describesSituation(a.name)
	a.writes(interview, "kind", "individual", "held_on", a.day(first), "held_from", "09:30", "minutes", "90",
		"note", "Elle raconte le voyage, le serment et la dette.\nElle a peur pour sa mère.", "hard", "yes", "place", "Chez nous",
		"step_1", "Demander la période au SPOP", "step_due_1", a.day(in(7)))
	a.writes(identification, "assessed_on", a.day(first), "answer_recruited", "yes", "answer_transported", "yes", "answer_false_work", "yes",
		"answer_debt_then", "yes", "answer_sexual_services", "yes", "answer_no_pay", "unknown",
		"judgement", "Présumée victime : le serment et la dette se recoupent.", "own_view", "Elle parle d’une promesse qu’elle doit tenir.")
	a.with(karim).readsSecond()
	a.writes(finding, "body", "ngo", "verdict", "presumed", "found_on", a.day(first), "basis", "Un entretien de 90 minutes et une seconde lecture.")
	// As long as nobody has established her age, she counts as a child.
	a.begins(danger, "level", "high")
	a.refused(danger, "risks.child_scale.missing")
	a.writes(age, "finding", "of_age", "found_on", a.day(first), "by", "Léa", "basis", "Carte d’identité échue, vue.")
	a.writes(danger, "assessed_on", a.day(first), "severity_perpetrators", "grave", "likelihood_perpetrators", "possible",
		"fears", "Que quelqu’un de son village la reconnaisse.", "level", "high", "review_on", a.day(in(30)))
	a.writes(safetyPlan, "signs", "Un appel sans voix.", "steps", "J’entre dans un magasin.\nJ’appelle.", "signal", "Une fleur par message.")
	a.standsAt("identification", "finding_made", first)

	// A period is asked for, a bed kept for tomorrow, and immediate help claimed.
	a.writes(reflection, "kind", "period", "as", "victim", "requested_on", a.day(first), "requested_by", "ngo")
	a.writes(bed, "place", shelter, "beds", "1", "from_on", a.day(in(1)), "until_on", a.day(in(4)))
	a.writes(offence, "from", a.day(in(-500)), "until", a.day(in(-20)), "lived_here", "no")
	a.writes(claimOf("immediate_help"), "office", "Centre LAVI de Lausanne", "asked_on", a.day(first))
	a.writes(payer, "payer", "immediate_help", "from_on", a.day(in(1)), "until_on", a.day(in(36)))
	a.isNotThereFor(claire, a.dossier+"/identification", a.dossier+"/risk", a.dossier+"/housing")
	a.isRefusedTo(noe)

	// She sleeps in the shelter; the bed that was kept is hers.
	calendar.goesTo(in(1))
	a.writes(movingIn, "place", shelter, "begins_on", a.day(in(1)), "note", "Chambre côté cour.")
	a.seesNot(a.say("housing.holds.title"))
	karim.seesOnBoard("Tilleul", 1, 2)

	// The period is granted, for 35 days; a letter says so. The law wants thirty at least.
	calendar.goesTo(in(5))
	a.begins(reflectionNow, "decision", "granted", "decided_on", a.day(in(5)), "authority", "VD", "starts_on", a.day(in(5)), "ends_on", a.day(in(30)))
	a.refused(reflectionNow, "reflections.ends_on.too_short", "Day", a.day(in(35)))
	a.answer("ends_on", a.day(in(40)))
	a.saves(reflectionNow)
	a.writes(permit, "kind", "reflection_letter", "canton", "VD", "valid_from", a.day(in(5)), "valid_until", a.day(in(40)))
	a.writes(presence, "entered_on", a.day(in(-500)), "offence_canton", "VD")
	a.standsAt("reflection", "reflection_granted", in(5))
	a.nextAre(due{in(30), "risk_review_set"}, due{in(33), "presence_reminder"}, due{in(36), "immediate_help"})

	// Its end is reminded of two weeks ahead: on that day and not before, and not to whoever is not responsible.
	calendar.goesTo(in(25))
	a.reminded("reflection_end", false)
	calendar.goesTo(in(26))
	a.reminded("reflection_end", true)
	a.with(karim).reminded("reflection_end", false)
	a.with(claire).reminded("reflection_end", false)

	// It is extended; she decides to say what happened, and cuts all ties.
	calendar.goesTo(in(33))
	a.writes(extension, "decided_on", a.day(in(33)), "until", a.day(in(75)))
	a.sees(a.say("reflections.extension.said", "Until", a.day(in(75)), "Day", a.day(in(33))))
	calendar.goesTo(in(50))
	a.writes(reflectionNow, "cooperation_declared_on", a.day(in(49)), "ties_cut_on", a.day(in(45)),
		"presence_notified_on", a.day(in(50)), "presence_needed", "yes", "presence_until", a.day(in(400)))
	a.writes(reflectionEnd, "reason", "cooperates", "ended_on", a.day(in(49)))
	a.writes(proceeding, "authority", "Ministère public", "canton", "VD", "complaint", "filed", "complaint_filed_on", a.day(in(50)),
		"plaintiff_declared_on", a.day(in(50)), "plaintiff_claims", "penal,civil", "counsel", "Me Invention", "legal_aid", "requested")
	a.writes(entryOf("steps", "proceedings.step.title"), "stage", "police_inquiry", "on", a.day(in(50)))
	a.standsAt("proceedings", "cooperation_declared", in(49))

	// A permit for a year, in the place of the letter.
	calendar.goesTo(in(60))
	a.writes(renewal, "kind", "l", "canton", "VD", "legal_ground", "proceedings", "valid_from", a.day(in(60)), "valid_until", a.day(in(60).AddDate(1, 0, -1)),
		"opinion", "favourable", "opinion_on", a.day(in(55)), "work", "requested")

	// The CSR is asked for support with her consent, and answers; the loop closes where it began.
	a.looksAt()
	a.recordsConsent(a.name, cast.CSR, "identity", "contact", "income")
	csr := a.refers(a.name, cast.CSR, "identity", "income")
	noe.visit("/inbox")
	noe.at("inbox.title")
	noe.takes(csr)
	noe.accepts()
	noe.answers(csr)
	a.reads(csr)
	noe.closes(csr)
	a.isRefusedTo(noe)
	ines.visit("/inbox")
	ines.at("inbox.title")
	ines.seesNot(csr)

	// Her project, in her own words; the first steps towards it, and an interpreter for the doctor.
	a.writes(project, "words", "Je veux parler français et vivre dans mon appartement.", "goals", "Parler français\nVivre dans mon appartement")
	a.plans("income_support", "with", "CSR de Lausanne", "asked_on", a.day(in(60)), "decided_on", a.day(in(60)), "decision", "granted", "state", "done", "ended_on", a.day(in(60)))
	a.plans("language", "what", "Français A1", "begun_on", a.day(in(60)), "level", "a1", "state", "open", "due_on", a.day(in(200)))
	a.standsAt("integration", "integration_begun", in(60))
	lea.entersInterpreter("Joy Exemple", "eng")
	appointment := a.agrees("medical", in(67), "10:15")
	a.books("phone")
	calendar.goesTo(in(68))
	a.visit("/work")
	a.at("work.title")
	a.sees(a.say("appointments.unwritten.title"))
	a.visit(appointment)
	a.at("appointments.show.title")
	a.press(on(`button[name=outcome][value=held]`))
	a.at("appointments.show.title")
	a.sees(a.say("appointments.outcome.held"))

	// Nobody forgets the stay in the shelter: a look at four and a half months, another at five and a half.
	moved := in(1)
	half := moved.AddDate(0, 4, 15)
	calendar.goesTo(half.AddDate(0, 0, -8))
	a.reminded("shelter_first_review", false)
	calendar.goesTo(half.AddDate(0, 0, -7))
	a.reminded("shelter_first_review", true)
	calendar.goesTo(half)
	a.outlook(map[string]string{"considered": "", "permit": a.day(in(60).AddDate(1, 0, -1)), "integration": a.day(in(60)), "evaluated": ""})
	a.writes(evaluation, "considered", "own_flat,transition", "found", "Deux régies demandent une garantie.", "decision", "open")
	a.outlook(map[string]string{"considered": a.day(half), "evaluated": ""})
	later := moved.AddDate(0, 5, 15)
	calendar.goesTo(later)
	a.begins(evaluation, "considered", "own_flat", "found", "Rien de sûr avant l’été.", "decision", "prolonged", "prolonged_until", a.day(moved.AddDate(0, 6, 0)), "reasons", "La procédure est en cours.")
	a.refused(evaluation, "housing.prolonged_until.not_later")
	a.answer("prolonged_until", a.day(in(430)))
	a.saves(evaluation)
	a.outlook(map[string]string{"considered": a.day(later), "evaluated": a.day(later)})

	// The ORP is asked next, and sees nothing that went to the CSR.
	a.looksAt()
	a.recordsConsent(a.name, cast.ORP, "identity", "contact", "skills")
	orp := a.refers(a.name, cast.ORP, "identity", "skills")
	ines.visit("/inbox")
	ines.at("inbox.title")
	ines.seesNot(csr)
	ines.takes(orp)
	ines.accepts()
	ines.answers(orp)
	a.reads(orp)
	ines.closes(orp)
	a.isRefusedTo(ines)

	// The permit is renewed in time while the proceedings run; both limits of the L permit are in sight.
	ends := in(60).AddDate(1, 0, -1)
	calendar.goesTo(ends.AddDate(0, 0, -60-14))
	a.reminded("renewal_request", true)
	a.writes(form{dossiersview.Stays, on(".govuk-button-group:has(a[href*='replaces']) a[href$='/edit']"), "stays.edit.title", "stays.save"},
		"renewal_requested_on", a.day(ends.AddDate(0, 0, -74)))
	calendar.goesTo(ends)
	a.writes(renewal, "kind", "l", "canton", "VD", "legal_ground", "proceedings", "valid_from", a.day(ends.AddDate(0, 0, 1)), "valid_until", a.day(in(60).AddDate(2, 0, -1)), "work", "authorised")
	a.writes(entryOf("hearings", "proceedings.hearing.title"), "kind", "victim", "on", a.day(ends.AddDate(0, 0, 20)), "at", "09:00", "place", "Lausanne", "person_of_trust", "yes", "measures", "no_confrontation")

	// Work, and a flat of her own, with a permit and a path begun.
	calendar.goesTo(in(430))
	a.plans("work", "what", "Couturière", "begun_on", a.day(in(430)), "percent", "80", "sector", "other", "state", "open")
	a.writes(movingOn, "place", "own_flat", "begins_on", a.day(in(430)), "flat_reason", "Un contrat et un bail à son nom.", "address", "Rue Inventée 44, 1004 Lausanne")
	a.seesNot("Rue Inventée")
	a.standsAt("independent", "own_flat_entered", in(430))
	karim.seesOnBoard("Tilleul", 0, 3)

	// The proceedings end, and a permit for hardship follows.
	calendar.goesTo(in(600))
	a.writes(entryOf("steps", "proceedings.step.title"), "stage", "final", "on", a.day(in(598)))
	a.writes(presence, "hardship_requested", a.day(in(600)))
	calendar.goesTo(in(700))
	a.writes(renewal, "kind", "b", "canton", "VD", "legal_ground", "hardship", "valid_from", a.day(in(700)), "valid_until", a.day(in(700).AddDate(1, 0, -1)),
		"opinion", "favourable", "opinion_on", a.day(in(650)), "approval", "approved", "approval_on", a.day(in(699)), "work", "free")
	a.standsAt("independent", "own_flat_entered", in(430))

	// Two years later: nothing closes while something is owed.
	calendar.goesTo(in(730))
	a.cannotClose()
	a.part(dossiersview.Tasks)
	a.press(words(a.say("tasks.done")))
	// The button's word may be that of what comes of it.
	a.at("dossiers.parts.tasks")
	a.sees(a.say("tasks.outcome.done"))
	a.writes(claimOf("compensation"), "office", "Autorité d’indemnisation", "asked_on", a.day(in(730)), "sum", "CHF 14’500")
	a.writes(claimOf("moral_reparation"), "office", "Autorité d’indemnisation", "asked_on", a.day(in(730)))
	a.cannotClose()
	a.doesWithout("Elle s’en occupe elle-même, avec son avocate.")
	a.closes("independent")
	a.standsAt("closed", "dossier_closed", in(730))
	a.seesNot(a.say("dossiers.phase.set"))

	// She comes by for a coffee: somebody looks after her again, the dossier staying closed.
	calendar.goesTo(in(760))
	a.part(dossiersview.Closure)
	a.answer("aftercare_note", "Un café par mois, et le courrier.")
	a.press(words(a.say("dossiers.aftercare.submit")))
	a.at("dossiers.parts.closure")
	a.standsAt("aftercare", "aftercare_begun", in(760))
	a.writes(interview, "kind", "phone", "held_on", a.day(in(760)), "minutes", "15", "note", "Elle va bien.")
	a.isNotThereFor(claire, a.dossier+"/closure", a.dossier+"/timeline")
	a.isRefusedTo(noe)
	a.isRefusedTo(ines)
	for _, p := range []*person{lea, karim, noe, ines, claire} {
		p.keepsNothing()
	}
}
