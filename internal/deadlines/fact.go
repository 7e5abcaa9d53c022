package deadlines

import (
	"time"

	"passerelle/internal/i18n"
)

// Trigger is a kind of fact that a rule counts from, or that settles what a rule asks.
type Trigger string

// last are the triggers of which the latest day counts when several are known: an end that was moved by an extension,
// and what is done again and again. Of all others the earliest counts: a second notification, or a second permit, does not
// begin a time anew, and the earlier date is the one that nobody regrets.
var last = map[Trigger]bool{
	"reflection_until":        true,
	"stay_valid_until":        true,
	"shelter_prolonged_until": true,
	"risk_assessed":           true,
}

// triggers are all that rules may name. A new one needs its words in the catalogues and somebody who reports it.
var triggers = []Trigger{
	// The recovery and reflection period.
	"reflection_granted",   // the migration office's decision
	"reflection_until",     // the last day, as decided or extended
	"reflection_ended",     // a person has recorded that it ended, and why
	"cooperation_declared", // willing to cooperate
	"ties_cut",             // confirmed that all links to the suspects are cut
	"cooperation_refused",
	"contact_resumed", // deliberately, with the suspects
	"no_victim",       // new facts: neither victim nor witness
	"security_threat",
	"presence_notified", // police or prosecution told the migration office whether and for how long presence is needed

	// Stays.
	"short_stay_issued",
	"stay_valid_until",
	"renewal_requested",
	"stay_replaced", // by another title, or the person has left
	"entered",       // came to Switzerland
	"asylum_applied",
	"hardship_requested",

	// Decisions in asylum, as notified.
	"asylum_accelerated",
	"asylum_inadmissible",
	"asylum_extended",

	// Shelter.
	"shelter_entered",
	"shelter_prolonged_until",
	"shelter_left",

	// The offence and what is claimed for it. Only one committed in Switzerland is reported as offence: one abroad gives
	// no right to compensation or moral reparation (LAVI 3).
	"offence",
	"offence_known",
	"compensation_claimed",
	"civil_claims_final",
	"offender_known",
	"complaint_filed",

	// Criminal proceedings.
	"closing_announced", // the prosecution's notice that it closes the investigation
	"plaintiff_declared",
	"ruling_notified",
	"penal_order_notified",
	"judgement_opened", // pronounced, or its operative part handed over
	"judgement_reasoned",
	"last_instance_notified",
	"appeal_announced",
	"appeal_declared",
	"remedy_filed",

	// The person.
	"born",
	"risk_assessed",
	"return_departed",

	// Data protection.
	"breach_reported",
	"processing_ended",
	"logged",
	"access_requested",
	"access_answered",
}

// Fact is something that happened, or will on a day that is known. The dossier's capabilities report theirs.
type Fact struct {
	Trigger Trigger
	// On is the day; of an instant, the day that it is in Zurich.
	On time.Time
	// Of says which thing the fact is about, where a dossier can have several: a stay, a decision. Facts with the same Of
	// belong together; without, a fact is about the person and settles what is asked of any of them.
	Of string
}

// dayOf is the civil day of an instant in Zurich, at midnight UTC as a date column gives it.
func dayOf(t time.Time) time.Time {
	year, month, day := t.In(i18n.Zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// pick is the fact of a trigger that counts for one thing.
func pick(facts []Fact, trigger Trigger, of string) (found Fact, ok bool) {
	for _, fact := range facts {
		if fact.Trigger != trigger || fact.Of != of {
			continue
		}
		if !ok || last[trigger] == fact.On.After(found.On) && !fact.On.Equal(found.On) {
			found, ok = fact, true
		}
	}
	return found, ok
}
