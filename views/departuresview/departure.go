// Package departuresview is the page of how an organisation leaves.
package departuresview

import (
	"strconv"

	"passerelle/internal/departures"
	"passerelle/internal/fault"
)

// Page is what stands of leaving, and what was typed.
type Page struct {
	departures.Sheet
	Recipient string
	Problems  fault.Problems
}

// version is that of the key that is shown, 0 where there is none.
func (p Page) version() string {
	if p.Key == nil {
		return "0"
	}
	return strconv.Itoa(p.Key.Version)
}

// giving is what the form is called: the first key, or another one.
func giving(p Page) string {
	if p.Key == nil {
		return "departures.key.give"
	}
	return "departures.key.change"
}
