// Package interpreters is the directory of those whom an NGO calls in to interpret, and what a dossier says of who must not.
// They have no account here and learn of nobody here more than where and when (internal/appointments).
package interpreters

import (
	"strings"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
)

// ID identifies an interpreter.
type ID = ids.ID[Interpreter]

// Interpreter is an entry of the directory.
type Interpreter struct {
	InterpreterID ID
	// Particulars are sealed under the keyset of the tenant's directory.
	Particulars keys.Sealed[Particulars] `bun:"particulars"`
	// ActiveUntil is the last day on which the interpreter can be asked; none is for as long as one knows.
	ActiveUntil *time.Time
	Version     int
}

// Place says where the sealed particulars stand.
func (i *Interpreter) Place() keys.Place {
	return keys.Place{Table: "interpreters", Row: i.InterpreterID.String()}
}

// Gender is what somebody may wish an interpreter to be, or not to be.
type Gender string

// Genders lists them in the order of forms.
var Genders = []Gender{"female", "male", "non_binary"}

// Particulars are who an interpreter is, how one reaches her or him, and what has to be compared with exclusions.
type Particulars struct {
	Name, Phone, Email, Agency string
	// Languages are codes of ISO 639-3, Region is a country's of ISO 3166-1.
	Languages []string
	Gender    Gender
	Region    string
	// Community is an ethnic, religious or other community in which everybody knows everybody.
	Community    string
	Availability string
	ActiveUntil  *time.Time `json:"-"`
}

// Check refuses an entry that nobody could call, or for nothing.
func (p Particulars) Check() error {
	var problems fault.Problems
	if p.Name == "" {
		problems.Add("name", "interpreters.name.missing")
	}
	if p.Phone == "" && p.Email == "" {
		problems.Add("phone", "interpreters.phone.missing")
	}
	if p.Email != "" && !strings.Contains(strings.Trim(p.Email, "@"), "@") {
		problems.Add("email", "interpreters.email.wrong")
	}
	if len(p.Languages) == 0 {
		problems.Add("languages", "interpreters.languages.missing")
	}
	return problems.Err()
}

// Active says whether the interpreter can be asked for a day.
func (i Interpreter) Active(on time.Time) bool {
	return i.ActiveUntil == nil || !on.After(*i.ActiveUntil)
}
