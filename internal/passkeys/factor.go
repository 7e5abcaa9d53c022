package passkeys

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Kept is what is kept of a passkey, by the service for people of tenants, and by whoever uses a Factor.
type Kept struct {
	CredentialID, PublicKey  []byte
	SignCount                int64
	Transports               []string
	BackupEligible, BackedUp bool
}

// keep is what is kept of what the library made.
func keep(c credential) Kept {
	kept := Kept{
		CredentialID: c.ID, PublicKey: c.PublicKey, SignCount: int64(c.Authenticator.SignCount),
		BackupEligible: c.Flags.BackupEligible, BackedUp: c.Flags.BackupState, Transports: []string{},
	}
	for _, transport := range c.Transport {
		kept.Transports = append(kept.Transports, string(transport))
	}
	return kept
}

// credential is what the library needs of what was kept.
func (k Kept) credential() credential {
	c := webauthn.Credential{
		ID: k.CredentialID, PublicKey: k.PublicKey, AttestationType: "none", AttestationFormat: string(protocol.AttestationFormatNone),
		Flags:         webauthn.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: k.BackupEligible, BackupState: k.BackedUp},
		Authenticator: webauthn.Authenticator{SignCount: uint32(k.SignCount)}, // #nosec G115 -- the tables bound it
	}
	for _, transport := range k.Transports {
		c.Transport = append(c.Transport, protocol.AuthenticatorTransport(transport))
	}
	return c
}

// Holder is whose passkeys are registered and confirmed with a Factor.
type Holder struct {
	// ID is how authenticators tell accounts apart: it names nobody. Name is shown by them.
	ID   []byte
	Name string
	Keys []Kept
}

func (h Holder) account() account {
	a := account{id: h.ID, name: h.Name}
	for _, key := range h.Keys {
		a.keys = append(a.keys, Passkey{credential: key.credential()})
	}
	return a
}

// Factor is the second factor of people who have no place in a tenant: those who run the installation. It keeps nothing.
type Factor struct{ relying relying }

// NewFactor is that of an application reached at the origins.
func NewFactor(origins []string) (Factor, error) {
	relying, err := rely(origins)
	return Factor{relying}, err
}

// Origin is where passkeys work; empty says that they work nowhere, since the application is reached by a number.
func (f Factor) Origin() string { return f.relying.origin }

// AskToRegister is what a browser needs to make a new passkey, and what its answer is checked with, once.
func (f Factor) AskToRegister(of Holder) (options string, ceremony []byte, err error) {
	return begun(f.relying.askToRegister(of.account()))
}

// AskToConfirm is what a browser needs to sign with one of the passkeys, and what its answer is checked with, once.
func (f Factor) AskToConfirm(of Holder) (options string, ceremony []byte, err error) {
	return begun(f.relying.askToConfirm(of.account()))
}

func begun(options string, session webauthn.SessionData, err error) (string, []byte, error) {
	if err != nil {
		return "", nil, err
	}
	ceremony, err := json.Marshal(session)
	return options, ceremony, err
}

// Registered is the new passkey of an answer, or a fault that says what to do.
func (f Factor) Registered(of Holder, ceremony []byte, answer string) (Kept, error) {
	session, err := asked(ceremony, answer)
	if err != nil {
		return Kept{}, err
	}
	made, err := f.relying.registered(of.account(), session, answer)
	if err != nil {
		return Kept{}, err
	}
	return keep(made), nil
}

// Confirmed is the passkey that signed the answer, as it is to be kept now, or a fault that says what to do.
func (f Factor) Confirmed(of Holder, ceremony []byte, answer string) (Kept, error) {
	session, err := asked(ceremony, answer)
	if err != nil {
		return Kept{}, err
	}
	key, err := f.relying.confirmed(of.account(), session, answer)
	if err != nil {
		return Kept{}, err
	}
	return keep(key.credential), nil
}

func asked(ceremony []byte, answer string) (session webauthn.SessionData, err error) {
	if answer == "" {
		return session, errSilent
	}
	if err := json.Unmarshal(ceremony, &session); err != nil {
		return session, fmt.Errorf("read ceremony: %w", err)
	}
	return session, nil
}

// Late is what comes of an answer to nothing that is still asked.
func Late() error { return errLate }

// Doubted says whether an answer was one that cannot be believed, rather than one that came late or not at all.
func Doubted(err error) bool { return errors.Is(err, errAnswer) || errors.Is(err, errCopied) }
