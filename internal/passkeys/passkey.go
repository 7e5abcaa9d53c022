// Package passkeys is a second factor of our own: what people confirm with before they see an address, take a file out of the
// house or change who may do what. A provider says who somebody is; a passkey (WebAuthn) says that it is really she or he who
// asks, and no provider can lend one to anybody. It is the only package that knows go-webauthn.
//
// Passkeys are registered to an account (connection, issuer, subject) in one tenant. Having confirmed counts for ten minutes and
// for one session (signin.Session.Confirmed); which acts need it stands in policies/step_up.csv.
package passkeys

import (
	"strings"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
)

// ID identifies a passkey.
type ID = ids.ID[Passkey]

// Passkey is what somebody confirms with: a security key, or what a telephone or a computer keeps.
type Passkey struct {
	PasskeyID ID
	// Name is what the person calls it.
	Name    string
	AddedAt time.Time
	// UsedAt is zero as long as nobody has confirmed with it.
	UsedAt time.Time

	credential credential
}

const longestName = 60

// named makes a name that can be kept of what was typed; nothing is otherwise.
func named(typed, otherwise string) string {
	runes := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(typed, "")), " "))
	kept := runes[:0]
	for _, r := range runes {
		if r >= ' ' && r != 0x7f && len(kept) < longestName {
			kept = append(kept, r)
		}
	}
	if name := strings.TrimSpace(string(kept)); name != "" {
		return name
	}
	return otherwise
}

// Standing is where somebody stands who wants to register a passkey, or to confirm with one.
type Standing struct {
	// Keys is how many passkeys the account has in this tenant.
	Keys int
	// Fresh: signed in to the provider anew just before. Confirmed: confirmed with a passkey just before, in this session.
	Fresh, Confirmed bool
	// Recovery is one that two admins have granted, which still holds; FreshSince says that the person has signed in anew after it.
	Recovery   bool
	FreshSince bool
}

func standing(session signin.Session, keys int, recovery *Recovery, now time.Time) Standing {
	s := Standing{Keys: keys, Fresh: session.Fresh(now), Confirmed: session.Confirmed(now)}
	if recovery != nil && recovery.Granted(now) {
		s.Recovery, s.FreshSince = true, s.Fresh && session.FreshAt.After(recovery.SecondAt)
	}
	return s
}

// Why somebody cannot register a passkey yet.
var (
	errNotFresh     = fault.Refused("passkeys.refused.fresh")
	errNotConfirmed = fault.Refused("passkeys.refused.confirmed")
)

// MayRegister says whether a passkey may be registered now. The first one needs a sign-in at the provider within ten minutes: a
// session that was stolen, or left open, cannot make one. A further one needs one that is there already. A recovery that two
// admins have granted, and a sign-in anew since, makes up for those that are lost.
func (s Standing) MayRegister() error {
	switch {
	case s.Recovery && s.FreshSince, s.Keys == 0 && s.Fresh, s.Keys > 0 && s.Confirmed:
		return nil
	case s.Keys == 0, s.Recovery:
		return errNotFresh
	default:
		return errNotConfirmed
	}
}

// Replaces says whether the new passkey takes the place of those that are there.
func (s Standing) Replaces() bool { return s.Recovery && s.FreshSince }

// MayRemove says whether one of the passkeys may be removed. Nobody removes the last one alone: whoever had got hold of a session
// could otherwise begin anew with a passkey of her or his own.
func (s Standing) MayRemove() error {
	switch {
	case !s.Confirmed:
		return errNotConfirmed
	case s.Keys < 2:
		return fault.Refused("passkeys.refused.last")
	default:
		return nil
	}
}
