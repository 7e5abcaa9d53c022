package signin

import "time"

const attemptLifetime = 10 * time.Minute

// attempt is a sign-in under way: what was sent along, to be compared with what comes back.
type attempt struct {
	stateHash    []byte
	connectionID ConnectionID
	browserHash  []byte
	nonce        string
	pkceVerifier string
	returnTo     string
	expiresAt    time.Time
	// trial is set for what is tried before it is live.
	trial Trial
}
