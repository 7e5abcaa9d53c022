package members

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Application is somebody who signed in through a connection of the tenant and has no place there. Name, e-mail and groups are what
// the provider says: words, that nobody has checked.
type Application struct {
	ApplicationID   signin.ApplicationID
	Name, Email     string
	Groups          []string `bun:",array"`
	ConnectionID    signin.ConnectionID
	ConnectionName  string
	FirstAt, LastAt time.Time
	RefusedAt       *time.Time
	AcceptedAt      *time.Time
	// AnnouncedAt is since when the directory has said that the person is to work here; nil where she or he came alone.
	AnnouncedAt *time.Time
}

// Answered says that somebody has decided.
func (a Application) Answered() bool { return a.RefusedAt != nil || a.AcceptedAt != nil }

// Proposal is that members of a group at the provider are proposed a role. It never gives one.
type Proposal struct {
	GroupName string
	Role      access.Role
}

// proposed is the role that the groups of an application propose: of several the one that comes first on pages, and none of those who
// administer, which nobody gets by a proposal.
func proposed(proposals []Proposal, groups []string) access.Role {
	for _, role := range StaffRoles {
		for _, proposal := range proposals {
			for _, group := range groups {
				if proposal.Role == role && proposal.GroupName == group && role != access.Admin {
					return role
				}
			}
		}
	}
	return ""
}

// Answer is what becomes of an application.
type Answer struct {
	Name   string
	Role   access.Role
	Office tenantdb.OfficeID
}

func (a Answer) check() (problems fault.Problems) {
	if a.Name == "" {
		problems.Add("name", "members.name.missing")
	}
	if !fits(a.Role, a.Role.AtOffice()) {
		problems.Add("role", "members.role.missing")
	}
	if a.Role.AtOffice() == a.Office.Zero() {
		problems.Add("office", "members.office.missing")
	}
	return problems
}
