package erasures

import (
	"slices"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/retention"
	"passerelle/internal/tenantdb"
)

// Line is a closed dossier on its way out: since when it need not be kept, what holds that up, whether it is postponed or ordered. It
// holds codes and days, and nothing that is sealed.
type Line struct {
	DossierID dossiers.ID
	CodeName  dossiers.CodeName
	// ResponsibleID and Responsible are whoever looks after it.
	ResponsibleID tenantdb.PersonID
	Responsible   string
	Reason        retention.Reason
	ClosedAt      time.Time
	// Until is when the retention is over by the rule, Outcome what the rule says then. Since is the later of that day and the one until
	// which it was postponed.
	Until, Since time.Time
	Outcome      retention.Outcome
	// Identified says that somebody has found the person to be a victim: contacts that never were go first.
	Identified bool
	Facts
	Postponement
	PostponedBy string
	PostponedAt *time.Time
	Removal
}

// Facts are what may hold up a removal, as far as it lies in clear.
type Facts struct {
	// Proceedings is how many criminal proceedings have no end, Claims how many claims are undecided or paid for still.
	Proceedings, Claims int
	// OpenUntil is the last date that is open and not over: a claim for compensation, a majority, a permit. ChildUntil is until when
	// somebody may be young enough to claim who was found to be a child and whose birth date nobody is sure of.
	OpenUntil, ChildUntil *time.Time
	// Tasks is how many are to be done still; Housed says that a place of the house's is taken.
	Tasks  int
	Housed bool
	// Circles is how many professions keep notes still: those who do take first what they have to keep.
	Circles int
}

// Hold is why a dossier is not removed: a message key, and the day until which it holds, if one is known.
type Hold struct {
	Key string
	Day *time.Time
}

// Holds says what holds up the removal of a dossier: what the person may still need it for. "retention.hold." begins each key.
func (f Facts) Holds() (holds []Hold) {
	if f.Proceedings > 0 {
		holds = append(holds, Hold{Key: "retention.hold.proceedings"})
	}
	if f.Claims > 0 {
		holds = append(holds, Hold{Key: "retention.hold.claim"})
	}
	if f.ChildUntil != nil {
		holds = append(holds, Hold{"retention.hold.child", f.ChildUntil})
	}
	if f.OpenUntil != nil {
		holds = append(holds, Hold{"retention.hold.deadline", f.OpenUntil})
	}
	if f.Housed {
		holds = append(holds, Hold{Key: "retention.hold.housing"})
	}
	if f.Circles > 0 {
		holds = append(holds, Hold{Key: "retention.hold.confidence"})
	}
	if f.Tasks > 0 {
		holds = append(holds, Hold{Key: "retention.hold.task"})
	}
	return holds
}

// Held says that something holds it up.
func (f Facts) Held() bool { return len(f.Holds()) > 0 }

// youngest is how many years after somebody was found to be a child a claim may still be made, where the birth date is not certain: a victim
// can claim until turning 25 (LAVI art. 25 para. 2), and nobody can be sure that she was not just born.
const youngest = 25

// Removal is an order to remove a dossier; the zero one is none.
type Removal struct {
	As        retention.Outcome
	DueOn     *time.Time
	OrderedBy string
	OrderedAt *time.Time
}

// Ordered says that there is one.
func (r Removal) Ordered() bool { return r.DueOn != nil }

// due says that the day of a dossier has come, by its rule and by whoever postponed it.
func (l Line) due(today time.Time) bool { return l.Outcome != retention.Keep && !l.Since.After(today) }

// mayGo refuses to remove a dossier of which the day has not come, that something holds up, or otherwise than the rule says.
func (l Line) mayGo(as retention.Outcome, today time.Time) error {
	switch {
	case !l.due(today):
		return fault.Invalid("dossiers", "retention.removal.not_due", "CodeName", string(l.CodeName))
	case l.Held():
		return fault.Invalid("dossiers", "retention.removal.held", "CodeName", string(l.CodeName))
	case !(retention.Rule{Outcome: l.Outcome}).Lets(as):
		return fault.Invalid("as", "retention.removal.otherwise", "CodeName", string(l.CodeName))
	}
	return nil
}

// MayPostpone says whether somebody may keep a dossier on: whoever may have it removed, and whoever is responsible for it.
func (l Line) MayPostpone(by access.Principal) bool {
	return access.May(by.Role, access.DossierErase) || access.May(by.Role, access.RetentionPostpone) && l.ResponsibleID == by.Person
}

// Ground is why a dossier is kept on; "retention.ground." + Ground is its message key.
type Ground string

// Grounds lists them in the order of forms.
var Grounds = []Ground{"proceedings_possible", "claim_possible", "person_in_touch", "person_asked", "archive", "audit"}

// LongestPostponement is for how many months a dossier can be kept on at a time; after that somebody has to decide again.
const LongestPostponement = 24

// Postponement is until when a dossier is kept on, and why; the zero one is none.
type Postponement struct {
	PostponedUntil *time.Time
	Ground         Ground
}

// Check says what has to be corrected.
func (p Postponement) Check(today time.Time) error {
	var problems fault.Problems
	switch {
	case p.PostponedUntil == nil:
		problems.Add("until", "retention.until.missing")
	case !p.PostponedUntil.After(today):
		problems.Add("until", "retention.until.past")
	case p.PostponedUntil.After(today.AddDate(0, LongestPostponement, 0)):
		problems.Add("until", "retention.until.too_late", "Months", LongestPostponement)
	}
	if !slices.Contains(Grounds, p.Ground) {
		problems.Add("ground", "retention.ground.missing")
	}
	return problems.Err()
}

// Seen tells one postponement from another, for the lost-update check.
func (p Postponement) Seen() string {
	if p.PostponedUntil == nil {
		return "none"
	}
	return p.PostponedUntil.Format(time.DateOnly) + " " + string(p.Ground)
}

// place is where a line stands in the list of those that are due.
type place struct {
	identified bool
	since      time.Time
	id         dossiers.ID
}

func (l Line) place() place { return place{l.Identified, l.Since, l.DossierID} }

// String is the place as an address has it.
func (p place) String() string {
	first := "0"
	if p.identified {
		first = "1"
	}
	return strings.Join([]string{first, p.since.Format(time.DateOnly), p.id.String()}, "_")
}

// parsePlace reads it; none is the beginning.
func parsePlace(text string) (*place, error) {
	if text == "" {
		return nil, nil
	}
	parts := strings.Split(text, "_")
	if len(parts) != 3 || parts[0] != "0" && parts[0] != "1" {
		return nil, fault.NotFound()
	}
	since, err := time.Parse(time.DateOnly, parts[1])
	if err != nil {
		return nil, fault.NotFound()
	}
	id, err := ids.Parse[dossiers.Dossier](parts[2])
	if err != nil {
		return nil, fault.NotFound()
	}
	return &place{parts[0] == "1", since, id}, nil
}
