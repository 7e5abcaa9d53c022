package signin

import (
	"errors"
	"fmt"
)

// Reason is why somebody was not let in: for the log, never for the page, which tells everybody the same.
type Reason string

// The reasons.
const (
	ReasonNoAttempt      Reason = "no_attempt"       // the state is unknown, used or expired
	ReasonOtherDoor      Reason = "other_connection" // the answer arrived at another connection's address
	ReasonOtherBrowser   Reason = "other_browser"    // the browser is not the one that started
	ReasonOtherIssuer    Reason = "other_issuer"     // the answer names another issuer (RFC 9207)
	ReasonDenied         Reason = "denied"           // the provider said no
	ReasonProvider       Reason = "provider"         // the provider cannot be reached or describes itself wrongly
	ReasonCode           Reason = "code"             // the provider did not redeem the code
	ReasonToken          Reason = "token"            // signature, algorithm, issuer, audience or expiry of the ID token
	ReasonNonce          Reason = "nonce"            // the ID token answers another sign-in
	ReasonParty          Reason = "party"            // the ID token was issued to another client
	ReasonIssuedAt       Reason = "issued_at"        // the ID token is old, or from the future
	ReasonSignedInLong   Reason = "auth_time"        // the person signed in to the provider too long ago
	ReasonNotAnew        Reason = "not_anew"         // the person had to sign in to the provider anew, and did not
	ReasonAccessToken    Reason = "access_token"     // the access token is not the one that the ID token speaks of
	ReasonNobody         Reason = "subject"          // the ID token names nobody
	ReasonOtherTenant    Reason = "other_tenant"     // the ID token is of another organisation of the same provider
	ReasonForeignAddress Reason = "foreign_endpoint" // the provider's metadata leads to another connection's provider
	ReasonLogoutType     Reason = "logout_type"      // what came as a logout token was made for something else
	ReasonLogoutToken    Reason = "logout_token"     // signature, issuer, audience, event, expiry or shape of a logout token
	ReasonReplayed       Reason = "replayed"         // a logout token that has been heard already
	ReasonNoSID          Reason = "sid"              // a frame that names no session
)

// Refusal is a sign-in that failed. It says why in one word; what the provider sent never becomes part of it.
type Refusal struct {
	Reason     Reason
	Connection string // its slug
	ReturnTo   string // the page that was asked for, where it is known
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("sign-in through %q refused: %s", r.Connection, r.Reason)
}

// Refused gives the refusal behind an error, if it is one.
func Refused(err error) (*Refusal, bool) {
	var refusal *Refusal
	return refusal, errors.As(err, &refusal)
}
