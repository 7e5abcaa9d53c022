package restrictions

import (
	"strings"
	"time"
	"unicode/utf8"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// EmergencyID identifies an emergency access.
type EmergencyID = ids.ID[Emergency]

// Emergency is that somebody opened a restricted dossier without being named for it.
type Emergency struct {
	EmergencyID EmergencyID
	DossierID   dossiers.ID
	// CodeName is what the dossier was called then; ResponsibleID is who is responsible for it now, where whoever asks may see that.
	CodeName      dossiers.CodeName
	ResponsibleID tenantdb.PersonID
	MemberID      tenantdb.PersonID
	MemberName    string
	Reason        Reason
	// Words say why.
	Words keys.Sealed[string] `bun:"words"`
	// OpenedAt is when, Until how long it lasts: three hours.
	OpenedAt, Until time.Time
	// ResponsibleSawAt and CoordinationSawAt are when they said that they have seen it.
	ResponsibleSawAt, CoordinationSawAt *time.Time
}

// Place says where the sealed words stand.
func (e *Emergency) Place() keys.Place {
	return keys.Place{Table: "emergency_accesses", Row: e.EmergencyID.String()}
}

// SealedRows says where restrictions have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "emergency_accesses", Holder: "dossier_id", Key: []string{"emergency_access_id"}, Columns: []string{"words"}},
}

// Lasting says whether it goes on.
func (e Emergency) Lasting(now time.Time) bool { return now.Before(e.Until) }

// Responsible says whether somebody is responsible for the dossier.
func (e Emergency) Responsible(by access.Principal) bool { return e.ResponsibleID == by.Person }

// Waits says whether somebody has to look at it still. Nobody looks after themselves.
func (e Emergency) Waits(by access.Principal) bool {
	if e.MemberID == by.Person {
		return false
	}
	return e.ResponsibleSawAt == nil && e.Responsible(by) || e.CoordinationSawAt == nil && access.May(by.Role, access.EmergencyOversee)
}

// Reason is a code; "restrictions.reason." + Reason is its message key.
type Reason string

// Reasons are those for which a restricted dossier is opened.
var Reasons = []Reason{"danger", "health", "deadline", "authority", "absence", "other"}

// What whoever opens one has to write, in letters, and how often somebody may within a day.
const (
	ShortestWords = 10
	LongestWords  = 500
	MostADay      = 5
)

// Order is what somebody types to open a restricted dossier.
type Order struct {
	ID       EmergencyID
	CodeName dossiers.CodeName
	Reason   Reason
	Words    string
}

func (o Order) check() error {
	var problems fault.Problems
	if !known(o.Reason) {
		problems.Add("reason", "restrictions.reason.missing")
	}
	switch n := utf8.RuneCountInString(strings.TrimSpace(o.Words)); {
	case n < ShortestWords:
		problems.Add("words", "restrictions.words.short", "Shortest", ShortestWords)
	case n > LongestWords:
		problems.Add("words", "restrictions.words.long", "Longest", LongestWords)
	}
	return problems.Err()
}

func known(reason Reason) bool {
	for _, r := range Reasons {
		if r == reason {
			return true
		}
	}
	return false
}
