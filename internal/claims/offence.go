package claims

import (
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
)

// Dated is what is known of when the offence was committed.
type Dated struct {
	DossierID dossiers.ID
	// Version is 0 where nobody has written anything down.
	Version int
	Offence keys.Sealed[Offence] `bun:"offence"`
}

// Offence is when the offence was committed in Switzerland, when it became known, and whether the person lived in
// Switzerland then, which matters for what was done abroad (LAVI art. 17).
type Offence struct {
	From, Until, KnownOn *time.Time
	LivedHere            dossiers.Answer
}

// Dated says whether a day is known from which a time limit counts.
func (o Offence) Dated() bool { return o.From != nil || o.Until != nil || o.KnownOn != nil }

// Check refuses what contradicts itself, and days in Switzerland of an offence that was committed abroad alone: it opens no
// claim that a time limit would matter for.
func (o Offence) Check(where Territory, today time.Time) error {
	var problems fault.Problems
	for field, day := range map[string]*time.Time{"from": o.From, "until": o.Until, "known_on": o.KnownOn} {
		if day != nil && day.After(today) {
			problems.Add(field, "claims.day.future")
		}
	}
	if o.From != nil && o.Until != nil && o.Until.Before(*o.From) {
		problems.Add("until", "claims.until.before_from")
	}
	if o.From != nil && o.KnownOn != nil && o.KnownOn.Before(*o.From) {
		problems.Add("known_on", "claims.known_on.before_from")
	}
	if where == Abroad && o.Dated() {
		problems.Add("from", "claims.from.abroad")
	}
	return problems.Err()
}

func (o Offence) same(other Offence) bool {
	return o.LivedHere == other.LivedHere && sameDay(o.From, other.From) && sameDay(o.Until, other.Until) && sameDay(o.KnownOn, other.KnownOn)
}

// limit is the rule of LAVI art. 25 para. 1.
const limit deadlines.RuleID = "compensation_claim"

// Later is the date on which a claim would still be in time if the law counted from the last day of an offence that lasted.
// Nobody relies on it, and nobody gives up a claim before it.
func (o Offence) Later(rules *deadlines.Rules) (deadlines.Deadline, bool) {
	if o.Until == nil || o.From != nil && o.Until.Equal(*o.From) {
		return deadlines.Deadline{}, false
	}
	return rules.Deadlines([]deadlines.Fact{{Trigger: deadlines.Offence, On: *o.Until}}).Find(limit, "")
}
