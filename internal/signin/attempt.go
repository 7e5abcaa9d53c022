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
	// fresh asks the provider to have the person sign in anew, whoever it believes to know already.
	fresh     bool
	expiresAt time.Time
	// trial is set for what is tried before it is live.
	trial Trial
}

// begunAt is when the person left for the provider.
func (a attempt) begunAt() time.Time { return a.expiresAt.Add(-attemptLifetime) }

// earliest is since when the person has to have signed in to the provider; zero is whenever the session's own limit lets it.
func (a attempt) earliest() time.Time {
	if !a.fresh {
		return time.Time{}
	}
	return a.begunAt().Add(-freshSkew)
}
