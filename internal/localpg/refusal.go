package localpg

import "fmt"

// Reason is why no cluster could be had, for callers that act on it.
type Reason int

// The reasons that a person at the console can do something about.
const (
	NoPostgres Reason = iota + 1
	Unwritable
	OtherVersion
	InUse
	Occupied
)

// Refusal is one sentence that says what is wrong and what to do about it, fit to be shown as it is.
type Refusal struct {
	Reason   Reason
	sentence string
	cause    error
}

func (r *Refusal) Error() string { return r.sentence }

// Unwrap gives what the system said.
func (r *Refusal) Unwrap() error { return r.cause }

func refuse(reason Reason, cause error, sentence string, arguments ...any) *Refusal {
	return &Refusal{Reason: reason, sentence: fmt.Sprintf(sentence, arguments...), cause: cause}
}

func unwritable(dir string, cause error) *Refusal {
	return refuse(Unwritable, cause, "The folder %s cannot be written to; choose another one, or change its owner.", dir)
}
