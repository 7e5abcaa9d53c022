package journal

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/tenantdb"
)

// What those who run the installation did with a tenant. They have no place in it: the entries are nobody's in particular, and
// about no dossier.
const (
	TenantCreated   Action = "tenant_created"
	TenantSetUp     Action = "tenant_set_up" // the reason is the step
	TenantWentLive  Action = "tenant_went_live"
	TenantSuspended Action = "tenant_suspended"
	TenantResumed   Action = "tenant_resumed"
	TenantLimited   Action = "tenant_limited"
	TenantExported  Action = "tenant_exported"
	TenantImported  Action = "tenant_imported"
	// That everything of it is to be deleted; the reason says why. That it was done stands in the console alone.
	RemovalPlanned   Action = "removal_planned"
	RemovalWithdrawn Action = "removal_withdrawn"
	TenantRemoved    Action = "tenant_removed"
	// What operators asked a tenant to let them do, and did within a mandate; the reason is the act.
	MandateAsked    Action = "mandate_asked"
	MandateReturned Action = "mandate_returned"
	MandateUsed     Action = "mandate_used"
)

// What operators tell everybody who works here; it stands in no tenant's journal.
const (
	AnnouncementPublished Action = "announcement_published"
	AnnouncementChanged   Action = "announcement_changed"
	AnnouncementWithdrawn Action = "announcement_withdrawn"
)

// What administrators answer to those who run the installation.
const (
	MandateApproved Action = "mandate_approved"
	MandateRefused  Action = "mandate_refused"
	MandateEnded    Action = "mandate_ended"
	// For which key everything is encrypted that leaves; one gives it, another confirms it.
	HandoverKeyGiven     Action = "handover_key_given"
	HandoverKeyConfirmed Action = "handover_key_confirmed"
	// That somebody asked for a file about many, and what another one answered.
	ExportAsked   Action = "export_asked"
	ExportGranted Action = "export_granted"
	ExportRefused Action = "export_refused"
)

// operators is in whose name the journal tells what those who run the installation did: nobody's in particular.
const operators = "platform"

// RecordOperated leaves an entry in a tenant's journal about what those who run the installation did with it, and in the console who did
// it. It returns nothing that stands in the journal: they read none of it.
func RecordOperated(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, action Action, reason string) error {
	if err := insertOperated(ctx, tx, tenant, action, reason); err != nil {
		return err
	}
	return RecordRunning(ctx, tx, tenant, action, reason)
}

// RecordRunning leaves in the console alone who did something that is no one tenant's to be told of; a command is nobody's in particular.
func RecordRunning(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, action Action, reason string) error {
	by, _ := access.From(ctx)
	return insertAct(ctx, tx, by.Person, tenant, action, reason)
}
