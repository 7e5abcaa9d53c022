// Package handovers is how what somebody carries goes to a colleague, in one act: the dossiers that she or he is responsible for, the
// open tasks and the appointments about them, and with the dossiers their referrals. Who administers sees no dossier and asks for it; who coordinates does it.
package handovers

import (
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// ID identifies a handover.
type ID = ids.ID[Handover]

// Handover is that somebody's work was to be handed over, and was: to whom, and how much it came to.
type Handover struct {
	HandoverID ID
	FromID     tenantdb.PersonID
	AskedAt    *time.Time
	DoneAt     *time.Time
	ToName     string
	Load
}

// Load is how much somebody carries.
type Load struct{ Dossiers, Tasks, Referrals, Appointments int }

// Light says that it is nothing.
func (l Load) Light() bool { return l == Load{} }

// Line is a member with what she or he carries.
type Line struct {
	members.Member
	Load
	// Asked says that somebody who administers has asked for it to be handed over.
	Asked bool
}

// Pressing says that what the member carries has to be handed over: it was asked for, or nobody is there to carry it.
func (l Line) Pressing() bool { return l.Asked || !l.Light() && !l.Accompanies() }

// check holds that work goes from one person to another who can do it.
func check(staff []members.Member, from, to tenantdb.PersonID) error {
	var known bool
	for _, member := range staff {
		known = known || member.MemberID == from
	}
	if !known {
		return fault.NotFound()
	}
	for _, member := range staff {
		if member.MemberID == to && to != from && member.Accompanies() {
			return nil
		}
	}
	return fault.Invalid("to", "handovers.to.missing")
}
