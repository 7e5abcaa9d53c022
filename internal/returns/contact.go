package returns

import (
	"slices"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
)

// ContactID identifies a contact.
type ContactID = ids.ID[Contact]

// Contact is one with somebody who has returned, or with whom accompanies her or him there.
type Contact struct {
	ContactID   ContactID
	DossierID   dossiers.ID
	ReturnID    ID
	ContactedOn time.Time `bun:",type:date"`
	Channel     Channel
	Note        keys.Sealed[string] `bun:"note"`
}

// Channel is how one was in contact.
type Channel string

// Channels lists them in the order of forms.
var Channels = []Channel{"phone", "message", "email", "video", "partner", "visit", "unreached"}

// check refuses a contact with somebody who has not left yet.
func (c Contact) check(r Return, today time.Time) error {
	var problems fault.Problems
	switch {
	case r.DepartedOn == nil:
		return fault.Conflict("returns.contact.not_departed")
	case c.ContactedOn.IsZero():
		problems.Add("contacted_on", "returns.on.missing")
	case c.ContactedOn.After(today):
		problems.Add("contacted_on", "returns.day.future")
	case c.ContactedOn.Before(*r.DepartedOn):
		problems.Add("contacted_on", "returns.contact.before_departure")
	}
	if !slices.Contains(Channels, c.Channel) {
		problems.Add("channel", "returns.channel.missing")
	}
	if c.Note.Get() == "" {
		problems.Add("note", "returns.note.missing")
	}
	return problems.Err()
}
