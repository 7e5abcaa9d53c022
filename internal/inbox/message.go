package inbox

import (
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/messages"
)

// Words are what somebody writes along with an act, under the identifier that the form was given.
type Words struct {
	ID   ids.ID[messages.Message]
	Body string
	// Seen is until when the writer had read what the NGO wrote: whoever answers has taken note.
	Seen time.Time
}

// Write says whether the office may still write. It may after its last word as well, for as long as it sees the
// referral: an address that would help instead, or that the person came after all, belongs here and not in an e-mail.
// A question is different: nobody waits for an answer about something that is settled.
func (r *Referral) Write(kind messages.Kind) error {
	switch kind {
	case messages.Plain:
		return r.there()
	case messages.Question:
		return r.unsettled()
	default:
		return fault.Invalid("kind", "messages.kind.missing")
	}
}
