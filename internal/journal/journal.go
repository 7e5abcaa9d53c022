// Package journal records who saw or did what with a dossier or a referral (art. 4 OPDo/DSV). An entry is written in the
// transaction that reads or changes, before anything leaves it: if it cannot be written, nothing leaves. It holds
// identifiers and codes, never what was seen.
//
// A use case that changes something leaves its entry with timeline.Record; one that only shows something asks Seen along
// with its questions, or calls Record. Attend notes for a whole request whether somebody forgot.
package journal

import (
	"context"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// Dossier, Referral and Consent mark identifiers here, below the capabilities that own them.
type (
	Dossier  struct{}
	Referral struct{}
	Consent  struct{}
)

// Action is what somebody did; "journal.action." + Action is its message key. Acts are named as in the timeline, which
// leaves their entries; these are the others.
type Action string

// What leaves no event in the timeline, because nothing of a dossier changed by it that others have to know.
const (
	DossierSeen Action = "dossier_seen"
	// DocumentTaken: what is in a document left the house.
	DocumentTaken        Action = "document_taken"
	DossiersSearched     Action = "dossiers_searched"
	DossierFound         Action = "dossier_found"
	ConsentSeen          Action = "consent_seen"
	ReferralSeen         Action = "referral_seen"
	ReferralAcknowledged Action = "referral_acknowledged"
	DraftBegun           Action = "draft_begun"
	DraftSeen            Action = "draft_seen"
	DraftWritten         Action = "draft_written"
	DraftDiscarded       Action = "draft_discarded"
	JournalSeen          Action = "journal_seen"
	SheetSeen            Action = "sheet_seen"
	DossierErased        Action = "dossier_erased"
	// ExtractPrepared: it was decided which free texts of a dossier its person is given.
	ExtractPrepared Action = "extract_prepared"
	// DossierExported: what may be told of a person without saying who it is was written into a file, for the reason given.
	DossierExported    Action = "dossier_exported"
	AlertAcknowledged  Action = "alert_acknowledged"
	PauseLifted        Action = "pause_lifted"
	IndicatorSetLoaded Action = "indicator_set_loaded"
	// HouseRuleDecided is about a rule, which the reason names; DossierRecomputed: its dates follow from other rules than before,
	// and nothing of it was shown.
	HouseRuleDecided Action = "house_rule_decided"
	// RetentionDecided is about how long closed dossiers are kept, of whichever reason.
	RetentionDecided Action = "retention_decided"
	// What was ordered to be removed after a while, taken back, not done after all, or put off.
	DossierRemovalOrdered   Action = "dossier_removal_ordered"
	DossierRemovalWithdrawn Action = "dossier_removal_withdrawn"
	DossierRemovalLapsed    Action = "dossier_removal_lapsed"
	DossierRemovalPostponed Action = "dossier_removal_postponed"
	DossierRecomputed       Action = "dossier_recomputed"
	// What is done to the directory of offices; the reason is the kind of office, or of body.
	OfficeAdded      Action = "office_added"
	OfficeChanged    Action = "office_changed"
	OfficeClosed     Action = "office_closed"
	OfficeReopened   Action = "office_reopened"
	OfficeRemoved    Action = "office_removed"
	BodyAdded        Action = "body_added"
	BodyChanged      Action = "body_changed"
	BodyRemoved      Action = "body_removed"
	AgreementAdded   Action = "agreement_added"
	AgreementChanged Action = "agreement_changed"
	AgreementRemoved Action = "agreement_removed"
	OfficesImported  Action = "offices_imported"
	OfficesExported  Action = "offices_exported"
	// RestrictedFound: somebody typed the code name of a dossier that is kept from her or him, and was told that there is one. EmergencyRead:
	// why one was opened in an emergency was read, EmergencyLookedAt: by whoever has to look at it, who said so.
	RestrictedFound   Action = "restricted_found"
	EmergencyRead     Action = "emergency_read"
	EmergencyLookedAt Action = "emergency_looked_at"
	// NotesRead: somebody read notes of a circle that she or he is in; the reason is the profession.
	NotesRead Action = "notes_read"
	// What the receiving side does with a move, and what either side tells the other, whose people the journal does not name.
	ArrivalAccepted Action = "arrival_accepted"
	ArrivalDeclined Action = "arrival_declined"
	ArrivalOpened   Action = "arrival_opened"
	// DecoyMarked and DecoyUnmarked are told to those alone who may mark a dossier as a decoy.
	DecoyMarked   Action = "decoy_marked"
	DecoyUnmarked Action = "decoy_unmarked"
	// What somebody does with her or his passkeys is about no dossier; nor is what admins answer to whoever has lost hers or his.
	PasskeyAdded             Action = "passkey_added"
	PasskeyRemoved           Action = "passkey_removed"
	PasskeyUsed              Action = "passkey_used"
	PasskeyRefused           Action = "passkey_refused"
	PasskeyRecoveryAsked     Action = "passkey_recovery_asked"
	PasskeyRecoveryWithdrawn Action = "passkey_recovery_withdrawn"
	PasskeyRecoveryGranted   Action = "passkey_recovery_granted"
	PasskeyRecoveryRefused   Action = "passkey_recovery_refused"
	PasskeyRecoveryUsed      Action = "passkey_recovery_used"
	// Unreadable: something sealed could not be opened, because it was changed or comes from another place.
	Unreadable Action = "unreadable"
)

// Entry is one thing that somebody saw or did. Of the referral the dossier is known as well.
type Entry struct {
	Action   Action
	Dossier  ids.ID[Dossier]
	Referral ids.ID[Referral]
	Office   tenantdb.OfficeID
	// Classes are the classes of data that were seen; none where all of a dossier was.
	Classes []access.DataClass
	// Reason is the code of a reason or a purpose, where there is one.
	Reason string
	// Lodging is the place whose address it is about. It is kept where places are; here it says that it was not forgotten.
	Lodging uuid.UUID
	// Move is whose package it is about, which is kept where moves are.
	Move uuid.UUID
}

// Record leaves an entry, in the name of whoever asks, in the transaction of what it tells. Its error is
// tenantdb.ErrUnleft.
func Record(ctx context.Context, tx tenantdb.Tx, entry Entry) error {
	by, _ := access.From(ctx)
	row := entryRow{
		TenantID: by.Tenant, EntryID: ids.New[Entry](), PersonID: by.Person, Role: string(by.Role), OfficeID: by.Office,
		Action: entry.Action, DossierID: entry.Dossier, ReferralID: entry.Referral, DataClasses: append([]access.DataClass{}, entry.Classes...), Reason: entry.Reason,
		RequestID: requestOf(ctx),
	}
	return tx.Leave(ctx, tx.Insert().Model(&row), attendanceOf(ctx).enters(entry.Dossier.UUID(), entry.Referral.UUID(), entry.Lodging, entry.Move))
}

// Seen leaves, along with the questions of a page, the entry that whoever asks sees a dossier.
func Seen(ctx context.Context, id ids.ID[Dossier]) tenantdb.Question {
	return seen(ctx, DossierSeen, dossierSeen, id.UUID())
}

// Searched leaves the entry that whoever asks looked for somebody among the dossiers, whether anybody was found or not.
func Searched(ctx context.Context) tenantdb.Question {
	by, _ := access.From(ctx)
	return seen(ctx, DossiersSearched, dossiersSearched, by.Person.UUID())
}

// Found leaves the entry that a search showed whoever asks whose a dossier is.
func Found(ctx context.Context, id ids.ID[Dossier]) tenantdb.Question {
	return seen(ctx, DossierFound, dossierSeen, id.UUID())
}

// FoundUnreadable leaves the entry that a search could not open a dossier.
func FoundUnreadable(ctx context.Context, id ids.ID[Dossier]) tenantdb.Question {
	return seen(ctx, Unreadable, dossierSeen, id.UUID())
}

// SeenReferral leaves the entry that whoever asks sees a referral, with the classes of data that were sent along.
func SeenReferral(ctx context.Context, id ids.ID[Referral]) tenantdb.Question {
	return seen(ctx, ReferralSeen, referralSeen, id.UUID())
}

// SeenConsent leaves the entry that whoever asks sees a consent.
func SeenConsent(ctx context.Context, id uuid.UUID) tenantdb.Question {
	return seen(ctx, ConsentSeen, consentSeen, id)
}

func seen(ctx context.Context, action Action, statement tenantdb.Statement, id uuid.UUID) tenantdb.Question {
	by, _ := access.From(ctx)
	attendance := attendanceOf(ctx)
	return tenantdb.Leave(statement.With(ids.New[Entry](), by.Person, string(by.Role), by.Office, string(action), requestOf(ctx), id),
		attendance.enters(id), attendance.awaits())
}
