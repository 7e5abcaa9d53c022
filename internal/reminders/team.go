package reminders

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
)

// Team is what the coordinator sees of everybody's work: how much each carries, and what nobody seems to look at.
type Team struct {
	Loads []Load
	// Quiet are dossiers whose person nobody has been in contact with for long, the longest first.
	Quiet []Quiet
	// Leaving are stays in a shelter that end soon, Expiring permits, soonest first; what is overdue is among them.
	Leaving, Expiring []Due
	// Agreements are those with offices of which the end presses, soonest first.
	Agreements []offices.Ending
	// Undated are dossiers of which no date is known, so that nobody is reminded of anything, newest first.
	Undated []Undated
	// More says that one of the lists is longer than what is shown.
	More bool
	// Mails says whether this installation sends e-mails.
	Mails bool
	Day   time.Time
	// Age says how many dossiers rest on older rules than those that apply.
	Age agenda.Age
	// Rules name what is due.
	Rules *deadlines.Rules
}

// Load is what one person carries.
type Load struct {
	MemberID tenantdb.PersonID
	Name     string
	Role     access.Role
	Dossiers int
	// Overdue and Week count open dates that press: past, and within seven days.
	Overdue, Week int
	// Gone says that the person does not work here any more: somebody else has to take over.
	Gone bool
}

// Quiet is a dossier without contact for long. LastAt is when there was one last; nil is never.
type Quiet struct {
	dossiers.Mention
	Responsible string
	LastAt      *time.Time
}

// Undated is a dossier of which no date is known.
type Undated struct {
	dossiers.Mention
	Responsible string
	OpenedAt    time.Time
}

const (
	// ahead is how many days before their end stays and permits are shown to the coordinator, quiet after how many days
	// without contact a dossier is.
	ahead = 60
	quiet = 60
	// mostOfTeam is how many lines one list of the team's page holds.
	mostOfTeam = 50
)

// Rules whose dates end a stay in a shelter, and a permit.
var (
	leaving  = []deadlines.RuleID{deadlines.ShelterStay, "shelter_prolongation_end"}
	expiring = []deadlines.RuleID{"stay_end"}
)

// cut leaves what is shown of each list.
func (t *Team) cut() {
	t.Quiet = shown(t, t.Quiet)
	t.Leaving = shown(t, t.Leaving)
	t.Expiring = shown(t, t.Expiring)
	t.Undated = shown(t, t.Undated)
	t.Agreements = shown(t, t.Agreements)
}

func shown[T any](t *Team, list []T) []T {
	t.More = t.More || len(list) > mostOfTeam
	return list[:min(len(list), mostOfTeam)]
}
