package browsertest

import (
	"strconv"
	"strings"
	"time"

	"passerelle/views/dossiersview"
)

// What people do in the course of an accompaniment that takes more than one form.

// opens opens a dossier with what is known.
func (p *person) opens(answers ...string) accompaniment {
	p.t.Helper()
	p.visit("/dossiers/new")
	p.at("dossiers.new.title")
	name := p.value(field("code_name"))
	p.answer(answers...)
	p.press(words(p.say("dossiers.new.submit")))
	p.at(name)
	return accompaniment{p, name, p.path()}
}

// cannotClose says that the page names what is owed, and offers no closing.
func (a accompaniment) cannotClose() {
	a.t.Helper()
	a.part(dossiersview.Closure)
	a.sees(a.say("dossiers.closure.lead"))
	if n := a.count(words(a.say("dossiers.closure.submit"))); n != 0 {
		a.t.Error("closing is offered while something is owed")
	}
}

// doesWithout says of each date that is still open why nobody waits for it.
func (a accompaniment) doesWithout(reason string) {
	a.t.Helper()
	open := on(`#owed .pas-dates__date:first-child a[href*="/waiver?"]`)
	for a.part(dossiersview.Closure); a.count(open) > 0; a.part(dossiersview.Closure) {
		a.press(open)
		a.at("dossiers.waiver.title")
		a.answer("reason", reason)
		a.press(words(a.say("dossiers.waiver.submit")))
		a.at("dossiers.parts.deadlines")
	}
}

// closes closes the dossier, for which nothing may be owed any more.
func (a accompaniment) closes(reason string) {
	a.t.Helper()
	a.part(dossiersview.Closure)
	a.sees(a.say("dossiers.closure.clear"))
	a.answer("reason", reason, "note", "Elle peut revenir.")
	a.press(words(a.say("dossiers.closure.submit")))
	a.at("dossiers.parts.closure")
	a.sees(a.say("dossiers.closure.now"))
}

// opensShelter opens a place of three beds, and gives its identifier.
func (p *person) opensShelter(name string, on time.Time) string {
	p.t.Helper()
	p.visit("/housing")
	p.at("housing.title")
	p.press(thing{Selector: `a[href="/housing/places/new"]`})
	p.at("housing.place.new")
	p.answer("kind", "shelter", "code_name", name, "beds", "3", "genders", "female", "opens_on", p.day(on), "address", "Chemin de l’Exemple 7, 1000 Lausanne")
	p.press(words(p.say("housing.save")))
	p.at(name)
	p.seesNot("Chemin de l’Exemple")
	return strings.TrimPrefix(p.path(), "/housing/places/")
}

// seesOnBoard reads how many beds of a place are taken and free.
func (p *person) seesOnBoard(name string, taken, free int) {
	p.t.Helper()
	p.visit("/housing")
	p.at("housing.title")
	var row string
	p.ask(&row, "cells", on("#places tbody tr"))
	cells := strings.Split(row, "\n")
	if len(cells) < 6 || !strings.HasPrefix(cells[0], name) || cells[3] != strconv.Itoa(taken) || cells[5] != strconv.Itoa(free) {
		p.t.Errorf("the board says %q of %s instead of %d taken and %d free", cells, name, taken, free)
	}
}

// readsSecond is somebody else who reads an identification and says what she or he thinks of it.
func (a accompaniment) readsSecond() {
	a.t.Helper()
	a.part(dossiersview.Identification)
	a.press(words(a.say("identifications.second.new")))
	a.at("dossiers.parts.identification")
	a.answer("opinion", "agrees", "words", "Les récits se recoupent.")
	a.press(words(a.say("identifications.second.submit")))
	a.at("dossiers.parts.identification")
	a.sees("Les récits se recoupent.")
}

// isRefusedTo says that an office reaches no dossier, whatever it was sent.
func (a accompaniment) isRefusedTo(office *person) {
	a.t.Helper()
	wanted := office.wanted
	office.wanted = []int64{403, 404}
	office.visit(a.dossier)
	office.until("a refusal", func() bool { return len(office.state().H1) == 1 && !office.state().Left })
	office.seesNot(a.name)
	office.seesNot(amina.family)
	office.lookOver("refused")
	office.wanted = wanted
}

// plans writes a step of the project.
func (a accompaniment) plans(kind string, answers ...string) {
	a.t.Helper()
	a.part(dossiersview.Integration)
	a.answer("kind", kind)
	a.press(words(a.say("projects.steps.new")))
	a.at("projects.step.title")
	a.answer(answers...)
	a.press(words(a.say("projects.save")))
	a.at("dossiers.parts.integration")
}

// outlook reads the house's checklist for what comes after the shelter: of each line the day of the fact that meets it, or
// nothing where none does.
func (a accompaniment) outlook(want map[string]string) {
	a.t.Helper()
	a.part(dossiersview.Housing)
	var text string
	a.ask(&text, "text", on("#outlook .govuk-summary-list__row"))
	for name, day := range want {
		label, met := a.say("housing.outlook."+name+".label"), a.say("housing.outlook.met")
		for row := range strings.Lines(text) {
			if !strings.HasPrefix(row, label) {
				continue
			}
			if strings.Contains(row, met) != (day != "") || !strings.Contains(row, day) {
				a.t.Errorf("of %s the checklist says %q; the day is %q", name, row, day)
			}
		}
		if !strings.Contains(text, label) {
			a.t.Errorf("the checklist has no line %s:\n%s", name, text)
		}
	}
}

// entersInterpreter adds somebody to the directory.
func (p *person) entersInterpreter(name, language string) {
	p.t.Helper()
	p.visit("/interpreters")
	p.at("interpreters.title")
	p.press(words(p.say("interpreters.new.link")))
	p.at("interpreters.new.title")
	p.answer("name", name, "phone", "+41 21 555 01 03", "languages", language, "gender", "female")
	p.press(words(p.say("interpreters.save")))
	p.at("interpreters.title")
	p.sees(name)
}

// agrees makes an appointment, and gives its address.
func (a accompaniment) agrees(kind string, day time.Time, at string) string {
	a.t.Helper()
	a.part(dossiersview.Appointments)
	a.press(words(a.say("appointments.new.link")))
	a.at("appointments.new.title")
	a.answer("kind", kind, "on", a.day(day), "at", at, "minutes", "45", "where", "Policlinique")
	a.press(words(a.say("appointments.save")))
	a.at("appointments.show.title")
	return a.path()
}

// books asks an interpreter to come to the appointment that one looks at: only time and place leave the house.
func (a accompaniment) books(mode string) {
	a.t.Helper()
	back := a.path()
	a.press(words(a.say("appointments.booking.link")))
	a.at("appointments.booking.title")
	a.touch(on("[name=interpreter]:first-of-type"))
	a.answer("mode", mode)
	a.press(words(a.say("appointments.booking.submit")))
	a.at("appointments.message.title")
	for _, secret := range []string{amina.family, amina.given, "Policlinique"} {
		a.seesNot(secret)
	}
	a.visit(back)
	a.at("appointments.show.title")
	a.press(on("button[name=state][value=confirmed]"))
	a.at("appointments.show.title")
}
