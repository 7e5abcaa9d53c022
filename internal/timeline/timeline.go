// Package timeline tells what happened in a dossier. Each act leaves its event in its own transaction; the office to
// which a referral went sees the events of that referral, for as long as it sees the referral.
package timeline

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/live"
	"passerelle/internal/tenantdb"
)

// Kind is what happened; "timeline.kind." + Kind is its message key.
type Kind string

// What can happen in a dossier.
const (
	DossierOpened    Kind = "dossier_opened"
	DossierTakenOver Kind = "dossier_taken_over"
	DossierChanged   Kind = "dossier_changed"
	// DossierHandedOver: somebody else is responsible from then on.
	DossierHandedOver Kind = "dossier_handed_over"
	SituationChanged  Kind = "situation_changed"
	ConsentGiven      Kind = "consent_given"
	ConsentWithdrawn  Kind = "consent_withdrawn"
	ReferralSent      Kind = "referral_sent"
	ReferralRevoked   Kind = "referral_revoked"
	ReferralTaken     Kind = "referral_taken"
	ReferralAccepted  Kind = "referral_accepted"
	ReferralDeclined  Kind = "referral_declined"
	ReferralAsked     Kind = "referral_asked"
	ReferralMessage   Kind = "referral_message"
	ReferralClosed    Kind = "referral_closed"
)

// Both sides ask and write; the detail of such an event says which of them did.
const (
	ToOffice   = "to_office"
	FromOffice = "from_office"
)

// Event is one line of a timeline. Dossier and Referral are bare identifiers because the timeline lies below both.
type Event struct {
	Kind       Kind
	Dossier    ids.ID[Dossier]
	Referral   ids.ID[Referral]
	Office     tenantdb.OfficeID
	OfficeName string
	// Detail is a code that the kind explains: a reason, an outcome, a phase. What people write are messages.
	Detail string
}

// Dossier and Referral mark identifiers here, below the capabilities that own them; convert with ids.From.
type (
	Dossier  = journal.Dossier
	Referral = journal.Referral
)

type eventRow struct {
	bun.BaseModel `bun:"table:events,alias:event"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	EventID       ids.ID[Event]     `bun:"event_id"`
	DossierID     ids.ID[Dossier]   `bun:"dossier_id"`
	ReferralID    ids.ID[Referral]  `bun:"referral_id"`
	OfficeID      tenantdb.OfficeID `bun:"office_id"`
	Kind          Kind              `bun:"kind"`
	ActorID       tenantdb.PersonID `bun:"actor_id"`
	ActorName     string            `bun:"actor_name"`
	OfficeName    string            `bun:"office_name"`
	Detail        string            `bun:"detail"`
}

// Record writes an event in the transaction of the act itself, with its entry in the journal, and tells open pages once
// it commits. The database ends it for the office when the referral ends.
func Record(ctx context.Context, tx tenantdb.Tx, by access.Principal, event Event) error {
	row := eventRow{
		TenantID: by.Tenant, EventID: ids.New[Event](), DossierID: event.Dossier, ReferralID: event.Referral,
		OfficeID: event.Office, Kind: event.Kind, ActorID: by.Person, ActorName: by.Name, OfficeName: event.OfficeName,
		Detail: event.Detail,
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("record %s: %w", event.Kind, err)
	}
	entry := journal.Entry{Action: journal.Action(event.Kind), Dossier: event.Dossier, Referral: event.Referral, Reason: event.Detail}
	if err := journal.Record(ctx, tx, entry); err != nil {
		return fmt.Errorf("record %s: %w", event.Kind, err)
	}
	return live.Announce(ctx, tx, live.Change{Tenant: by.Tenant, Dossier: event.Dossier.UUID(), Office: event.Office, Referral: event.Referral.UUID()})
}

// Happened writes an event that nobody has done: a day has come that was known ahead. It names no actor, and leaves no entry in
// the journal, which says who saw or did something.
func Happened(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, event Event) error {
	row := eventRow{TenantID: tenant, EventID: ids.New[Event](), DossierID: event.Dossier, Kind: event.Kind, Detail: event.Detail, ActorID: nobody}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("write %s: %w", event.Kind, err)
	}
	return live.Announce(ctx, tx, live.Change{Tenant: tenant, Dossier: event.Dossier.UUID()})
}

// nobody is whom such an event names as its actor: an identifier that belongs to no person.
var nobody = ids.MustParse[tenantdb.Person]("00000000-0000-4000-8000-000000000000")

// Entry is an event as a page shows it.
type Entry struct {
	EventID    ids.ID[Event]
	Kind       Kind
	At         time.Time
	ActorName  string
	OfficeName string
	Detail     string
	ReferralID ids.ID[Referral]
}

// FromOffice says that somebody at the office did it, and not the NGO.
func (e Entry) FromOffice() bool {
	switch e.Kind {
	case ReferralTaken, ReferralAccepted, ReferralDeclined, ReferralClosed:
		return true
	default:
		return e.Detail == FromOffice
	}
}

// shown is how many events a dossier's first page shows.
const shown = 10

// OfDossier asks for the newest events of a dossier, newest first.
func OfDossier(dossier ids.ID[Dossier], into *[]Entry) tenantdb.Question {
	return tenantdb.Many(into, ofDossier.With(dossier))
}

var ofDossier = tenantdb.Prepare(tenantdb.Select().TableExpr("events").
	Column("event_id", "kind", "at", "actor_name", "office_name", "detail", "referral_id").
	Where("dossier_id = ?", tenantdb.Argument(1)).OrderExpr("at desc, event_id desc").Limit(shown))

// OfReferral asks for all events of one referral, oldest first.
func OfReferral(referral ids.ID[Referral], into *[]Entry) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("events").
		Column("event_id", "kind", "at", "actor_name", "office_name", "detail", "referral_id").
		Where("referral_id = ?", referral).OrderExpr("at, event_id"))
}
