package timeline

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// Group is kinds that one looks for together; "timeline.group." + Group is its message key.
type Group string

// Groups lists them in the order of forms; one without a kind is not offered.
var Groups = []Group{"everyday", "particulars", "protection", "rights", "life", "path", "referrals"}

// Offered are the groups that there is something in.
func Offered() []Group {
	return slices.DeleteFunc(slices.Clone(Groups), func(g Group) bool { return len(g.kinds()) == 0 })
}

// groups says which group a kind belongs to, one kind a line.
var groups = map[Kind]Group{
	DossierOpened:        "path",
	PhaseSet:             "path",
	PhaseReleased:        "path",
	PhaseTurned:          "path",
	FindingRecorded:      "path",
	FindingCorrected:     "path",
	FindingWithdrawn:     "path",
	DeadlineWaived:       "path",
	WaiverTakenBack:      "path",
	DossierClosed:        "path",
	DossierReopened:      "path",
	AftercareBegun:       "path",
	DossierTakenOver:     "path",
	DossierHandedOver:    "path",
	MoveProposed:         "path",
	MoveWithdrawn:        "path",
	MoveSent:             "path",
	MoveReceived:         "path",
	ProjectWritten:       "life",
	StepPlanned:          "life",
	StepChanged:          "life",
	ReturnConsidered:     "life",
	ReturnPrepared:       "life",
	ReturnDecided:        "life",
	ReturnAbandoned:      "life",
	ReturnDeparted:       "life",
	ReturnConcluded:      "life",
	ReturnFollowed:       "life",
	OffenceDated:         "rights",
	ClaimRecorded:        "rights",
	ClaimChanged:         "rights",
	PayerRecorded:        "rights",
	PayerChanged:         "rights",
	PayerRemoved:         "rights",
	AgeRecorded:          "protection",
	GuardianNamed:        "protection",
	GuardianChanged:      "protection",
	ProtectionReported:   "protection",
	ProtectionChanged:    "protection",
	RiskAssessed:         "protection",
	SafetyPlanned:        "protection",
	Identified:           "protection",
	SecondRead:           "protection",
	DossierRestricted:    "protection",
	RestrictionChanged:   "protection",
	RestrictionLifted:    "protection",
	OpenedInEmergency:    "protection",
	ReflectionRecorded:   "rights",
	ReflectionChanged:    "rights",
	ReflectionExtended:   "rights",
	ReflectionEnded:      "rights",
	StayRecorded:         "rights",
	StayChanged:          "rights",
	PresenceChanged:      "rights",
	ProceedingRecorded:   "rights",
	ProceedingChanged:    "rights",
	CircleOpened:         "protection",
	CircleJoined:         "protection",
	CircleLeft:           "protection",
	CircleClosed:         "protection",
	CircleHandedOn:       "protection",
	NoteWritten:          "protection",
	NoteCorrected:        "protection",
	NoteStruck:           "protection",
	InquiryRecorded:      "rights",
	InquiryChanged:       "rights",
	InquiryExtended:      "rights",
	InquiryAnswered:      "rights",
	InquiryExtracted:     "rights",
	TaskAdded:            "everyday",
	TaskChanged:          "everyday",
	TaskDone:             "everyday",
	TaskDropped:          "everyday",
	TaskReopened:         "everyday",
	InterviewRecorded:    "everyday",
	InterviewCorrected:   "everyday",
	HousingBegun:         "life",
	HousingChanged:       "life",
	HousingEvaluated:     "life",
	HousingProlonged:     "life",
	HousingEnded:         "life",
	BedHeld:              "life",
	BedReleased:          "life",
	AppointmentMade:      "everyday",
	AppointmentChanged:   "everyday",
	AppointmentConcluded: "everyday",
	ExclusionRecorded:    "everyday",
	ExclusionLifted:      "everyday",
	InterpreterBooked:    "everyday",
	BookingAnswered:      "everyday",
	LetterWritten:        "everyday",
	DocumentAdded:        "everyday",
	DocumentChanged:      "everyday",
	DocumentDestroyed:    "everyday",
	DossierChanged:       "particulars",
	SituationChanged:     "particulars",
	ConsentGiven:         "referrals",
	ConsentWithdrawn:     "referrals",
	ReferralSent:         "referrals",
	ReferralRevoked:      "referrals",
	ReferralTaken:        "referrals",
	ReferralAccepted:     "referrals",
	ReferralDeclined:     "referrals",
	ReferralAsked:        "referrals",
	ReferralMessage:      "referrals",
	ReferralClosed:       "referrals",
}

// kinds are those of a group, in order.
func (g Group) kinds() (found []Kind) {
	for kind, group := range groups {
		if group == g {
			found = append(found, kind)
		}
	}
	slices.Sort(found)
	return found
}

// PageSize is how many events a page of a timeline shows.
const PageSize = 50

// Filter narrows a timeline. It stands in the address of the page.
type Filter struct {
	Group Group
	Actor tenantdb.PersonID
	// Before says after which event the page begins.
	Before Cursor
}

// Narrows says whether the filter leaves events out.
func (f Filter) Narrows() bool { return f.Group != "" || !f.Actor.Zero() }

// Cursor is a place in a timeline, just after one of its events.
type Cursor struct {
	at time.Time
	id ids.ID[Event]
}

// None says that the timeline is read from its newest event.
func (c Cursor) None() bool { return c == Cursor{} }

// String is the cursor as the address of a page holds it.
func (c Cursor) String() string {
	if c.None() {
		return ""
	}
	return strconv.FormatInt(c.at.UnixMicro(), 10) + "." + c.id.String()
}

// latest is later than any event: 1 January 2200.
const latest = 7_258_118_400_000_000

// ParseCursor reads what String wrote; anything else is no cursor.
func ParseCursor(text string) Cursor {
	micros, id, _ := strings.Cut(text, ".")
	at, err := strconv.ParseInt(micros, 10, 64)
	parsed, idErr := ids.Parse[Event](id)
	if err != nil || idErr != nil || at < 0 || at > latest {
		return Cursor{}
	}
	return Cursor{time.UnixMicro(at).UTC(), parsed}
}

// Page is a part of a timeline, newest first.
type Page struct {
	Filter  Filter
	Entries []Entry
	// Actors are those who have done something in the dossier.
	Actors []Actor
	// Next is where older events begin; None where there are none.
	Next Cursor
}

// Actor is somebody who has done something in a dossier.
type Actor struct {
	ActorID   tenantdb.PersonID
	ActorName string
}

// Cut finds the way on.
func (p *Page) Cut() {
	if len(p.Entries) > PageSize {
		p.Entries = p.Entries[:PageSize]
		last := p.Entries[PageSize-1]
		p.Next = Cursor{last.At, last.EventID}
	}
}
