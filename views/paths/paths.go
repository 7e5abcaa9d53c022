// Package paths knows at which address each page about a dossier's consents and referrals lies. It is below the views,
// since these link to one another. Addresses hold identifiers alone.
package paths

import (
	"net/url"

	"passerelle/internal/access"
	"passerelle/internal/alerts"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/mandates"
	"passerelle/internal/offices"
	"passerelle/internal/referrals"
	"passerelle/internal/reminders"
	"passerelle/internal/tenantdb"
)

// Dossier is a dossier's own page.
func Dossier(id dossiers.ID) string { return "/dossiers/" + id.String() }

// Journal tells who opened a dossier.
func Journal(id dossiers.ID) string { return Dossier(id) + "/journal" }

// JournalSheet is the sheet for the beneficiary.
func JournalSheet(id dossiers.ID) string { return Journal(id) + "/sheet" }

// NewErasure asks once more before a dossier is erased, and is where that is posted.
func NewErasure(id dossiers.ID) string { return Dossier(id) + "/erasure" }

// Leaving is for whom everything is encrypted that leaves, and whether it is to be deleted; below it lie the acts.
const (
	Leaving                 = "/departure"
	HandoverKey             = Leaving + "/key"
	HandoverKeyConfirmation = HandoverKey + "/confirmation"
)

// Retention is how long closed dossiers are kept, and EditRetention where that is decided.
const (
	Retention     = "/retention"
	EditRetention = Retention + "/edit"
	// Removals is where the removal of several is ordered.
	Removals = Retention + "/removals"
)

// RetentionAfter is a later page of those that need not be kept any longer.
func RetentionAfter(place string) string { return Retention + "?after=" + place }

// DossierRetention is what becomes of one closed dossier.
func DossierRetention(id dossiers.ID) string { return Dossier(id) + "/retention" }

// Postponement is where it is kept on.
func Postponement(id dossiers.ID) string { return Dossier(id) + "/postponement" }

// RemovalWithdrawal is where its removal is taken back.
func RemovalWithdrawal(id dossiers.ID) string { return Dossier(id) + "/removal/withdrawal" }

// Erasures lists the certificates of erased dossiers.
const Erasures = "/erasures"

// Erasure is the certificate of one.
func Erasure(id dossiers.ID) string { return Erasures + "/" + id.String() }

// Consents is where a consent is recorded.
func Consents(dossier dossiers.ID) string { return Dossier(dossier) + "/consents" }

// NewConsent is the form for recording one; with an office, it is chosen, and with back, that is where it leads.
func NewConsent(dossier dossiers.ID, office offices.ID, back string) string {
	query := url.Values{}
	if !office.Zero() {
		query.Set("office", office.String())
	}
	if back != "" {
		query.Set("return", back)
	}
	if len(query) == 0 {
		return Consents(dossier) + "/new"
	}
	return Consents(dossier) + "/new?" + query.Encode()
}

// Withdrawal asks once more before a consent is withdrawn, and is where that is posted.
func Withdrawal(id consents.ID) string { return "/consents/" + id.String() + "/withdrawal" }

// NewReferral chooses the office of a new referral; Referrals is where that is posted.
func NewReferral(dossier dossiers.ID) string { return Referrals(dossier) + "/new" }

// NewReferralOf is NewReferral among the offices of one kind.
func NewReferralOf(dossier dossiers.ID, kind access.OfficeKind) string {
	if kind == "" {
		return NewReferral(dossier)
	}
	return NewReferral(dossier) + "?kind=" + url.QueryEscape(string(kind))
}

// Referrals is where a draft is begun.
func Referrals(dossier dossiers.ID) string { return Dossier(dossier) + "/referrals" }

// Referral is a referral's own page, and where its draft is saved.
func Referral(id referrals.ID) string { return "/referrals/" + id.String() }

// EditReferral is the draft.
func EditReferral(id referrals.ID) string { return Referral(id) + "/edit" }

// Preview is what the office will see.
func Preview(id referrals.ID) string { return Referral(id) + "/preview" }

// Sending is where the preview is sent from.
func Sending(id referrals.ID) string { return Referral(id) + "/sending" }

// DestroyReferral is where a draft is thrown away.
func DestroyReferral(id referrals.ID) string { return Referral(id) + "/destroy" }

// Revocation asks once more before a referral is revoked, and is where that is posted.
func Revocation(id referrals.ID) string { return Referral(id) + "/revocation" }

// Messages is where the NGO writes to the office.
func Messages(id referrals.ID) string { return Referral(id) + "/messages" }

// Acknowledgement is where news is acknowledged.
func Acknowledgement(id referrals.ID) string { return Referral(id) + "/acknowledgement" }

// ReferralLive is the stream of a referral's changes.
func ReferralLive(id referrals.ID) string { return Referral(id) + "/live" }

// Alerts lists what the coordinator has to look into; AlertsLive is its stream, AlertsCount how many wait.
const (
	Alerts      = "/alerts"
	AlertsLive  = Alerts + "/live"
	AlertsCount = Alerts + "/count"
)

// AlertAcknowledgement is where an alert is put away.
func AlertAcknowledgement(id alerts.ID) string {
	return Alerts + "/" + id.String() + "/acknowledgement"
}

// Lifting is where the pause that came with an alert is lifted.
func Lifting(id alerts.ID) string { return Alerts + "/" + id.String() + "/lifting" }

// Decoy is where a dossier is marked as a decoy.
func Decoy(id dossiers.ID) string { return Dossier(id) + "/decoy" }

// Undecoy is where a decoy becomes a dossier like any other again.
func Undecoy(id dossiers.ID) string { return Decoy(id) + "/destroy" }

// Work is what waits for the person, and WorkLive its stream of changes.
const (
	Work     = "/work"
	WorkLive = "/work/live"
)

// Team is what the coordinator sees of everybody's work.
const Team = "/team"

// ReminderAcknowledgement is where somebody says that a reminder is seen.
func ReminderAcknowledgement(id reminders.ID) string {
	return "/reminders/" + id.String() + "/acknowledgement"
}

// DossiersOf lists the dossiers that somebody is responsible for.
func DossiersOf(member tenantdb.PersonID) string {
	return "/dossiers?" + url.Values{"responsible": {member.String()}}.Encode()
}

// Mandates is what somebody was let do for the tenant, or asks to be.
const Mandates = "/mandates"

// Mandate is one of them, below which it is answered.
func Mandate(id mandates.ID) string { return Mandates + "/" + id.String() }
