// Package restrictions limits dossiers to named members. For everybody else such a dossier is not there; whoever types its exact code name
// learns that there is one, and can open it in an emergency: with a reason, for three hours, and in the sight of whoever is responsible
// and of those who coordinate.
package restrictions

import (
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// Restriction is who sees a dossier.
type Restriction struct {
	dossiers.Mention
	ResponsibleID tenantdb.PersonID
	// Version counts the changes; 0 is that all of the staff see it.
	Version int
	// RestrictedAt is since when, RestrictedBy by whom.
	RestrictedAt *time.Time
	RestrictedBy tenantdb.PersonID
	// Named are those who see it, whoever is responsible among them; none where it is not restricted.
	Named []tenantdb.PersonID
	// Busy are those who have open tasks or appointments to come about it.
	Busy []tenantdb.PersonID
	// Staff is everybody who is or was on the staff.
	Staff []members.Member
}

// Restricted says whether the dossier is limited to those who are named.
func (r Restriction) Restricted() bool { return r.Version > 0 }

// Names says whether somebody is named.
func (r Restriction) Names(member tenantdb.PersonID) bool { return slices.Contains(r.Named, member) }

// Candidates are those who can be named: the staff of today that may look at dossiers, and whoever is named already.
func (r Restriction) Candidates() []members.Member {
	return slices.DeleteFunc(slices.Clone(r.Staff), func(m members.Member) bool {
		return !r.Names(m.MemberID) && (m.EndedAt != nil || !access.May(m.Role, access.DossierShow))
	})
}

// Proposed are those who would be named first: whoever is responsible, whoever works on the dossier, and whoever asks.
func (r Restriction) Proposed(by tenantdb.PersonID) []tenantdb.PersonID {
	if r.Restricted() {
		return r.Named
	}
	proposed := []tenantdb.PersonID{r.ResponsibleID}
	for _, id := range append([]tenantdb.PersonID{by}, r.Busy...) {
		if !slices.Contains(proposed, id) {
			proposed = append(proposed, id)
		}
	}
	return proposed
}

// MayChange says whether somebody decides who sees the dossier: whoever is responsible for it, and whoever coordinates. Of a restricted one
// they have to be named: an emergency is no reason to change who sees it.
func (r Restriction) MayChange(by access.Principal) bool {
	if by.Person != r.ResponsibleID && !access.May(by.Role, access.EmergencyOversee) {
		return false
	}
	return !r.Restricted() || r.Names(by.Person)
}

// check makes sure that those who are to be named can be, and that nobody who works on the dossier is left out.
func (r Restriction) check(named []tenantdb.PersonID) error {
	var problems fault.Problems
	candidates := r.Candidates()
	for _, id := range named {
		if !slices.ContainsFunc(candidates, func(m members.Member) bool { return m.MemberID == id }) {
			problems.Add("named", "restrictions.named.unknown")
			return problems.Err()
		}
	}
	for _, id := range r.Busy {
		if !slices.Contains(named, id) {
			problems.Add("named", "restrictions.named.busy", "Name", members.Name(r.Staff, id))
		}
	}
	return problems.Err()
}
