// Package confidences is the notes of those who are bound by the secret of a profession: doctors, psychologists and lawyers (CP 321). What they
// write is theirs and not the organisation's. On a dossier a profession has a circle, whose members are named one by one; nobody else reads a
// note of it, whatever her or his role, and no emergency opens one. Whoever sees the dossier sees that there is a circle, and whom to ask.
package confidences

import (
	"slices"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// CircleID identifies a circle.
type CircleID = ids.ID[Circle]

// Circle is that those of a profession keep notes on a dossier.
type Circle struct {
	CircleID   CircleID
	DossierID  dossiers.ID
	Profession members.Profession
	OpenedBy   tenantdb.PersonID
	OpenedAt   time.Time
	ClosedBy   tenantdb.PersonID
	ClosedAt   *time.Time
	// Members are all who were named and have not left, in the order in which they came.
	Members []Insider `bun:"-"`
}

// Insider is somebody who was named.
type Insider struct {
	CircleID CircleID
	MemberID tenantdb.PersonID
	Name     string
	NamedAt  time.Time
	// Holds says that she or he reads the notes: works here, accompanies, and is of the profession.
	Holds bool
}

// Closed says that nothing more is noted.
func (c Circle) Closed() bool { return c.ClosedAt != nil }

// Holds says whether somebody reads the notes.
func (c Circle) Holds(member tenantdb.PersonID) bool {
	return slices.ContainsFunc(c.Members, func(i Insider) bool { return i.MemberID == member && i.Holds })
}

// Holders are those who read the notes.
func (c Circle) Holders() []Insider {
	return slices.DeleteFunc(slices.Clone(c.Members), func(i Insider) bool { return !i.Holds })
}

// Orphaned says that nobody is left who could go on with it, or be asked what is in it.
func (c Circle) Orphaned() bool { return len(c.Holders()) == 0 }

// named says whether somebody was named, whether she or he holds it still or not.
func (c Circle) named(member tenantdb.PersonID) bool {
	return slices.ContainsFunc(c.Members, func(i Insider) bool { return i.MemberID == member })
}

// takesNotes refuses to note anything once the circle is closed.
func (c Circle) takesNotes() error {
	if c.Closed() {
		return fault.Refused("confidences.circle.closed")
	}
	return nil
}

// mayLose refuses that the last who holds an open circle leaves it: somebody has to answer for what is in it.
func (c Circle) mayLose(member tenantdb.PersonID) error {
	if !c.Closed() && c.Holds(member) && len(c.Holders()) == 1 {
		return fault.Refused("confidences.member.last")
	}
	return nil
}

// Staff is who works here and is of which profession.
type Staff struct {
	All        []members.Member
	Practising []members.Practising
}

// Name is what somebody is called.
func (s Staff) Name(id tenantdb.PersonID) string { return members.Name(s.All, id) }

// practises says whether somebody works here, accompanies, and is of a profession.
func (s Staff) practises(id tenantdb.PersonID, profession members.Profession) bool {
	return slices.Contains(s.Practising, members.Practising{MemberID: id, Profession: profession}) &&
		slices.ContainsFunc(s.All, func(m members.Member) bool { return m.MemberID == id && m.EndedAt == nil && members.Practises(m.Role) })
}

// Candidates are those who can be named for a circle: whoever is of its profession and not in it yet, but for the one who asks.
func (s Staff) Candidates(c Circle, by tenantdb.PersonID) (free []members.Member) {
	for _, m := range s.All {
		if m.MemberID != by && s.practises(m.MemberID, c.Profession) && !c.Holds(m.MemberID) {
			free = append(free, m)
		}
	}
	return free
}

// Overview is which circles a dossier has, for whoever sees the dossier.
type Overview struct {
	dossiers.Mention
	Circles []Circle
	Staff   Staff
}

// MayOpen are the professions for which somebody can open a circle: those she or he is of, and that have none that is open.
func (o Overview) MayOpen(by tenantdb.PersonID) (free []members.Profession) {
	for _, profession := range members.Professions {
		open := slices.ContainsFunc(o.Circles, func(c Circle) bool { return c.Profession == profession && !c.Closed() })
		if !open && o.Staff.practises(by, profession) {
			free = append(free, profession)
		}
	}
	return free
}

// Succession is that somebody who coordinates has handed a circle on in which nobody was left.
type Succession struct {
	SuccessionID ids.ID[Succession]
	CircleID     CircleID
	DossierID    dossiers.ID
	SuccessorID  tenantdb.PersonID
	NamedBy      tenantdb.PersonID
	NamedAt      time.Time
	// Words are why.
	Words keys.Sealed[string] `bun:"words"`
}

// Place says where the sealed words stand.
func (s *Succession) Place() keys.Place {
	return keys.Place{Table: "successions", Row: s.SuccessionID.String()}
}

// Order is that a circle is handed on, to whom and why.
type Order struct {
	ID        ids.ID[Succession]
	Successor tenantdb.PersonID
	Words     string
}

// LongestWords is how much is said about why a circle is handed on.
const LongestWords = 1000

// check holds that nobody gives what others hold to somebody else, nor to herself or himself: whoever coordinates reads no note by that.
func (o Order) check(c Circle, staff Staff, by access.Principal) error {
	if !c.Orphaned() {
		return fault.Refused("confidences.succession.held")
	}
	var problems fault.Problems
	switch {
	case o.Successor == by.Person:
		problems.Add("successor", "confidences.succession.own")
	case !staff.practises(o.Successor, c.Profession):
		problems.Add("successor", "confidences.succession.missing")
	}
	if len(strings.TrimSpace(o.Words)) < 10 {
		problems.Add("words", "confidences.succession.words_missing")
	}
	return problems.Err()
}
