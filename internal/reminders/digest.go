package reminders

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// DigestID identifies a digest.
type DigestID = ids.ID[Digest]

// Digest is that something waits for somebody, on a day or in a week. What it is, my work and the team's page show.
type Digest struct {
	DigestID DigestID
	MemberID tenantdb.PersonID
	Kind     digestKind
	// Day is the day, or the Monday of the week.
	Day time.Time
}

type digestKind string

const (
	daily  digestKind = "daily"
	weekly digestKind = "weekly"
)

// waiting is how much waits for one member on a morning: of the own dossiers, and for who coordinates of everybody's.
type waiting struct {
	MemberID tenantdb.PersonID
	Role     access.Role
	// Due counts open dates that press, overdue or within the week; Reminded what was not acknowledged.
	Due, Reminded int
	// Undated, Overdue and Ending count the tenant's dossiers without a date, its overdue dates, and stays and permits that
	// end soon; Agreements those with offices of which the end presses.
	Undated, Overdue, Ending, Agreements int
}

// digests are what a member is told of on a day: daily what waits in the own dossiers, weekly what a coordinator finds on the
// team's page. That of a week is made on the first of its days on which somebody is there to make it.
func (w waiting) digests(day time.Time) (made []Digest) {
	if access.May(w.Role, access.WorkShow) && w.Due+w.Reminded > 0 {
		made = append(made, Digest{ids.New[Digest](), w.MemberID, daily, day})
	}
	if access.May(w.Role, access.TeamShow) && w.Undated+w.Overdue+w.Ending+w.Agreements > 0 {
		made = append(made, Digest{ids.New[Digest](), w.MemberID, weekly, monday(day)})
	}
	return made
}

// monday is the first day of the week of a day.
func monday(day time.Time) time.Time {
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

// addressee is whom an e-mail goes to, and in which language.
type addressee struct {
	Email    string
	Language i18n.Lang
}
