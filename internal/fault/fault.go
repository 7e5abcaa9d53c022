// Package fault names the four ways in which a request can fail through no defect of ours. Everything else is an
// error of the program: logged once, never shown.
package fault

import (
	"errors"
	"strings"
)

// Kind is what the person can do about a fault.
type Kind int

// The four kinds.
const (
	// KindNotFound: it is not there, or not for this person: the two look the same, since existence is information.
	KindNotFound Kind = iota + 1
	// KindRefused: it is there, and may not be done by this person or not now.
	KindRefused
	// KindInvalid: what was typed has to be corrected.
	KindInvalid
	// KindConflict: somebody else changed it meanwhile.
	KindConflict
)

// Problem is one thing to tell the person: a message key of the catalogues with its arguments (alternating name
// and value), and the form field that it is about, if it is about one.
type Problem struct {
	Field string
	Key   string
	Args  []any
}

// Fault is an error that the person can understand. Two faults are the same (errors.Is) when their kinds are.
type Fault struct {
	Kind     Kind
	Problems Problems
}

func (f *Fault) Error() string {
	keys := make([]string, 0, len(f.Problems))
	for _, p := range f.Problems {
		keys = append(keys, p.Key)
	}
	name := map[Kind]string{KindNotFound: "not found", KindRefused: "refused", KindInvalid: "invalid", KindConflict: "conflict"}[f.Kind]
	if len(keys) == 0 {
		return name
	}
	return name + ": " + strings.Join(keys, ", ")
}

// Is makes errors.Is(err, fault.NotFound()) ask for the kind.
func (f *Fault) Is(target error) bool {
	other, ok := target.(*Fault)
	return ok && other.Kind == f.Kind
}

// NotFound says that there is no such thing for this person.
func NotFound() error { return &Fault{Kind: KindNotFound} }

// Refused says why something may not be done.
func Refused(key string, args ...any) error {
	return &Fault{Kind: KindRefused, Problems: Problems{{Key: key, Args: args}}}
}

// Invalid says what has to be corrected in one field.
func Invalid(field, key string, args ...any) error {
	return &Fault{Kind: KindInvalid, Problems: Problems{{Field: field, Key: key, Args: args}}}
}

// Conflict says that somebody else was quicker.
func Conflict(key string, args ...any) error {
	return &Fault{Kind: KindConflict, Problems: Problems{{Key: key, Args: args}}}
}

// Problems collects what has to be corrected in a whole form.
type Problems []Problem

// Add notes one more problem of a field.
func (p *Problems) Add(field, key string, args ...any) {
	*p = append(*p, Problem{Field: field, Key: key, Args: args})
}

// Err is nil when there is nothing to correct.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return &Fault{Kind: KindInvalid, Problems: p}
}

// Of gives the first problem of a field, for showing it beside the field.
func (p Problems) Of(field string) (Problem, bool) {
	for _, problem := range p {
		if problem.Field == field {
			return problem, true
		}
	}
	return Problem{}, false
}

// Correctable gives the problems of a fault that the same form, shown again, lets the person mend: invalid input,
// a refusal with a reason, a conflict. Not found is not one of them.
func Correctable(err error) (Problems, bool) {
	var f *Fault
	if !errors.As(err, &f) || f.Kind == KindNotFound || len(f.Problems) == 0 {
		return nil, false
	}
	return f.Problems, true
}
