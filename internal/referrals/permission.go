package referrals

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/offices"
)

// Permission says whether a class of data may go along, and if not, why.
type Permission string

// The permissions.
const (
	Permitted       Permission = "permitted"
	AboveCeiling    Permission = "above_ceiling"
	NotConsented    Permission = "no_consent"
	ConsentWasEnded Permission = "consent_ended"
	ConsentNotBegun Permission = "consent_not_begun"
)

// PermissionFor says what stands between a class of data and an office that is asked for a service. The ceiling comes
// first: consent cannot lift it.
func PermissionFor(class access.DataClass, office offices.Office, service access.OfficeKind, given []consents.Consent, at time.Time) Permission {
	if !access.Disclosable(office.Kind, class) {
		return AboveCeiling
	}
	_, permission := restingOn(office.OfficeID, service, []access.DataClass{class}, given, at)
	return permission
}

// restingOn finds the consent that covers all of the classes, or says why there is none. A referral rests on one
// consent and ends with it, so that several cannot be added up.
func restingOn(office offices.ID, service access.OfficeKind, classes []access.DataClass, given []consents.Consent, at time.Time) (consents.Consent, Permission) {
	best, why := consents.Consent{}, NotConsented
	for _, consent := range given {
		if !consent.Covers(office, service, classes) {
			continue
		}
		switch consent.Standing(at) {
		case consents.Valid:
			if why != Permitted || consent.ValidUntil.After(best.ValidUntil) {
				best, why = consent, Permitted
			}
		case consents.NotYet:
			if why != Permitted {
				why = ConsentNotBegun
			}
		default:
			if why == NotConsented {
				why = ConsentWasEnded
			}
		}
	}
	return best, why
}
