package deadlines

import (
	"slices"
	"time"

	"passerelle/internal/i18n"
)

// Trigger is a kind of fact that a rule counts from, or that settles what a rule asks.
type Trigger string

// The recovery and reflection period.
const (
	ReflectionGranted   Trigger = "reflection_granted"   // the migration office's decision
	ReflectionUntil     Trigger = "reflection_until"     // its last day, as decided or extended
	ReflectionEnded     Trigger = "reflection_ended"     // somebody has recorded that it ended, and why
	CooperationDeclared Trigger = "cooperation_declared" // the person is willing to cooperate
	TiesCut             Trigger = "ties_cut"             // confirmed that all links to the suspects are cut
	CooperationRefused  Trigger = "cooperation_refused"
	ContactResumed      Trigger = "contact_resumed"   // deliberately, with the suspects
	NoVictim            Trigger = "no_victim"         // by new facts neither victim nor witness
	SecurityThreat      Trigger = "security_threat"   // to public security and order
	PresenceNotified    Trigger = "presence_notified" // police or prosecution told the migration office whether and for how long presence is needed
)

// Stays.
const (
	ShortStayIssued   Trigger = "short_stay_issued" // about the person: the first counts
	ShortStayEnded    Trigger = "short_stay_ended"  // about the person: there is no such permit any more
	StayValidUntil    Trigger = "stay_valid_until"
	RenewalRequested  Trigger = "renewal_requested"
	StayReplaced      Trigger = "stay_replaced" // by another title, or the person has left
	Entered           Trigger = "entered"       // came to Switzerland
	AsylumApplied     Trigger = "asylum_applied"
	HardshipRequested Trigger = "hardship_requested"
)

// Decisions in asylum, as notified.
const (
	AsylumAccelerated  Trigger = "asylum_accelerated"
	AsylumInadmissible Trigger = "asylum_inadmissible" // such as Dublin
	AsylumExtended     Trigger = "asylum_extended"
)

// Shelter.
const (
	ShelterEntered        Trigger = "shelter_entered"
	ShelterProlongedUntil Trigger = "shelter_prolonged_until"
	ShelterLeft           Trigger = "shelter_left"
	ImmediateHelpEnded    Trigger = "immediate_help_ended" // another payer follows
)

// The offence and what is claimed for it.
const (
	Offence             Trigger = "offence" // in Switzerland: one abroad opens no claim (LAVI 3), and is not reported
	OffenceKnown        Trigger = "offence_known"
	CompensationClaimed Trigger = "compensation_claimed"
	CivilClaimsFinal    Trigger = "civil_claims_final" // the decision on them is final
	OffenderKnown       Trigger = "offender_known"
	ComplaintFiled      Trigger = "complaint_filed"
)

// Criminal proceedings.
const (
	ClosingAnnounced     Trigger = "closing_announced" // the prosecution's notice that it closes the investigation
	PlaintiffDeclared    Trigger = "plaintiff_declared"
	RulingNotified       Trigger = "ruling_notified"
	PenalOrderNotified   Trigger = "penal_order_notified"
	JudgementOpened      Trigger = "judgement_opened"   // pronounced, or its operative part handed over
	JudgementReasoned    Trigger = "judgement_reasoned" // notified with its reasons
	LastInstanceNotified Trigger = "last_instance_notified"
	AppealAnnounced      Trigger = "appeal_announced"
	AppealDeclared       Trigger = "appeal_declared"
	RemedyFiled          Trigger = "remedy_filed" // about the decision that it contests
)

// The person.
const (
	Born            Trigger = "born"
	AgeDisputed     Trigger = "age_disputed" // nobody knows whether the birth date is right: the person counts as a child
	RiskAssessed    Trigger = "risk_assessed"
	RiskReviewSet   Trigger = "risk_review_set" // the day on which the last assessment asks for the next
	ReturnAssessed  Trigger = "return_assessed" // what would threaten the person after a return
	ReturnDeparted  Trigger = "return_departed"
	ReturnConcluded Trigger = "return_concluded" // nothing more is paid or asked
)

// The path of an accompaniment. No rule counts from these; the dossier's phase follows from them.
const (
	IdentificationBegun Trigger = "identification_begun" // an interview or an assessment to identify the person
	FindingMade         Trigger = "finding_made"         // a body has found on whether the person is a victim
	ProceedingsOpened   Trigger = "proceedings_opened"
	ProceedingsClosed   Trigger = "proceedings_closed"
	IntegrationBegun    Trigger = "integration_begun" // work, training, or a course
	OwnFlatEntered      Trigger = "own_flat_entered"
	OwnFlatLeft         Trigger = "own_flat_left"
	ReturnDecided       Trigger = "return_decided"
	ReturnAbandoned     Trigger = "return_abandoned"
	DossierClosed       Trigger = "dossier_closed"
	AftercareBegun      Trigger = "aftercare_begun"
)

// Data protection.
const (
	BreachReported      Trigger = "breach_reported"
	ProcessingEnded     Trigger = "processing_ended"
	Logged              Trigger = "logged"
	AccessRequested     Trigger = "access_requested"
	AccessExtended      Trigger = "access_extended" // the person was told that the answer takes longer
	AccessExtendedUntil Trigger = "access_extended_until"
	AccessAnswered      Trigger = "access_answered"
)

// Waived settles one rule's date for one thing: a person has decided to do without, or the question has fallen away.
const Waived Trigger = "waived"

// triggers are all that rules may name. A new one needs its words in the catalogues and a capability that reports it.
var triggers = []Trigger{
	ReflectionGranted, ReflectionUntil, ReflectionEnded, CooperationDeclared, TiesCut, CooperationRefused,
	ContactResumed, NoVictim, SecurityThreat, PresenceNotified,
	ShortStayIssued, ShortStayEnded, StayValidUntil, RenewalRequested, StayReplaced, Entered, AsylumApplied, HardshipRequested,
	AsylumAccelerated, AsylumInadmissible, AsylumExtended,
	ShelterEntered, ShelterProlongedUntil, ShelterLeft, ImmediateHelpEnded,
	Offence, OffenceKnown, CompensationClaimed, CivilClaimsFinal, OffenderKnown, ComplaintFiled,
	ClosingAnnounced, PlaintiffDeclared, RulingNotified, PenalOrderNotified, JudgementOpened, JudgementReasoned,
	LastInstanceNotified, AppealAnnounced, AppealDeclared, RemedyFiled,
	Born, AgeDisputed, RiskAssessed, RiskReviewSet, ReturnAssessed, ReturnDeparted, ReturnConcluded,
	IdentificationBegun, FindingMade, ProceedingsOpened, ProceedingsClosed, IntegrationBegun, OwnFlatEntered, OwnFlatLeft,
	ReturnDecided, ReturnAbandoned, DossierClosed, AftercareBegun,
	BreachReported, ProcessingEnded, Logged, AccessRequested, AccessExtended, AccessExtendedUntil, AccessAnswered,
}

// Triggers are all kinds of facts, for whoever reports them or lets somebody choose.
func Triggers() []Trigger { return append(slices.Clone(triggers), Waived) }

// last are the triggers of which the latest day counts when several are known: an end that was moved by an extension,
// and what is done again and again. Of all others the earliest counts: a second notification, or a second permit, does not
// begin a time anew, and the earlier date is the one that nobody regrets.
var last = map[Trigger]bool{ReflectionUntil: true, StayValidUntil: true, ShelterProlongedUntil: true, AccessExtendedUntil: true, RiskAssessed: true, RiskReviewSet: true, ReturnAssessed: true}

// ends are the triggers of which the day is an end that somebody has decided, and not the day of the decision.
var ends = map[Trigger]bool{ReflectionUntil: true, StayValidUntil: true, ShelterProlongedUntil: true, AccessExtendedUntil: true}

// Fact is something that happened, or will on a day that is known. The dossier's capabilities report theirs.
type Fact struct {
	Trigger Trigger
	// On is the day; of an instant, the day that it is in Zurich.
	On time.Time
	// Of says which thing the fact is about, where a dossier can have several: a stay, a decision. Facts with the same Of
	// belong together; without, a fact is about the person and settles what is asked of any of them.
	Of string
	// Rule is what a Waived fact does without; it has no meaning for the others.
	Rule RuleID
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
