// Package provisioning is what a tenant's directory says of its people, by SCIM 2.0 (RFC 7643, 7644): who is to work here, and who no
// longer does. Whoever is announced waits for somebody who administers, with the role that her or his groups propose; a directory
// gives none. It ends memberships, at once, and never those of the last two who administer.
package provisioning

import (
	"slices"
	"strings"
	"time"

	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// PersonID and GroupID identify what a directory has announced.
type (
	PersonID = ids.ID[Person]
	GroupID  = ids.ID[Group]
	TokenID  = ids.ID[Token]
)

// Person is somebody whom a directory has announced.
type Person struct {
	PersonID PersonID
	Words
	// Subject is what the provider calls the person at sign-in; empty where nobody knows it yet.
	Subject           string
	MadeAt, ChangedAt time.Time
	Groups            []Membership `bun:"-"`
}

// Words are what a directory says of a person. They are shown, and decide nothing.
type Words struct {
	ExternalID, UserName, GivenName, FamilyName, DisplayName, Email string
	Active                                                          bool
}

// Name is what the person is called on pages.
func (w Words) Name() string {
	for _, name := range []string{w.DisplayName, strings.TrimSpace(w.GivenName + " " + w.FamilyName), w.UserName} {
		if name != "" {
			return name
		}
	}
	return ""
}

// longestWord is how long each of the words may be, in runes.
const longestWord = 200

// check wants a name by which the directory knows the person again, and nothing endless or unprintable.
func (w Words) check() error {
	if w.UserName == "" {
		return Refusal{Reason: NoUserName}
	}
	for _, word := range []string{w.ExternalID, w.UserName, w.GivenName, w.FamilyName, w.DisplayName, w.Email} {
		if !printable(word) {
			return Refusal{Reason: BadValue}
		}
	}
	return nil
}

func printable(word string) bool {
	runes := []rune(word)
	return len(runes) <= longestWord && !slices.ContainsFunc(runes, func(r rune) bool { return r < ' ' || r == 0x7f || r == '�' })
}

// Membership is that a person is in a group.
type Membership struct {
	GroupID  GroupID
	PersonID PersonID
	Name     string
}

// Group is a group of a directory.
type Group struct {
	GroupID           GroupID
	ExternalID, Name  string
	MadeAt, ChangedAt time.Time
	// People are kept only while the group proposes a role.
	People []PersonID `bun:"-"`
}

func (g Group) check() error {
	switch {
	case g.Name == "":
		return Refusal{Reason: NoName}
	case !printable(g.Name), !printable(g.ExternalID):
		return Refusal{Reason: BadValue}
	}
	return nil
}

// Source is by which of its words a directory calls people what the provider calls them at sign-in (the claim sub);
// "provisioning.source." + Source is its message key.
type Source string

// The sources. ByHand is that none does: Entra ID calls people at sign-in by what no directory knows. Then somebody who administers says
// of each who she or he is.
const (
	ByExternalID Source = "external_id"
	ByUserName   Source = "user_name"
	ByHand       Source = "by_hand"
)

// Sources lists them in the order in which the page offers them.
var Sources = []Source{ByExternalID, ByUserName, ByHand}

// subject is what the provider calls somebody, so far as words say.
func (s Source) subject(w Words) string {
	switch s {
	case ByExternalID:
		return w.ExternalID
	case ByUserName:
		return w.UserName
	default:
		return ""
	}
}

// Token is what a directory shows, of which we keep a hash.
type Token struct {
	TokenID TokenID
	MadeAt  time.Time
	// ValidUntil is nil for the one that is good until there is another.
	ValidUntil, UsedAt *time.Time
}

// overlap is for how long the token before goes on once there is another: long enough to enter the new one.
const overlap = 24 * time.Hour

// Act is something that came from a directory.
type Act struct {
	At     time.Time
	Deed   Deed
	Name   string
	Reason string
}

// Deed is what a directory did; "provisioning.deed." + Deed is its message key.
type Deed string

// The deeds.
const (
	Announced Deed = "announced"
	Changed   Deed = "changed"
	Ended     Deed = "ended"
	Returned  Deed = "returned"
	Removed   Deed = "removed"
	GroupSaid Deed = "group"
	Refused   Deed = "refused"
)

// Reason is why something was refused; "provisioning.reason." + Reason is its message key.
type Reason string

// The reasons.
const (
	Taken      Reason = "taken"
	LastAdmins Reason = "last_admins"
	TooMany    Reason = "too_many"
	Fixed      Reason = "fixed"
	NoUserName Reason = "no_user_name"
	NoName     Reason = "no_name"
	BadValue   Reason = "bad_value"
	BadFilter  Reason = "bad_filter"
	BadPath    Reason = "bad_path"
	BadSyntax  Reason = "bad_syntax"
)

// Reasons lists them.
var Reasons = []Reason{Taken, LastAdmins, TooMany, Fixed, NoUserName, NoName, BadValue, BadFilter, BadPath, BadSyntax}

// Refusal is that something a directory wants is not done.
type Refusal struct{ Reason Reason }

func (r Refusal) Error() string { return "refused to a directory: " + string(r.Reason) }

// Known is a directory that has shown its token.
type Known struct {
	TokenID      TokenID
	TenantID     tenantdb.TenantID
	ConnectionID signin.ConnectionID
	Name, Issuer string
	SubjectFrom  Source
	TokenHash    []byte
	UsedAt       *time.Time
}

// Window is which of many are shown, counted from one.
type Window struct{ Start, Count int64 }

// Which narrows people or groups: all that is not empty has to hold.
type Which struct {
	ID, ExternalID, Name, UserName, Email *string
	Active                                *bool
}

// Limits of one directory.
const (
	mostPeople  = 2000
	mostGroups  = 500
	mostInGroup = 2000
	mostShown   = 200
)

// Bounded is the window as it is shown.
func (w Window) Bounded() Window { return Window{max(w.Start, 1), min(max(w.Count, 0), mostShown)} }
