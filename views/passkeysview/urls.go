// Package passkeysview is the pages of passkeys.
package passkeysview

import (
	"net/url"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/passkeys"
)

// Where the pages are.
const (
	ConfirmationURL    = "/confirmation"
	OnwardURL          = ConfirmationURL + "/onward"
	URL                = "/passkeys"
	NewURL             = URL + "/new"
	DestroyURL         = URL + "/destroy"
	RecoveryURL        = URL + "/recovery"
	DestroyRecoveryURL = RecoveryURL + "/destroy"
	RecoveriesURL      = "/passkey-recoveries"
)

// Confirmation asks to confirm, and leads on to a page.
func Confirmation(returnTo string) string { return leading(ConfirmationURL, returnTo) }

// New registers a passkey, and leads on to a page.
func New(returnTo string) string { return leading(NewURL, returnTo) }

func leading(page, returnTo string) string {
	if returnTo == "" || returnTo == "/" {
		return page
	}
	return page + "?" + url.Values{"return": {returnTo}}.Encode()
}

// RecoveryOf is the admins' page of a recovery.
func RecoveryOf(id passkeys.RecoveryID) string { return RecoveriesURL + "/" + id.String() }

// AnswerOf is where an admin says yes or no to it.
func AnswerOf(id passkeys.RecoveryID) string { return RecoveryOf(id) + "/answer" }

// ConfirmationForm is what one confirms on.
type ConfirmationForm struct {
	passkeys.Ceremony
	Return string
	// Recovery: two admins have granted one, so that a new passkey can be registered instead.
	Recovery bool
	Problems fault.Problems
}

// NewForm is what one registers a passkey on.
type NewForm struct {
	passkeys.Own
	passkeys.Ceremony
	Return, Name string
	Problems     fault.Problems
}

// ListPage is one's own passkeys.
type ListPage struct {
	passkeys.Own
	Now      time.Time
	Problems fault.Problems
}

// RecoveryPage is a recovery before an admin.
type RecoveryPage struct {
	passkeys.Considered
	Now      time.Time
	Reason   string
	Problems fault.Problems
}
