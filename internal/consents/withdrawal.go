package consents

import (
	"time"

	"passerelle/internal/fault"
)

// Withdraw takes the consent back. No reason is asked for and none is needed; that it was past its last day changes
// nothing, since the beneficiary may want it on record.
func (c *Consent) Withdraw(at time.Time) error {
	if c.WithdrawnAt != nil {
		return fault.Refused("consents.withdrawal.already")
	}
	c.WithdrawnAt = &at
	return nil
}
