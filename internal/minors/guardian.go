package minors

import (
	"slices"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// GuardianID identifies a guardian.
type GuardianID = ids.ID[Guardian]

// Role is what somebody does for a child.
type Role string

// The roles. A child without parents here needs both: the person of trust alone is not enough.
const (
	Curator       Role = "curator"
	PersonOfTrust Role = "person_of_trust"
)

// Roles lists them in the order of forms.
var Roles = []Role{Curator, PersonOfTrust}

// GuardianDetails say who somebody is.
type GuardianDetails struct {
	Name string
	// Reached is how to reach her or him.
	Reached string
	// AppointedBy is the authority that did, with the decision.
	AppointedBy string
}

// Guardian acts for a child.
type Guardian struct {
	GuardianID  GuardianID
	DossierID   dossiers.ID
	Role        Role
	Since       time.Time
	Until       *time.Time
	Particulars keys.Sealed[GuardianDetails] `bun:"particulars"`
	Version     int
	WrittenBy   tenantdb.PersonID
	WrittenAt   time.Time
}

// Acts says whether somebody acts for the child on a day; the last day counts.
func (g Guardian) Acts(on time.Time) bool {
	return !on.Before(g.Since) && (g.Until == nil || !on.After(*g.Until))
}

// Missing are the roles in which nobody acts for the child on a day: in the practice of child protection both are needed for
// a child without parents here (child protection manual, recommendations; Convention art. 10(4)).
func Missing(guardians []Guardian, on time.Time) (missing []Role) {
	for _, role := range Roles {
		if !slices.ContainsFunc(guardians, func(g Guardian) bool { return g.Role == role && g.Acts(on) }) {
			missing = append(missing, role)
		}
	}
	return missing
}

// Appointment is a guardian as a form has it.
type Appointment struct {
	Role         Role
	Since, Until *time.Time
	GuardianDetails
}

// Check refuses a guardian of whom one does not know who it is, as what and since when.
func (a Appointment) Check() error {
	var problems fault.Problems
	if a.Role == "" {
		problems.Add("role", "minors.role.missing")
	}
	if a.Name == "" {
		problems.Add("name", "minors.name.missing")
	}
	if a.Since == nil {
		problems.Add("since", "minors.date.missing")
	}
	if a.Since != nil && a.Until != nil && a.Until.Before(*a.Since) {
		problems.Add("until", "minors.until.before_since")
	}
	return problems.Err()
}
