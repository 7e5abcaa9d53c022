package passkeys

import (
	"strings"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// RecoveryID identifies a recovery.
type RecoveryID = ids.ID[Recovery]

// How long a recovery waits for two admins, and how long it holds once they have granted it.
const (
	waitsFor = 7 * 24 * time.Hour
	holdsFor = 24 * time.Hour
)

// administratorsNeeded is how many have to grant a recovery, beside the person.
const administratorsNeeded = 2

// longestReason bounds what an admin writes, as the database does.
const longestReason = 500

// Recovery is somebody who has lost her or his passkeys and asks two admins of the tenant to let a new one be registered.
type Recovery struct {
	RecoveryID RecoveryID
	IdentityID signin.IdentityID
	// PersonID asked; Name, and OfficeName for somebody of an office, are for the admins' pages.
	PersonID         tenantdb.PersonID
	Name, OfficeName string
	AskedAt          time.Time
	// First and Second are the admins who granted it, each for a reason.
	FirstBy, SecondBy                 tenantdb.PersonID
	FirstIdentityID, SecondIdentityID signin.IdentityID
	FirstName, SecondName             string
	FirstReason, SecondReason         string
	FirstAt, SecondAt                 time.Time
	// RefusedBy is the admin who said no.
	RefusedBy     tenantdb.PersonID
	RefusedName   string
	RefusedReason string
	RefusedAt     time.Time
	// WithdrawnAt: the person took it back, or it lapsed. UsedAt: a new passkey was registered.
	WithdrawnAt, UsedAt time.Time
}

// over says that somebody or something has ended it.
func (r Recovery) over() bool {
	return !r.RefusedAt.IsZero() || !r.WithdrawnAt.IsZero() || !r.UsedAt.IsZero()
}

// Waits says that it still needs an admin.
func (r Recovery) Waits(now time.Time) bool {
	return !r.over() && r.SecondAt.IsZero() && now.Before(r.AskedAt.Add(waitsFor))
}

// Granted says that two admins have granted it, and that it still holds.
func (r Recovery) Granted(now time.Time) bool {
	return !r.over() && !r.SecondAt.IsZero() && now.Before(r.HoldsUntil())
}

// HoldsUntil is when what was granted ends by itself.
func (r Recovery) HoldsUntil() time.Time { return r.SecondAt.Add(holdsFor) }

// WaitsUntil is when asking ends by itself.
func (r Recovery) WaitsUntil() time.Time { return r.AskedAt.Add(waitsFor) }

// State is where a recovery stands; "passkeys.recovery.state." + State is its message key.
type State string

// The states.
const (
	Waiting   State = "waiting"
	HalfWay   State = "half_way"
	Granted   State = "granted"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Used      State = "used"
	Lapsed    State = "lapsed"
)

// State says where it stands.
func (r Recovery) State(now time.Time) State {
	switch {
	case !r.RefusedAt.IsZero():
		return Refused
	case !r.UsedAt.IsZero():
		return Used
	case !r.WithdrawnAt.IsZero():
		return Withdrawn
	case r.Granted(now):
		return Granted
	case !r.Waits(now):
		return Lapsed
	case !r.FirstAt.IsZero():
		return HalfWay
	default:
		return Waiting
	}
}

// Of says whether the account of an admin is the one that asked.
func (r Recovery) Of(identity signin.IdentityID) bool { return r.IdentityID == identity }

// GrantedBy says whether an account has granted it already.
func (r Recovery) GrantedBy(identity signin.IdentityID) bool {
	return !r.FirstAt.IsZero() && r.FirstIdentityID == identity || !r.SecondAt.IsZero() && r.SecondIdentityID == identity
}

// Grant is an admin's yes, for a written reason. Two different people have to say it, and neither is the one who asked, whichever
// membership they say it in: two people can be deceived or forced less easily than one, and nobody helps herself.
func (r *Recovery) Grant(by tenantdb.PersonID, identity signin.IdentityID, reason string, now time.Time) error {
	reason, err := r.answered(identity, reason, now)
	if err != nil {
		return err
	}
	if r.GrantedBy(identity) {
		return fault.Refused("passkeys.recovery.refused.twice")
	}
	if r.FirstAt.IsZero() {
		r.FirstBy, r.FirstIdentityID, r.FirstReason, r.FirstAt = by, identity, reason, now
	} else {
		r.SecondBy, r.SecondIdentityID, r.SecondReason, r.SecondAt = by, identity, reason, now
	}
	return nil
}

// Refuse is an admin's no: one is enough.
func (r *Recovery) Refuse(by tenantdb.PersonID, identity signin.IdentityID, reason string, now time.Time) error {
	reason, err := r.answered(identity, reason, now)
	if err != nil {
		return err
	}
	r.RefusedBy, r.RefusedReason, r.RefusedAt = by, reason, now
	return nil
}

// answered is the reason of an admin who may answer.
func (r *Recovery) answered(identity signin.IdentityID, reason string, now time.Time) (string, error) {
	reason = strings.TrimSpace(strings.ToValidUTF8(reason, ""))
	switch {
	case r.Of(identity):
		return "", fault.Refused("passkeys.recovery.refused.own")
	case !r.Waits(now):
		return "", fault.Conflict("passkeys.recovery.refused.over")
	case reason == "":
		return "", fault.Invalid("reason", "passkeys.recovery.reason.missing")
	case len([]rune(reason)) > longestReason:
		return "", fault.Invalid("reason", "passkeys.recovery.reason.too_long")
	}
	return reason, nil
}
