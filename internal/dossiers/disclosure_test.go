package dossiers

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
)

// marked is a file in which every text says to which class it belongs.
func marked() File {
	birth := day(2001, time.March, 4)
	file := File{
		Dossier: Dossier{CodeName: "Lomidak", ReachedThrough: "hotline", Phase: Reflection},
		Beneficiary: Beneficiary{
			FamilyName: "identity-1", GivenNames: "identity-2", BirthDate: &birth, Gender: "female", Nationalities: []string{"NG"},
			Languages: []string{"bin"}, NeedsInterpreter: Yes, Phone: "contact-1", Email: "contact-2",
			SafeContact: SafeContact{
				ContactChannels: []Channel{"sms"}, ContactDays: []Day{"mon"}, ContactFrom: "09:00", ContactUntil: "10:00",
				ContactIdentify: No, ContactCodeWord: "contact-3", ContactNote: "contact-4",
			},
			ExploitationForms: []ExploitationForm{"sexual"}, ExploitationCantons: []string{"VD"},
		},
		Situation: Situation{},
	}
	for _, class := range SituationClasses {
		file.Situation[class] = string(class) + "-text"
	}
	return file
}

// A class holds what is its own and nothing of the others; what was suffered is in none.
func TestDisclose(t *testing.T) {
	t.Parallel()
	for _, class := range access.DataClasses {
		sections := Disclose(marked(), []access.DataClass{class}, today)
		if len(sections) != 1 || sections[0].Class != class || len(sections[0].Facts) == 0 {
			t.Fatalf("%s: %+v", class, sections)
		}
		written, err := json.Marshal(sections)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range access.DataClasses {
			for _, marker := range []string{string(other) + "-text", string(other) + "-1"} {
				if other != class && strings.Contains(string(written), marker) {
					t.Errorf("%s gives away %s", class, other)
				}
			}
		}
		for _, secret := range []string{"sexual", "VD", "hotline", "Lomidak"} {
			if strings.Contains(string(written), secret) {
				t.Errorf("%s gives away %s", class, secret)
			}
		}
		if class != access.Identity && strings.Contains(string(written), "2001-03-04") {
			t.Errorf("%s gives away the birth date", class)
		}
	}
	for class, want := range map[access.DataClass][]string{
		access.Identity: {"identity-1", "identity-2", "2001-03-04", "dossiers.gender.female", "NG"},
		access.Contact:  {"contact-1", "contact-2", "dossiers.channel.sms", "dossiers.day.mon", "09:00 – 10:00", "dossiers.answer.no", "contact-3", "contact-4"},
		access.Skills:   {"bin", "dossiers.answer.yes", "skills-text"},
		access.Health:   {"health-text"},
	} {
		var got []string
		for _, fact := range Disclose(marked(), []access.DataClass{class}, today)[0].Facts {
			got = append(got, fact.Values...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", class, got, want)
		}
	}
}

func TestDisclose_NothingIsSaid(t *testing.T) {
	t.Parallel()
	sections := Disclose(File{}, access.DataClasses, today)
	if len(sections) != len(access.DataClasses) {
		t.Fatalf("%d sections", len(sections))
	}
	for i, section := range sections {
		if section.Class != access.DataClasses[i] || len(section.Facts) != 1 || section.Facts[0].Values[0] != "dossiers.disclosure.nothing_recorded" {
			t.Errorf("%+v", section)
		}
	}
	if len(Disclose(marked(), nil, today)) != 0 {
		t.Error("nothing was chosen and something is disclosed")
	}
	if len(Disclose(marked(), []access.DataClass{access.Health, access.Health, "all"}, today)) != 1 {
		t.Error("a class comes twice, or an unknown one comes")
	}
}

func TestDisclose_EstimatedAge(t *testing.T) {
	t.Parallel()
	file := File{Beneficiary: Beneficiary{EstimatedAge: ptr(17), AgeEstimatedOn: ptr(day(2025, time.May, 1))}}
	if got := Disclose(file, []access.DataClass{access.Identity}, today)[0].Facts; len(got) != 1 || got[0].Values[0] != "18" {
		t.Errorf("%+v", got)
	}
}
