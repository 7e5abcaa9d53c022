// Package erasures ends dossiers for good: the keys of a dossier and of its referrals are destroyed, and with them every
// backup of what they sealed; then the rows go. What stays is a certificate, and the journal.
package erasures

import (
	"slices"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/keys"
)

// Reason is why a dossier is erased; "erasures.reason." + Reason is its message key.
type Reason string

// The reasons of what is removed because it was kept for long enough (Order): it was deleted, or made anonymous.
const (
	RetentionOver Reason = "retention_over"
	Anonymised    Reason = "anonymised"
)

// Reasons lists, in the order of forms, those for which a dossier is erased at once.
var Reasons = []Reason{"person_asked", "opened_by_mistake", "duplicate"}

// Order is what somebody fills in who has a dossier erased.
type Order struct {
	Reason Reason
	// CodeName is typed once more, so that no other dossier is erased than the one that is meant.
	CodeName string
}

// Check says what keeps a dossier from being erased.
func (o Order) Check(of dossiers.CodeName) error {
	var problems fault.Problems
	if !slices.Contains(Reasons, o.Reason) {
		problems.Add("reason", "erasures.reason.missing")
	}
	if dossiers.ParsePrefix(o.CodeName) != of.Key() {
		problems.Add("code_name", "erasures.code_name.differs", "CodeName", string(of))
	}
	return problems.Err()
}

// Erasure is a certificate, with the name of who had it done.
type Erasure struct {
	keys.Certificate
	ErasedByName string
}

// Complete says whether no backup of the keys brings anything back any more, today.
func (e Erasure) Complete(now time.Time) bool { return !forms.Today(now).Before(e.CompleteOn) }

// completeOn is the day after the last backup of the keys that knew them is gone.
func completeOn(at time.Time, kept int) time.Time { return forms.Today(at).AddDate(0, 0, kept+1) }

// Prospect is what a page shows before a dossier is erased.
type Prospect struct {
	Mention dossiers.Mention
	// Referrals is how many go along, and Live how many of them an office sees at present.
	Referrals, Live int
	// Circles is how many professions keep notes still; while one does, nothing is erased.
	Circles int
	// Begun is the certificate of an erasure that destroyed the keys and did not come to the rows, or whose rows came back
	// with an old backup.
	Begun *keys.Certificate
}
