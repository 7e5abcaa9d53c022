package confidences

import (
	"strconv"
	"strings"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// NoteID identifies a note.
type NoteID = ids.ID[Note]

// Note is what somebody of a circle has written. It is corrected or struck, and never deleted.
type Note struct {
	NoteID    NoteID
	CircleID  CircleID
	DossierID dossiers.ID
	// NotedOn is the day that it is about.
	NotedOn  time.Time
	Contents keys.Sealed[Contents] `bun:"contents"`
	// AuthorID wrote it first, WrittenBy what stands now.
	AuthorID   tenantdb.PersonID
	RecordedAt time.Time
	Version    int
	WrittenBy  tenantdb.PersonID
	WrittenAt  time.Time
	StruckBy   tenantdb.PersonID
	StruckAt   *time.Time
	// Earlier is what it said before, the newest first.
	Earlier []Earlier `bun:"-"`
}

// Contents are what is sealed of a note.
type Contents struct {
	Text string
	// Struck is why it was struck.
	Struck string
}

// Place says where the sealed contents stand.
func (n *Note) Place() keys.Place { return keys.Place{Table: "notes", Row: n.NoteID.String()} }

// Text is what the note says.
func (n Note) Text() string { return n.Contents.Get().Text }

// Struck says that it does not count any more.
func (n Note) Struck() bool { return n.StruckAt != nil }

// Earlier is what a note said before it was corrected.
type Earlier struct {
	NoteID    NoteID
	CircleID  CircleID
	DossierID dossiers.ID
	Version   int
	NotedOn   time.Time
	Contents  keys.Sealed[Contents] `bun:"contents"`
	WrittenBy tenantdb.PersonID
	WrittenAt time.Time
}

// Place says where the sealed contents stand.
func (e *Earlier) Place() keys.Place {
	return keys.Place{Table: "note_versions", Row: e.NoteID.String() + " " + strconv.Itoa(e.Version)}
}

// Draft is what somebody writes.
type Draft struct {
	On   *time.Time
	Text string
}

// LongestText is how much one note holds.
const LongestText = 20_000

// furthest is how many years back a note may be about, such as one from a paper file.
const furthest = 20

// Check says what has to be corrected.
func (d Draft) Check(now time.Time) fault.Problems {
	var problems fault.Problems
	switch today := forms.Today(now); {
	case d.On == nil:
		problems.Add("noted_on", "confidences.noted_on.missing")
	case d.On.After(today):
		problems.Add("noted_on", "confidences.noted_on.future")
	case d.On.Before(today.AddDate(-furthest, 0, 0)):
		problems.Add("noted_on", "confidences.noted_on.far_away")
	}
	if strings.TrimSpace(d.Text) == "" {
		problems.Add("text", "confidences.text.missing")
	}
	return problems
}

// says says whether a note reads as the draft does.
func (n Note) says(d Draft) bool { return n.NotedOn.Equal(*d.On) && n.Text() == d.Text }

// changes refuses to change what was struck, or what somebody has changed meanwhile.
func (n Note) changes(version int) error {
	switch {
	case n.Struck():
		return fault.Refused("confidences.note.struck_already")
	case n.Version != version:
		return fault.Conflict("confidences.conflict")
	}
	return nil
}

// correct writes a note anew, and gives what it said before.
func (n *Note) correct(d Draft, by tenantdb.PersonID, at time.Time) Earlier {
	before := Earlier{NoteID: n.NoteID, CircleID: n.CircleID, DossierID: n.DossierID, Version: n.Version, NotedOn: n.NotedOn, Contents: keys.Of(n.Contents.Get()), WrittenBy: n.WrittenBy, WrittenAt: n.WrittenAt}
	n.NotedOn, n.Contents = *d.On, keys.Of(Contents{Text: d.Text})
	n.Version, n.WrittenBy, n.WrittenAt = n.Version+1, by, at
	return before
}

// strike says that a note does not count any more, and why. What it said stays.
func (n *Note) strike(reason string, by tenantdb.PersonID, at time.Time) error {
	if len(strings.TrimSpace(reason)) < 3 {
		return fault.Invalid("reason", "confidences.reason.missing")
	}
	n.Contents = keys.Of(Contents{Text: n.Text(), Struck: reason})
	n.Version, n.StruckBy, n.StruckAt = n.Version+1, by, &at
	return nil
}

// PageSize is how many notes one page shows.
const PageSize = 20

// Sheet is a circle with its notes, for those who hold it.
type Sheet struct {
	dossiers.Mention
	Circle
	Staff Staff
	// Notes are the newest first; Next is the note after which older ones follow, if there are any.
	Notes []Note
	Next  NoteID
	// Successions say how it came to those who hold it.
	Successions []Succession
}

// File is a note with its circle, for whoever corrects or strikes it.
type File struct {
	dossiers.Mention
	Circle Circle
	Note   Note
	Staff  Staff
}
