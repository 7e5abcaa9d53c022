package referrals

import (
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/offices"
)

// MaxRequest is how many characters a request may have.
const MaxRequest = forms.Narrative

// Contents are what the sender of a draft decides.
type Contents struct {
	Service     access.OfficeKind
	Urgency     Urgency
	AnswerBy    *time.Time
	Request     string
	DataClasses []access.DataClass
}

// Contents gives what the draft says so far.
func (r *Referral) Contents() Contents {
	return Contents{r.Service, r.Urgency, r.AnswerBy, r.Request, r.DataClasses}
}

// Equal says that two people wrote the same.
func (c Contents) Equal(other Contents) bool {
	sameDay := c.AnswerBy == other.AnswerBy || c.AnswerBy != nil && other.AnswerBy != nil && c.AnswerBy.Equal(*other.AnswerBy)
	return sameDay && c.Service == other.Service && c.Urgency == other.Urgency && c.Request == other.Request &&
		slices.Equal(consents.InOrder(c.DataClasses), consents.InOrder(other.DataClasses))
}

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

// Write changes a draft. A class of data that may not go along is refused here already, so that nobody composes a
// referral that can never be sent; that the consent is still valid is asked again when it is.
func (r *Referral) Write(c Contents, office offices.Office, given []consents.Consent, at time.Time) error {
	if !r.Draft() {
		return fault.Refused("referrals.draft.sent_already")
	}
	var problems fault.Problems
	if c.Service == "" {
		problems.Add("service", "referrals.service.missing")
	}
	if c.Urgency == "" {
		problems.Add("urgency", "referrals.urgency.missing")
	}
	c.checkAnswerBy(&problems, at)
	for _, class := range c.DataClasses {
		if p := PermissionFor(class, office, c.Service, given, at); p != Permitted {
			problems.Add("data_classes", "referrals.sending."+string(p))
			break
		}
	}
	if err := problems.Err(); err != nil {
		return err
	}
	r.Service, r.Urgency, r.AnswerBy, r.Request, r.DataClasses = c.Service, c.Urgency, c.AnswerBy, c.Request, consents.InOrder(c.DataClasses)
	r.UpdatedAt = at
	r.Version++
	return nil
}

func (c Contents) checkAnswerBy(problems *fault.Problems, at time.Time) {
	today := forms.Today(at)
	switch {
	case c.AnswerBy == nil:
	case c.AnswerBy.Before(today):
		problems.Add("answer_by", "referrals.answer_by.past")
	case c.AnswerBy.After(today.AddDate(1, 0, 0)):
		problems.Add("answer_by", "referrals.answer_by.far_away")
	}
}

// Permitted leaves out of the contents every class that may not go along.
func (c Contents) Permitted(office offices.Office, given []consents.Consent, at time.Time) Contents {
	c.DataClasses = slices.DeleteFunc(slices.Clone(c.DataClasses), func(class access.DataClass) bool {
		return PermissionFor(class, office, c.Service, given, at) != Permitted
	})
	return c
}
