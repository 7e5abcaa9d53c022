package members

import (
	"context"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// Deed is what was done about somebody who works here; "members.act." + Deed is its message key, and "member_" + Deed what the journal
// calls it.
type Deed string

// The deeds.
const (
	Invited       Deed = "invited"
	Renewed       Deed = "renewed"
	Withdrew      Deed = "withdrew"
	Joined        Deed = "joined"
	Accepted      Deed = "accepted"
	Refused       Deed = "refused"
	RoleChanged   Deed = "role_changed"
	RoleGiven     Deed = "role_given"
	Planned       Deed = "leave_planned"
	Ended         Deed = "left"
	Shut          Deed = "disabled"
	Readmitted    Deed = "readmitted"
	SessionsEnded Deed = "sessions_ended"
	Proposed      Deed = "group_proposed"
	Unproposed    Deed = "group_removed"
	HandoverAsked Deed = "handover_asked"
	HandedOver    Deed = "handed_over"

	ProfessionGranted   Deed = "profession_granted"
	ProfessionWithdrawn Deed = "profession_withdrawn"
)

// Act is that somebody did something about somebody who works here: who, what, to whom, when. It stays.
type Act struct {
	ActID  ids.ID[Act]
	At     time.Time
	ByName string
	ByRole access.Role
	Deed   Deed
	// AboutName is whom it is about, as she or he was called then; AboutID the membership, invitation or application.
	AboutID   uuid.UUID
	AboutName string
	// Role is the role that it is about, if one is; OfficeName the office.
	Role       access.Role
	OfficeName string
	// Detail is a group, a day, or a profession.
	Detail string
}

// about is a deed still to be written down.
type about struct {
	deed   Deed
	id     uuid.UUID
	name   string
	role   access.Role
	office tenantdb.OfficeID
	detail string
}

// entry is what the journal is told: codes alone.
func (a about) entry() journal.Entry {
	return journal.Entry{Action: journal.Action("member_" + string(a.deed)), Reason: string(a.role)}
}

// Note writes down a deed about a member in the transaction of another capability, and in the journal.
func Note(ctx context.Context, tx tenantdb.Tx, by access.Principal, deed Deed, id tenantdb.PersonID, name, detail string, now time.Time) error {
	a := about{deed: deed, id: id.UUID(), name: name, detail: detail}
	if err := insertAct(ctx, tx, by, a, now); err != nil {
		return err
	}
	return journal.Record(ctx, tx, a.entry())
}

// ActsShown is how many acts one page of the log holds.
const ActsShown = 100
