// Package dossiers is the heart of the house: a person's accompaniment, who the person is, how to reach her or him
// safely, and what is known of the situation. Outside its own page a dossier goes by its code name alone.
package dossiers

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// ID identifies a dossier.
type ID = ids.ID[Dossier]

// Dossier is what may be said of an accompaniment without saying whose it is.
type Dossier struct {
	DossierID      ID
	CodeName       CodeName
	Phase          Phase
	ResponsibleID  tenantdb.PersonID
	ReachedThrough ReachedThrough
	OpenedAt       time.Time
	UpdatedAt      time.Time
	// Version counts changes of the particulars, SituationVersion those of the situation's texts: two people who
	// work on the one and on the other do not stand in each other's way.
	Version          int
	SituationVersion int
	// PhaseSet says that a person has set the phase; otherwise it follows from the facts.
	PhaseSet bool
	// ClosedAt is since when the accompaniment is closed, AftercareAt since when somebody looks after the person again.
	ClosedAt, AftercareAt *time.Time
}

// TimelineID is the dossier's identifier as its timeline knows it.
func TimelineID(id ID) ids.ID[timeline.Dossier] { return ids.From[timeline.Dossier](id.UUID()) }

// ReachedThrough is how the person came to the NGO.
type ReachedThrough string

// ReachedThroughs lists the ways, as the yearly tables of the Swiss counselling centres count them, with the ways
// that the national platform adds.
var ReachedThroughs = []ReachedThrough{
	"police_justice", "asylum_legal_representative", "asylum_other", "sem", "ngo_advice_centre", "women_shelter",
	"health", "authority_consulate", "labour_inspectorate", "union", "hotline", "acquaintance_family",
	"client_friend", "person_around", "church", "own_material", "self", "other",
}

// Situation is what is known of the person's situation in words, one text a class of data, so that a referral can
// disclose the one without the other.
type Situation map[access.DataClass]string

// SituationClasses lists the classes of data that are kept as a text.
var SituationClasses = []access.DataClass{access.Permit, access.Skills, access.Income, access.Health, access.Proceedings, access.Housing}

// same says whether two situations read the same.
func (s Situation) same(other Situation) bool {
	for _, class := range SituationClasses {
		if s[class] != other[class] {
			return false
		}
	}
	return true
}

// File is a dossier, opened: everything that its own page shows.
type File struct {
	Dossier
	// Responsible is the name of the member who is responsible.
	Responsible string
	Beneficiary Beneficiary
	Situation   Situation

	box *keys.Box
}

// Open opens what was read along with the dossier and is sealed under its keys.
func (f File) Open(row keys.Row) error { return f.box.Open(row) }
