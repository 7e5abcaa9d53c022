// Package announcements is what those who run the installation tell the people who work in it: what changed, when it will be down,
// what is wrong. An operator writes it in the console, in four languages; pages of the application show what is current.
package announcements

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// ID is that of an announcement.
type ID = ids.ID[Announcement]

// Kind is what sort of thing is announced.
type Kind string

// The kinds.
const (
	Information Kind = "information"
	Maintenance Kind = "maintenance"
	Incident    Kind = "incident"
)

// Kinds lists them in the order in which forms offer them.
var Kinds = []Kind{Information, Maintenance, Incident}

// MaxWords is how long an announcement may be in each language; it stands above everything else on every page.
const MaxWords = 600

// longest is for how long one may stand: what is always true belongs into the help.
const longest = 92 * 24 * time.Hour

// Draft is an announcement as it is written.
type Draft struct {
	AnnouncementID ID
	// TenantID is for whom; zero is for everybody.
	TenantID tenantdb.TenantID
	Kind     Kind
	Words    map[i18n.Lang]string
	FromAt   time.Time
	UntilAt  time.Time
	// Version is the one that was seen; 0 where it is new.
	Version int
}

// Check says what has to be corrected.
func (d Draft) Check(now time.Time) (problems fault.Problems) {
	if !slices.Contains(Kinds, d.Kind) {
		problems.Add("kind", "announcements.kind.missing")
	}
	for _, language := range i18n.Langs {
		switch words := strings.TrimSpace(d.Words[language]); {
		case words == "":
			problems.Add("words_"+string(language), "announcements.words.missing", "Language", language.Name())
		case utf8.RuneCountInString(words) > MaxWords:
			problems.Add("words_"+string(language), "announcements.words.long", "Max", MaxWords)
		}
	}
	switch {
	case d.FromAt.IsZero() || d.UntilAt.IsZero():
		// Whoever read the form has said so.
	case !d.UntilAt.After(d.FromAt):
		problems.Add("until", "announcements.until.order")
	case !d.UntilAt.After(now):
		problems.Add("until", "announcements.until.past")
	case d.UntilAt.Sub(d.FromAt) > longest:
		problems.Add("until", "announcements.until.long")
	}
	return problems
}

// Announcement is one that was written.
type Announcement struct {
	AnnouncementID ID
	TenantID       tenantdb.TenantID
	Kind           Kind
	WordsFr        string
	WordsDe        string
	WordsIt        string
	WordsEn        string
	FromAt         time.Time
	UntilAt        time.Time
	Version        int
	WrittenBy      string
	WrittenAt      time.Time
	WithdrawnAt    *time.Time
}

// In gives its words in a language.
func (a Announcement) In(language i18n.Lang) string {
	switch language {
	case i18n.DE:
		return a.WordsDe
	case i18n.IT:
		return a.WordsIt
	case i18n.EN:
		return a.WordsEn
	default:
		return a.WordsFr
	}
}

// State is where it stands in time.
type State string

// The states.
const (
	Coming    State = "coming"
	Current   State = "current"
	Over      State = "over"
	Withdrawn State = "withdrawn"
)

// StateAt says where it stands at a moment.
func (a Announcement) StateAt(now time.Time) State {
	switch {
	case a.WithdrawnAt != nil:
		return Withdrawn
	case now.Before(a.FromAt):
		return Coming
	case now.Before(a.UntilAt):
		return Current
	default:
		return Over
	}
}

// Open says that it can still be changed or withdrawn.
func (a Announcement) Open(now time.Time) bool {
	state := a.StateAt(now)
	return state == Coming || state == Current
}

// isFor says whether people of a tenant see it; who has not signed in is of none, and sees what is for everybody.
func (a Announcement) isFor(tenant tenantdb.TenantID) bool {
	return a.TenantID.Zero() || a.TenantID == tenant
}
