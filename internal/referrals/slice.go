package referrals

import "passerelle/internal/access"

// Slice is what an office is shown of a person: copied from the dossier when the referral is sent, and frozen then.
// It holds codes rather than words where it can, so that each office reads it in its own language.
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
	Label string `json:"label"`
	// Kind says how Values are to be read: "text" as they stand, "date" as 2006-01-02, "country" and "language" as
	// codes, "message" as message keys.
	Kind   string   `json:"kind"`
	Values []string `json:"values"`
}

// The kinds of fact.
const (
	FactText     = "text"
	FactDate     = "date"
	FactCountry  = "country"
	FactLanguage = "language"
	FactMessage  = "message"
)

// Classes lists the classes of data that the slice holds something of.
func (s Slice) Classes() []access.DataClass {
	classes := make([]access.DataClass, 0, len(s.Sections))
	for _, section := range s.Sections {
		classes = append(classes, section.Class)
	}
	return classes
}
