package members

import (
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
)

// StaffRoles are those of an NGO's staff, and OfficeRoles those of an office's people, in the order in which pages offer them.
var (
	StaffRoles  = []access.Role{access.Caseworker, access.Coordinator, access.Auditor, access.Statistician, access.Admin}
	OfficeRoles = []access.Role{access.OfficeMember, access.OfficeLead}
)

// fits says whether a role can be had at an office, or on the staff.
func fits(role access.Role, atOffice bool) bool {
	if atOffice {
		return role.AtOffice()
	}
	return slices.Contains(StaffRoles, role)
}

// Grant is that one person gives a role to another.
type Grant struct {
	// By is who gives it, To whose membership it is or will be.
	By, To Person
	// From is the role that it replaces, if it replaces one; Into the new one.
	From, Into access.Role
	// Admins are how many administer, and go on doing so.
	Admins int
}

// Check holds that nobody gives a role to herself or himself: whoever administers opens no dossier by that, and would need nobody to
// do it otherwise. Another admin has to. And somebody has to be left who administers.
func (g Grant) Check() error {
	switch {
	case !fits(g.Into, g.To.AtOffice()):
		return fault.Invalid("role", "members.role.missing")
	case g.By.same(g.To):
		return fault.Invalid("role", "members.role.own")
	case g.From == access.Admin && g.Into != access.Admin && g.Admins < 2:
		return fault.Invalid("role", "members.role.last_admin")
	}
	return nil
}

// Farewell is that a membership ends.
type Farewell struct {
	Who Person
	As  Ending
	// On is the last day; nil is at once.
	On     *time.Time
	Admins int
}

// furthest is how many years ahead a last day may be.
const furthest = 2

// Until is from when on the membership is no more. Somebody who is shut out is shut out at once; somebody has to be left who
// administers; and what has ended does not end again.
func (f Farewell) Until(now time.Time) (time.Time, error) {
	switch {
	case f.Who.GoneAt(now):
		return time.Time{}, fault.Conflict("members.ending.already")
	case f.Who.Role == access.Admin && f.Who.EndedAt == nil && f.Admins < 2:
		return time.Time{}, fault.Invalid("on", "members.ending.last_admin")
	case f.As == Disabled || f.On == nil:
		return now, nil
	case f.On.Before(forms.Today(now)):
		return time.Time{}, fault.Invalid("on", "members.ending.past")
	case f.On.After(now.AddDate(furthest, 0, 0)):
		return time.Time{}, fault.Invalid("on", "members.ending.far")
	}
	return dayAfter(*f.On), nil
}

// Return is that a membership which has ended, or will, goes on.
type Return struct{ By, Who Person }

// Check holds that nobody lets herself or himself back in.
func (r Return) Check() error {
	switch {
	case r.Who.EndedAt == nil:
		return fault.Conflict("members.return.already")
	case r.By.same(r.Who):
		return fault.Invalid("", "members.role.own")
	}
	return nil
}
