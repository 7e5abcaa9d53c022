package paths

import (
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Members is everybody who works here; MembersLog who did what to whom, MemberGroups which groups propose which role.
const (
	Members      = "/members"
	MembersLog   = Members + "/log"
	MemberGroups = Members + "/groups"
	// Ungroup is where a proposal is taken away.
	Ungroup = MemberGroups + "/removal"
)

// MembersLogBefore is an older page of the log.
func MembersLogBefore(act ids.ID[members.Act]) string { return MembersLog + "?before=" + act.String() }

// Member is the page of one person.
func Member(id tenantdb.PersonID) string { return Members + "/" + id.String() }

// MemberRole is where the role is changed, MemberRoles where one more is given.
func MemberRole(id tenantdb.PersonID) string { return Member(id) + "/role" }

// MemberRoles is where one more role is given.
func MemberRoles(id tenantdb.PersonID) string { return Member(id) + "/roles" }

// MemberProfessions is where it is written down whose secret binds somebody.
func MemberProfessions(id tenantdb.PersonID) string { return Member(id) + "/professions" }

// MemberEnding is where a membership ends, MemberReturn where it goes on again.
func MemberEnding(id tenantdb.PersonID) string { return Member(id) + "/ending" }

// MemberReturn is where a membership goes on that has ended.
func MemberReturn(id tenantdb.PersonID) string { return Member(id) + "/return" }

// MemberSessions is where somebody's sessions are ended.
func MemberSessions(id tenantdb.PersonID) string { return Member(id) + "/sessions" }

// MemberHandover is where it is asked that somebody's work be handed over.
func MemberHandover(id tenantdb.PersonID) string { return Member(id) + "/handover" }

// Invitations is where somebody is invited. NewInvitation is the form for the staff, NewOfficeInvitation that for people of offices.
const (
	Invitations         = "/invitations"
	NewInvitation       = Invitations + "/new"
	NewOfficeInvitation = NewInvitation + "?office=yes"
)

// Invitation is the address of one, below which it is renewed or withdrawn.
func Invitation(id members.InvitationID) string { return Invitations + "/" + id.String() }

// Application is where somebody who waits is answered.
func Application(id signin.ApplicationID) string { return "/applications/" + id.String() }

// OfficePeople is who works at one's own office, OfficeInvitations where a colleague is invited.
const (
	OfficePeople      = "/office/people"
	OfficeInvitations = "/office/invitations"
)

// OfficeInvitation is the address of an invitation to one's own office.
func OfficeInvitation(id members.InvitationID) string { return OfficeInvitations + "/" + id.String() }

// OfficeEnding is where the membership of a colleague ends.
func OfficeEnding(id tenantdb.PersonID) string { return OfficePeople + "/" + id.String() + "/ending" }

// Handovers is what everybody carries.
const Handovers = "/handovers"

// Handover is where the work of a member is handed over.
func Handover(from tenantdb.PersonID) string { return Handovers + "/" + from.String() }

// Join is where the code of an invitation is entered.
const Join = "/join"
