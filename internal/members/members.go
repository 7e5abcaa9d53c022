// Package members is the staff of an NGO, as their colleagues see them: a name, a role, and whether they still work
// there. Who may sign in, and as whom, is the business of signin.
package members

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/tenantdb"
)

// Member is somebody of the staff.
type Member struct {
	MemberID tenantdb.PersonID
	Name     string
	Role     access.Role
	EndedAt  *time.Time
}

// Accompanies says whether the member can be made responsible for a dossier: somebody who may change it, and is
// still there.
func (m Member) Accompanies() bool {
	return m.EndedAt == nil && access.May(m.Role, access.DossierUpdate)
}

// Name is what a member is called, or nothing where nobody knows who that was.
func Name(staff []Member, id tenantdb.PersonID) string {
	for _, member := range staff {
		if member.MemberID == id {
			return member.Name
		}
	}
	return ""
}
