package dossiers

import (
	"strconv"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
)

// Disclose cuts out of a file what belongs to the classes, in the order of pages. A class of which nothing is
// recorded says so: whoever previews the slice sees that it is empty, and whoever receives it does not take it for
// withheld.
func Disclose(file File, classes []access.DataClass, today time.Time) []disclosure.Section {
	var sections []disclosure.Section
	for _, class := range access.DataClasses {
		for _, chosen := range classes {
			if class == chosen {
				sections = append(sections, disclosure.Section{Class: class, Facts: file.facts(class, today)})
				break
			}
		}
	}
	return sections
}

func (f File) facts(class access.DataClass, today time.Time) []disclosure.Fact {
	var facts disclosure.Facts
	b := f.Beneficiary
	switch class {
	case access.Identity:
		facts.Text("dossiers.family_name.label", b.FamilyName)
		facts.Text("dossiers.given_names.label", b.GivenNames)
		age, exact, known := b.AgeOn(today)
		switch {
		case exact:
			facts.Add("dossiers.birth_date.label", disclosure.Date, b.BirthDate.Format(time.DateOnly))
		case known:
			facts.Add("dossiers.estimated_age.label", disclosure.Text, strconv.Itoa(age))
		}
		if b.Gender != "" {
			facts.Add("dossiers.gender.label", disclosure.Message, "dossiers.gender."+string(b.Gender))
		}
		facts.Add("dossiers.nationalities.label", disclosure.Country, b.Nationalities...)
	case access.Contact:
		facts.Text("dossiers.phone.label", b.Phone)
		facts.Text("dossiers.email.label", b.Email)
		addSafeContact(&facts, b.SafeContact)
	case access.Skills:
		facts.Add("dossiers.languages.label", disclosure.Language, b.Languages...)
		if b.NeedsInterpreter != "" {
			facts.Add("dossiers.needs_interpreter.label", disclosure.Message, "dossiers.answer."+string(b.NeedsInterpreter))
		}
		facts.Text("dossiers.situation.skills", f.Situation[class])
	default:
		facts.Text("dossiers.situation."+string(class), f.Situation[class])
	}
	if len(facts) == 0 {
		facts.Add("access.data_class."+string(class), disclosure.Message, "dossiers.disclosure.nothing_recorded")
	}
	return facts
}

func addSafeContact(f *disclosure.Facts, c SafeContact) {
	f.Add("dossiers.contact_channels.label", disclosure.Message, disclosure.Messages("dossiers.channel.", c.ContactChannels)...)
	f.Add("dossiers.contact_days.label", disclosure.Message, disclosure.Messages("dossiers.day.", c.ContactDays)...)
	f.Text("dossiers.contact_hours.label", c.Hours())
	if c.ContactIdentify != "" {
		f.Add("dossiers.contact_identify.label", disclosure.Message, "dossiers.answer."+string(c.ContactIdentify))
	}
	f.Text("dossiers.contact_code_word.label", c.ContactCodeWord)
	f.Text("dossiers.contact_note.label", c.ContactNote)
}
