// Package moves is moving a person from one canton to another: an organisation asks another whether it takes over the accompaniment, with the
// person's consent. What is asked says nothing of her. Once the other side has accepted, what is known goes as one package, sealed to a key
// pair that was made for it alone; the receiving side opens it once, under keys of its own, and the sender keeps what the law asks.
//
// Each side has rows of its own: a Move is the sender's, an Arrival the receiver's. Neither sees the other's.
package moves

import (
	"slices"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// ID identifies a move, on both sides.
type ID = ids.ID[Move]

// Reason is why somebody moves.
type Reason string

// Reasons lists them in the order of forms.
var Reasons = []Reason{"safety", "housing", "work", "family", "other"}

// Refusal is why an organisation does not take somebody over.
type Refusal string

// Refusals lists them in the order of forms.
var Refusals = []Refusal{"no_place", "not_competent", "unreachable", "other"}

// Standing is how far a move has come.
type Standing string

// The standings. One that was not answered in time has lapsed, a package that nobody has opened in time has expired.
const (
	Proposed  Standing = "proposed"
	Lapsed    Standing = "lapsed"
	Declined  Standing = "declined"
	Accepted  Standing = "accepted"
	Sent      Standing = "sent"
	Expired   Standing = "expired"
	Opened    Standing = "opened"
	Withdrawn Standing = "withdrawn"
)

// waits is for how long a package can be opened.
const waits = 14 * 24 * time.Hour

// latest is how many days ahead an answer may be asked for.
const latest = 60

// Stages are what has happened to a move, as both sides know it.
type Stages struct {
	Reason        Reason
	AnswerBy      time.Time
	ProposedAt    time.Time
	WithdrawnAt   *time.Time
	AnsweredAt    *time.Time
	DeclineReason Refusal
	// Colleague is the name of who becomes responsible on the receiving side.
	Colleague string
	PublicKey keys.PublicKey
	SentAt    *time.Time
	ExpiresAt *time.Time
	OpenedAt  *time.Time
}

// Standing is how far it has come at a moment.
func (s Stages) Standing(at time.Time) Standing {
	switch {
	case s.OpenedAt != nil:
		return Opened
	case s.WithdrawnAt != nil:
		return Withdrawn
	case s.SentAt != nil && !s.ExpiresAt.After(at):
		return Expired
	case s.SentAt != nil:
		return Sent
	case s.AnsweredAt != nil && s.DeclineReason != "":
		return Declined
	case s.AnsweredAt != nil:
		return Accepted
	case !at.Before(s.AnswerBy.AddDate(0, 0, 1)):
		return Lapsed
	default:
		return Proposed
	}
}

// Under says that a move goes on: somebody answers, sends or opens it still.
func (s Standing) Under() bool { return s == Proposed || s == Accepted || s == Sent }

// Revocable says that the person can take her consent back, and everything with it.
func (s Standing) Revocable() bool { return s != Opened && s != Withdrawn }

// Asker is the colleague who asks, as the other side reaches her or him.
type Asker struct{ AskerName, AskerPhone, AskerEmail string }

// Move is that an accompaniment is to go to another organisation.
type Move struct {
	MoveID     ID
	DossierID  dossiers.ID
	ToTenantID tenantdb.TenantID
	ToName     string
	FromName   string
	Asker
	Stages
	ProposedBy tenantdb.PersonID
	// Particulars are sealed under the keyset of the dossier.
	Particulars keys.Sealed[Particulars] `bun:"particulars"`
}

// Place says where what is sealed of a move stands.
func (m *Move) Place() keys.Place { return keys.Place{Table: "moves", Row: m.MoveID.String()} }

// passage is what is sealed along with the package.
func (m Move) passage(from tenantdb.TenantID) keys.Passage {
	return keys.Passage{Move: m.MoveID.UUID(), From: from, To: m.ToTenantID}
}

// Particulars are what the person has consented to.
type Particulars struct {
	Consent  Consent
	Chapters []Chapter
}

// Consent is when and how the person has consented that she is handed over.
type Consent struct {
	GivenOn     time.Time
	How         consents.How
	Interpreter string
}

// Neighbour is another organisation that is open.
type Neighbour struct {
	TenantID tenantdb.TenantID
	Name     string
}

// Proposal is what somebody asks another organisation, and the consent that it rests on.
type Proposal struct {
	ToTenantID   tenantdb.TenantID
	Reason       Reason
	AnswerBy     *time.Time
	Phone, Email string
	GivenOn      *time.Time
	How          consents.How
	Interpreter  string
	Chapters     []Chapter
}

// Check says what has to be corrected.
func (p Proposal) Check(neighbours []Neighbour, today time.Time) error {
	var problems fault.Problems
	if !slices.ContainsFunc(neighbours, func(n Neighbour) bool { return n.TenantID == p.ToTenantID }) {
		problems.Add("to", "moves.to.missing")
	}
	if p.Reason == "" {
		problems.Add("reason", "moves.reason.missing")
	}
	switch {
	case p.AnswerBy == nil:
		problems.Add("answer_by", "moves.answer_by.missing")
	case p.AnswerBy.Before(today):
		problems.Add("answer_by", "moves.answer_by.past")
	case p.AnswerBy.After(today.AddDate(0, 0, latest)):
		problems.Add("answer_by", "moves.answer_by.late", "Days", latest)
	}
	if strings.TrimSpace(p.Phone+p.Email) == "" {
		problems.Add("phone", "moves.phone.missing")
	}
	switch {
	case p.GivenOn == nil:
		problems.Add("given_on", "moves.given_on.missing")
	case p.GivenOn.After(today):
		problems.Add("given_on", "moves.given_on.future")
	case p.GivenOn.Before(today.AddDate(0, -3, 0)):
		problems.Add("given_on", "moves.given_on.old")
	}
	if p.How == "" {
		problems.Add("how", "moves.how.missing")
	}
	return problems.Err()
}

// mayPropose holds that whoever is responsible for a dossier, or coordinates, has it moved.
func mayPropose(by access.Principal, responsible tenantdb.PersonID) bool {
	return by.Person == responsible || by.Role == access.Coordinator
}

// maySend refuses that whoever has proposed a move sends it, where somebody else coordinates as well.
func (m Move) maySend(by tenantdb.PersonID, staff []members.Member) error {
	other := slices.ContainsFunc(staff, func(a members.Member) bool {
		return a.MemberID != m.ProposedBy && a.Role == access.Coordinator && a.EndedAt == nil
	})
	if by == m.ProposedBy && other {
		return fault.Refused("moves.send.another")
	}
	return nil
}

// takes refuses what a move does not take any more, or not yet.
func (s Stages) takes(wanted Standing, now time.Time) error {
	if at := s.Standing(now); at != wanted {
		return fault.Refused("moves.refused." + string(at))
	}
	return nil
}
