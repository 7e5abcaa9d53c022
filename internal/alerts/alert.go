// Package alerts sees to it that reading far beyond the usual does not go unnoticed. A gate counts, before anything is
// shown, how many referrals somebody of an office opens, and pauses whoever asks for too many; a watch looks through the
// journal for the rest; the coordinator looks into what they raise, and lifts pauses.
package alerts

import (
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// ID identifies an alert.
type ID = ids.ID[Alert]

// Kind is what an alert is about; "alerts.kind." + Kind is its message key.
type Kind string

// The kinds of alert.
const (
	// BeyondUsual: far more in a day than the person's own average of the weeks before.
	BeyondUsual Kind = "beyond_usual"
	// Rate: as many in an hour as policies/reading.csv names for the role.
	Rate Kind = "rate"
	// Ceiling: somebody of an office asked for more than may be shown in an hour, and is paused.
	Ceiling Kind = "ceiling"
	// Decoy: somebody opened a dossier that nobody has a reason to open, or one of its referrals.
	Decoy Kind = "decoy"
	// Unreadable: something sealed could not be opened, because it was changed or moved.
	Unreadable Kind = "unreadable"
)

// Kinds lists them all.
var Kinds = []Kind{BeyondUsual, Rate, Ceiling, Decoy, Unreadable}

// Alert is something that the coordinator has to look into.
type Alert struct {
	AlertID    ID
	Kind       Kind
	PersonID   tenantdb.PersonID
	Role       access.Role
	OfficeID   tenantdb.OfficeID
	DossierID  ids.ID[journal.Dossier]
	ReferralID ids.ID[journal.Referral]
	// Opened is how many different dossiers and referrals, from Since until Until; Usual how many are usual in a day.
	Opened, Usual int
	Since, Until  time.Time
	// At is when it was raised.
	At time.Time

	AcknowledgedAt *time.Time
	AcknowledgedBy tenantdb.PersonID
	AcknowledgedAs Reason
	// PausedAt says that the person was paused for it, LiftedAt since when no more.
	PausedAt, LiftedAt *time.Time
}

// Open says that nobody has looked into it yet.
func (a Alert) Open() bool { return a.AcknowledgedAt == nil }

// Paused says that somebody of an office is paused for it at present.
func (a Alert) Paused() bool { return a.PausedAt != nil && a.LiftedAt == nil }

// Line is an alert as a page tells it. Names are those of today.
type Line struct {
	Alert
	PersonName, OfficeName string
	CodeName, Reference    string
	AcknowledgedByName     string
}

// Reason is what a look into an alert came to; "alerts.reason." + Reason is its message key. None has to be given.
type Reason string

// The reasons. Nobody writes words here: they would be about somebody.
const (
	NoReason  Reason = ""
	Expected  Reason = "expected"
	Discussed Reason = "discussed"
	Misused   Reason = "misused"
)

// Reasons lists those that can be given, in the order of forms.
var Reasons = []Reason{Expected, Discussed, Misused}

// Known says whether it is one of them, or none.
func (r Reason) Known() bool { return r == NoReason || slices.Contains(Reasons, r) }
