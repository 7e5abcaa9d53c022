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
	var facts facts
	b := f.Beneficiary
	switch class {
	case access.Identity:
		facts.text("dossiers.family_name.label", b.FamilyName)
		facts.text("dossiers.given_names.label", b.GivenNames)
		age, exact, known := b.AgeOn(today)
		switch {
		case exact:
			facts.add("dossiers.birth_date.label", disclosure.Date, b.BirthDate.Format(time.DateOnly))
		case known:
			facts.add("dossiers.estimated_age.label", disclosure.Text, strconv.Itoa(age))
		}
		if b.Gender != "" {
			facts.add("dossiers.gender.label", disclosure.Message, "dossiers.gender."+string(b.Gender))
		}
		facts.add("dossiers.nationalities.label", disclosure.Country, b.Nationalities...)
	case access.Contact:
		facts.text("dossiers.phone.label", b.Phone)
		facts.text("dossiers.email.label", b.Email)
		facts.safeContact(b.SafeContact)
	case access.Skills:
		facts.add("dossiers.languages.label", disclosure.Language, b.Languages...)
		if b.NeedsInterpreter != "" {
			facts.add("dossiers.needs_interpreter.label", disclosure.Message, "dossiers.answer."+string(b.NeedsInterpreter))
		}
		facts.text("dossiers.situation.skills", f.Situation[class])
	default:
		facts.text("dossiers.situation."+string(class), f.Situation[class])
	}
	if len(facts) == 0 {
		facts.add("access.data_class."+string(class), disclosure.Message, "dossiers.disclosure.nothing_recorded")
	}
	return facts
}

// facts collects those that are known.
type facts []disclosure.Fact

func (f *facts) add(label string, kind disclosure.Kind, values ...string) {
	if len(values) > 0 {
		*f = append(*f, disclosure.Fact{Label: label, Kind: kind, Values: values})
	}
}

func (f *facts) text(label, value string) {
	if value != "" {
		f.add(label, disclosure.Text, value)
	}
}

func (f *facts) safeContact(c SafeContact) {
	f.add("dossiers.contact_channels.label", disclosure.Message, messageKeys("dossiers.channel.", c.ContactChannels)...)
	f.add("dossiers.contact_days.label", disclosure.Message, messageKeys("dossiers.day.", c.ContactDays)...)
	f.text("dossiers.contact_hours.label", c.Hours())
	if c.ContactIdentify != "" {
		f.add("dossiers.contact_identify.label", disclosure.Message, "dossiers.answer."+string(c.ContactIdentify))
	}
	f.text("dossiers.contact_code_word.label", c.ContactCodeWord)
	f.text("dossiers.contact_note.label", c.ContactNote)
}

func messageKeys[T ~string](prefix string, codes []T) []string {
	var found []string
	for _, code := range codes {
		found = append(found, prefix+string(code))
	}
	return found
}
