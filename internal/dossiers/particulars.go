package dossiers

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// Particulars are what the form of a dossier asks for: everything but the situation's texts.
type Particulars struct {
	CodeName CodeName
	// Phase is where an accompaniment stands that began before its dossier is opened; empty is at its beginning. What
	// becomes of it later is no matter of the form: it follows from facts, or is set with a reason (SetPhase).
	Phase          Phase
	ResponsibleID  tenantdb.PersonID
	ReachedThrough ReachedThrough
	Beneficiary    Beneficiary
}

// Particulars are those that the file has at present, as its form shows them.
func (f File) Particulars() Particulars {
	return Particulars{f.CodeName, f.Phase, f.ResponsibleID, f.ReachedThrough, f.Beneficiary.complete()}
}

var (
	plausiblePhone = regexp.MustCompile(`^\+?[0-9 ()./-]{3,40}$`)
	plausibleEmail = regexp.MustCompile(`^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$`)
)

// Check says what cannot be so, on the day of today. That something is missing is never a problem, but for the code
// name and somebody who is responsible.
func (p Particulars) Check(today time.Time) fault.Problems {
	var problems fault.Problems
	b := p.Beneficiary
	if p.CodeName == "" {
		problems.Add("code_name", "dossiers.code_name.missing")
	}
	if p.CodeName.tells(b.FamilyName) || p.CodeName.tells(b.GivenNames) {
		problems.Add("code_name", "dossiers.code_name.tells_the_name")
	}
	if p.Phase != "" && !slices.Contains(SettablePhases, p.Phase) {
		problems.Add("phase", "dossiers.phase.not_settable")
	}
	if p.ResponsibleID.Zero() {
		problems.Add("responsible", "dossiers.responsible.missing")
	}
	if b.BirthDate != nil && b.BirthDate.After(today) {
		problems.Add("birth_date", "dossiers.birth_date.in_the_future")
	}
	if b.BirthDate != nil && yearsBetween(*b.BirthDate, today) > oldest {
		problems.Add("birth_date", "dossiers.birth_date.too_long_ago")
	}
	if b.BirthDate != nil && b.EstimatedAge != nil {
		problems.Add("estimated_age", "dossiers.estimated_age.beside_birth_date")
	}
	if b.Phone != "" && !plausiblePhone.MatchString(b.Phone) {
		problems.Add("phone", "dossiers.phone.unreadable")
	}
	if b.Email != "" && !plausibleEmail.MatchString(b.Email) {
		problems.Add("email", "dossiers.email.unreadable")
	}
	if b.ContactFrom != "" && b.ContactUntil != "" && b.ContactFrom >= b.ContactUntil {
		problems.Add("contact_until", "dossiers.contact_until.before_from")
	}
	if slices.Contains(b.ExploitationPlaces, "unknown") && len(b.ExploitationPlaces)+len(b.ExploitationCantons) > 1 {
		problems.Add("exploitation_places", "dossiers.exploitation_places.known_and_unknown")
	}
	return problems
}

// oldest is an age that nobody has reached yet.
const oldest = 120

// tells says whether the code name gives away one of the names, in part or whole.
func (n CodeName) tells(names string) bool {
	for _, name := range strings.FieldsFunc(strings.ToLower(names), func(r rune) bool { return r == ' ' || r == '-' || r == '\'' || r == '’' }) {
		if name = Unaccented(name); len(name) >= 3 && (strings.Contains(n.Key(), name) || strings.HasPrefix(name, n.Key())) {
			return true
		}
	}
	return false
}

// mayBecomeResponsible holds that a dossier is given only to somebody who can work on it; whom it belonged to before
// may have left or changed role meanwhile, and keeps it until somebody takes it over.
func mayBecomeResponsible(staff []members.Member, chosen, before tenantdb.PersonID) error {
	for _, member := range staff {
		if member.MemberID == chosen && (chosen == before || member.Accompanies()) {
			return nil
		}
	}
	return fault.Invalid("responsible", "dossiers.responsible.unknown")
}

// estimatedOn dates an estimate of the age: one that did not change keeps its day.
func (b Beneficiary) estimatedOn(today time.Time, before Beneficiary) Beneficiary {
	switch {
	case b.EstimatedAge == nil:
		b.AgeEstimatedOn = nil
	case before.EstimatedAge != nil && *before.EstimatedAge == *b.EstimatedAge:
		b.AgeEstimatedOn = before.AgeEstimatedOn
	default:
		b.AgeEstimatedOn = &today
	}
	return b
}

// ParseMember reads the identifier of a member from a form.
func ParseMember(typed string) (tenantdb.PersonID, error) { return ids.Parse[tenantdb.Person](typed) }
