package browsertest

import (
	"slices"
	"strings"
	"time"

	"passerelle/internal/i18n"
	"passerelle/views/dossiersview"
)

// accompaniment is a dossier as somebody goes along with it: who does, and under which name and address.
type accompaniment struct {
	*person
	name, dossier string
}

// with is the same dossier before somebody else.
func (a accompaniment) with(other *person) accompaniment {
	return accompaniment{other, a.name, a.dossier}
}

// day is a date as the person types and reads it.
func (p *person) day(on time.Time) string { return i18n.Date(p.words, on) }

// looksAt goes to the dossier's first page.
func (a accompaniment) looksAt() {
	a.t.Helper()
	a.visit(a.dossier)
	a.at(a.name)
}

// part goes to a page of the dossier: by the list at its side, from any of its pages.
func (a accompaniment) part(part dossiersview.Part) {
	a.t.Helper()
	link := on(`.pas-parts a[href="` + a.dossier + "/" + string(part) + `"]`)
	if a.count(link) == 1 {
		a.press(link)
	} else {
		a.visit(a.dossier + "/" + string(part))
	}
	a.at("dossiers.parts." + string(part))
}

// form is where something is written down: on which part, what leads to it, its heading, and the button that saves.
type form struct {
	part          dossiersview.Part
	by            thing
	heading, save string
}

// writes answers a form, and is back at its part.
func (a accompaniment) writes(f form, answers ...string) {
	a.t.Helper()
	a.begins(f, answers...)
	a.saves(f)
}

// begins answers a form and does not send it yet.
func (a accompaniment) begins(f form, answers ...string) {
	a.t.Helper()
	a.part(f.part)
	a.press(f.by)
	a.at(f.heading)
	a.answer(answers...)
}

func (a accompaniment) saves(f form) {
	a.t.Helper()
	a.press(words(a.say(f.save)))
	a.at("dossiers.parts." + string(f.part))
}

// refused sends a form that cannot be right: it is there again, and says why.
func (a accompaniment) refused(f form, why string, args ...any) {
	a.t.Helper()
	wanted := a.wanted
	a.wanted = []int64{422, 409}
	a.press(words(a.say(f.save)))
	a.at(f.heading)
	a.sees(a.say(why, args...))
	a.wanted = wanted
}

// answer fills in fields by their names: what is typed, chosen or, for several boxes, ticked, with commas between.
func (p *person) answer(pairs ...string) {
	p.t.Helper()
	for pair := range slices.Chunk(pairs, 2) {
		name, value := pair[0], pair[1]
		var sort string
		p.until("a field "+name, func() bool { p.ask(&sort, "sort", name); return sort != "" })
		switch sort {
		case "radio":
			p.choose(name, value)
		case "checkbox":
			p.tick(name, strings.Split(value, ",")...)
		case "select":
			p.pick(on(`select[name="`+name+`"]:first-of-type`), value)
		default:
			p.fill(name, value)
		}
	}
}

// due is a date that follows from what is known: the day, and the rule by which.
type due struct {
	on   time.Time
	rule string
}

// nextAre are the dates that the first page names, in order.
func (a accompaniment) nextAre(want ...due) {
	a.t.Helper()
	a.looksAt()
	var text string
	a.ask(&text, "text", on("#dates .pas-dates__head"))
	lines := strings.Split(text, "\n")
	for i, d := range want {
		name := a.say("deadlines.rule." + d.rule)
		if i >= len(lines) || !strings.HasPrefix(lines[i], a.day(d.on)) || !strings.HasSuffix(lines[i], name) {
			a.t.Errorf("on the first page the dates are\n%s\ninstead of, at %d, %s %s", text, i+1, a.day(d.on), name)
			return
		}
	}
}

// standsAt says where the accompaniment stands, and from which fact that follows.
func (a accompaniment) standsAt(phase, fact string, since time.Time) {
	a.t.Helper()
	a.looksAt()
	var text string
	a.ask(&text, "text", on("#phase"))
	why := a.say("dossiers.phase.follows_on", "Fact", a.say("deadlines.trigger."+fact), "Date", i18n.LongDate(a.words, since))
	if !strings.Contains(text, a.say("dossiers.phase."+phase)) || !strings.Contains(text, squeeze(why)) {
		a.t.Errorf("the dossier stands at %q instead of %s, %s", text, a.say("dossiers.phase."+phase), why)
	}
}

// reminded are the dates of the dossier of which my work reminds whoever asks.
func (a accompaniment) reminded(rule string, is bool) {
	a.t.Helper()
	a.visit("/work")
	a.at("work.title")
	var text string
	if a.count(on("#work-reminders")) > 0 {
		a.ask(&text, "text", on("#work-reminders tbody tr"))
	}
	found := slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool {
		return strings.Contains(line, a.say("deadlines.rule."+rule)) && strings.Contains(line, a.name)
	})
	if found != is {
		a.t.Errorf("on %s, that my work reminds of %s is %t:\n%s", a.site.Now().Format(time.DateOnly), rule, found, text)
	}
}

// isNotThereFor says that of all this nothing exists for somebody.
func (a accompaniment) isNotThereFor(other *person, paths ...string) {
	a.t.Helper()
	wanted := other.wanted
	other.wanted = []int64{404}
	for _, path := range append(paths, a.dossier) {
		other.visit(path)
		other.at("ui.error.not_found.title")
		other.seesNot(a.name)
	}
	other.wanted = wanted
}
