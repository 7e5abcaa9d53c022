// Package signinview is what one sees at the door: where one's organisation is found, and where one chooses among
// one's workplaces.
package signinview

import (
	"net/url"

	"passerelle/internal/fault"
	"passerelle/internal/signin"
)

// Form is the sign-in page's.
type Form struct {
	Connections []signin.Connection
	Email       string
	Return      string // the page to come back to
	Kept        bool   // a form waits there
	Leave       Leave  // where somebody who has just signed out here is signed in still
	Problems    fault.Problems
}

// Leave is the provider of somebody who has signed out of Passerelle, and not of it.
type Leave struct {
	Organisation string
	Target       string // where one signs out of it; empty where it does not say
}

// of gives the connections of one kind.
func (f Form) of(kind signin.Kind) []signin.Connection {
	var some []signin.Connection
	for _, connection := range f.Connections {
		if connection.Kind == kind {
			some = append(some, connection)
		}
	}
	return some
}

// MembershipsURL is where one chooses a workplace on the way to a page.
func MembershipsURL(returnTo string) string {
	if returnTo == "/" {
		return "/memberships"
	}
	return "/memberships?return=" + url.QueryEscape(returnTo)
}
