package passkeys

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
)

// challengeLifetime is how long somebody may take to touch the key.
const challengeLifetime = 5 * time.Minute

// ChallengeID identifies a ceremony under way.
type ChallengeID = ids.ID[Ceremony]

// Ceremony is what a browser is asked: to register a passkey, or to sign with one.
type Ceremony struct {
	ChallengeID ChallengeID
	// Options are what the browser needs, as the standard writes it (JSON).
	Options string
}

// purpose is what a ceremony is for; one begun for the one is worth nothing for the other.
type purpose string

const (
	toRegister purpose = "register"
	toConfirm  purpose = "confirm"
)

// credential is what the library keeps of a passkey.
type credential = webauthn.Credential

// relying is who asks: this installation, by the name of its host.
type relying struct {
	*webauthn.WebAuthn
	origin string
}

// rely finds, among the origins at which the application is reached, the one at which passkeys work: its host has a name, since a
// number is none to which one can be bound (WebAuthn 4, "RP ID"). Without one there is nothing to confirm with.
func rely(origins []string) (relying, error) {
	for _, origin := range origins {
		at, err := url.Parse(origin)
		if err != nil {
			return relying{}, fmt.Errorf("the origin %q is none: %w", origin, err)
		}
		if _, numbered := netip.ParseAddr(at.Hostname()); numbered == nil {
			continue
		}
		library, err := webauthn.New(&webauthn.Config{
			RPID: at.Hostname(), RPDisplayName: "Passerelle", RPOrigins: []string{at.Scheme + "://" + at.Host},
			AttestationPreference: protocol.PreferNoAttestation,
			// A key that lies in a drawer opens nothing by itself: whoever uses it shows the PIN, a finger or a face.
			AuthenticatorSelection: protocol.AuthenticatorSelection{
				ResidentKey: protocol.ResidentKeyRequirementDiscouraged, RequireResidentKey: protocol.ResidentKeyNotRequired(), UserVerification: protocol.VerificationRequired,
			},
			Timeouts: webauthn.TimeoutsConfig{
				Login: webauthn.TimeoutConfig{Timeout: challengeLifetime, TimeoutUVD: challengeLifetime}, Registration: webauthn.TimeoutConfig{Timeout: challengeLifetime, TimeoutUVD: challengeLifetime},
			},
		})
		if err != nil {
			return relying{}, fmt.Errorf("passkeys at %s: %w", origin, err)
		}
		return relying{library, at.Scheme + "://" + at.Host}, nil
	}
	return relying{}, nil
}

// account is who registers and confirms, as the library asks for it.
type account struct {
	id   []byte
	name string
	keys []Passkey
}

// accountOf is that of somebody at a workplace. How authenticators tell it from others names nobody, and is another one in
// another tenant.
func accountOf(session signin.Session, keys []Passkey) account {
	sum := sha256.Sum256([]byte("passerelle passkey " + session.Membership.Tenant.String() + " " + session.Identity.ID.String()))
	return account{sum[:], session.Membership.Name + " (" + session.Membership.TenantName + ")", keys}
}

// WebAuthnID is how authenticators tell accounts apart.
func (a account) WebAuthnID() []byte { return a.id }

func (a account) WebAuthnName() string { return a.name }

func (a account) WebAuthnDisplayName() string { return a.name }

func (a account) WebAuthnCredentials() []webauthn.Credential {
	credentials := make([]webauthn.Credential, len(a.keys))
	for i, key := range a.keys {
		credentials[i] = key.credential
	}
	return credentials
}

// askToRegister is what a browser needs to make a new passkey, and what its answer is checked with.
func (r relying) askToRegister(of account) (options string, ceremony webauthn.SessionData, err error) {
	creation, begun, err := r.BeginRegistration(of, webauthn.WithExclusions(webauthn.Credentials(of.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return "", webauthn.SessionData{}, fmt.Errorf("begin to register a passkey: %w", err)
	}
	text, err := json.Marshal(creation.Response)
	return string(text), *begun, err
}

// askToConfirm is what a browser needs to sign with one of the passkeys.
func (r relying) askToConfirm(of account) (options string, ceremony webauthn.SessionData, err error) {
	assertion, begun, err := r.BeginLogin(of)
	if err != nil {
		return "", webauthn.SessionData{}, fmt.Errorf("begin to confirm with a passkey: %w", err)
	}
	text, err := json.Marshal(assertion.Response)
	return string(text), *begun, err
}

// longestAnswer bounds what a browser answers; with attestation left out it is a few hundred bytes.
const longestAnswer = 32 << 10

// What a browser's answer comes to when it cannot be believed. Why not is nobody's to know; it is in the journal.
var (
	errAnswer = fault.Invalid("", "passkeys.refused.answer")
	errLate   = fault.Invalid("", "passkeys.refused.late")
	errCopied = fault.Refused("passkeys.refused.copied")
	errSilent = fault.Invalid("", "passkeys.refused.silent")
)

// registered is the new passkey of an answer.
func (r relying) registered(of account, ceremony webauthn.SessionData, answer string) (webauthn.Credential, error) {
	if len(answer) > longestAnswer {
		return webauthn.Credential{}, errAnswer
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return webauthn.Credential{}, errAnswer
	}
	made, err := r.CreateCredential(of, ceremony, parsed)
	if err != nil {
		return webauthn.Credential{}, errAnswer
	}
	return *made, nil
}

// confirmed is the passkey that signed the answer, as it is now. A count that has not gone on is what a copy of the key would
// show: there are two, and one of them may be somebody else's.
func (r relying) confirmed(of account, ceremony webauthn.SessionData, answer string) (Passkey, error) {
	if len(answer) > longestAnswer {
		return Passkey{}, errAnswer
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return Passkey{}, errAnswer
	}
	signed, err := r.ValidateLogin(of, ceremony, parsed)
	if err != nil {
		return Passkey{}, errAnswer
	}
	for _, key := range of.keys {
		if string(key.credential.ID) == string(signed.ID) {
			key.credential = *signed
			if signed.Authenticator.CloneWarning {
				return key, errCopied
			}
			return key, nil
		}
	}
	return Passkey{}, errAnswer
}
