// Package disclosure holds the shape of what is shown of a person to somebody outside the NGO. A dossier is cut into
// it, a referral freezes it, and an office reads nothing else.
package disclosure

import "passerelle/internal/access"

// Slice is what an office is shown of a person. It holds codes rather than words where it can, so that each office
// reads it in its own language; the message keys in it are frozen with it, and have to stay in the catalogues.
type Slice struct {
	Sections []Section `json:"sections"`
}

// Section is one class of data of a slice.
type Section struct {
	Class access.DataClass `json:"class"`
	Facts []Fact           `json:"facts"`
}

// Fact is one line of a section.
type Fact struct {
	// Label is the message key of what the fact is.
	Label  string   `json:"label"`
	Kind   Kind     `json:"kind"`
	Values []string `json:"values"`
}

// Kind says how the values of a fact are to be read.
type Kind string

// The kinds of fact.
const (
	// Text stands as a person wrote it.
	Text Kind = "text"
	// Date is a day, 2006-01-02.
	Date Kind = "date"
	// Country is a code of i18n.Country.
	Country Kind = "country"
	// Language is a code of i18n.Language.
	Language Kind = "language"
	// Message is a key of the catalogues.
	Message Kind = "message"
	// Words are free text. A slice has none: who sends one has read it. In an extract they are given once somebody has.
	Words Kind = "words"
	// Moment is a time of day, in UTC (RFC 3339).
	Moment Kind = "moment"
)

// Classes lists the classes of data that the slice has a section of.
func (s Slice) Classes() []access.DataClass {
	classes := make([]access.DataClass, 0, len(s.Sections))
	for _, section := range s.Sections {
		classes = append(classes, section.Class)
	}
	return classes
}
