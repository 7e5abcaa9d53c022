package claims

import (
	"slices"

	"passerelle/internal/dossiers"
)

// Territory is where the offence was committed, seen from the law on victim assistance (LAVI art. 3).
type Territory string

// The territories.
const (
	Inside  Territory = "inside"
	Abroad  Territory = "abroad"
	Both    Territory = "both"
	Unknown Territory = "unknown"
)

// TerritoryOf is where a beneficiary was exploited. Where a part is unknown and nothing is known to have happened in
// Switzerland, all of it is: what may have happened here excludes nothing.
func TerritoryOf(b dossiers.Beneficiary) Territory {
	here := len(b.ExploitationCantons) > 0
	abroad := slices.Contains(b.ExploitationPlaces, "abroad")
	unknown := slices.Contains(b.ExploitationPlaces, "unknown")
	switch {
	case here && abroad:
		return Both
	case here:
		return Inside
	case abroad && !unknown:
		return Abroad
	default:
		return Unknown
	}
}

// Access says whether a kind of claim is open.
type Access string

// The answers. Partly is for what happened in Switzerland alone; Clarify that a fact is missing, and that nothing is
// given up for it.
const (
	Open     Access = "open"
	Partly   Access = "partly"
	Resident Access = "resident"
	Clarify  Access = "clarify"
	Excluded Access = "excluded"
)

// Opens says whether a kind of claim is open for an offence committed somewhere, to somebody of whom it is known or not
// whether she or he lived in Switzerland then. In Switzerland all is open (LAVI art. 3 para. 1). For an offence abroad
// there is neither compensation nor moral reparation (LAVI art. 3 para. 2), and help only for who lived in Switzerland
// when it was committed (LAVI art. 17).
func Opens(kind Kind, where Territory, livedHere dossiers.Answer) Access {
	switch where {
	case Inside:
		return Open
	case Both:
		if kind.Sum() {
			return Partly
		}
		return Open
	case Unknown:
		return Clarify
	}
	switch {
	case kind.Sum() || livedHere == dossiers.No:
		return Excluded
	case livedHere == dossiers.Yes:
		return Resident
	default:
		return Clarify
	}
}
