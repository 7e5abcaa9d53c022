// Package messages carries what an NGO and an office write to each other about one referral. It lies below both
// sides: each writes in the transaction of its own act, and each reads the same list. The office reads it for as long
// as it sees the referral.
package messages

import (
	"strings"
	"time"
	"unicode/utf8"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Kind is what a message is for; "messages.kind." + Kind is its message key.
type Kind string

// The kinds: a question waits for an answer; an answer replies to a question, or to the referral itself when it comes
// with the office's decision; a message waits for nothing.
const (
	Plain    Kind = "message"
	Question Kind = "question"
	Answer   Kind = "answer"
)

// Kinds lists them in the order of forms.
var Kinds = []Kind{Plain, Question, Answer}

// MaxBody is how many characters a message may have.
const MaxBody = 5000

// Message is one text about one referral. Whoever writes fills the identifiers, Kind and Body; the rest is known once
// it is written.
type Message struct {
	MessageID  ids.ID[Message]
	ReferralID ids.ID[timeline.Referral]
	OfficeID   tenantdb.OfficeID
	Kind       Kind
	Body       string

	FromOffice bool
	AuthorName string
	SentAt     time.Time
}

// check refuses what cannot be sent.
func (m Message) check() error {
	switch {
	case strings.TrimSpace(m.Body) == "":
		return fault.Invalid("body", "messages.body.missing")
	case utf8.RuneCountInString(m.Body) > MaxBody:
		return fault.Invalid("body", "messages.body.too_long", "Max", MaxBody)
	case m.Kind != Plain && m.Kind != Question && m.Kind != Answer:
		return fault.Invalid("kind", "messages.kind.missing")
	}
	return nil
}
