package main

import (
	"cmp"
	"slices"
)

// Mutation is one thing that the program or the database does without, or one right too many. Each has to be noticed.
type Mutation struct {
	Kind, Name string
	// Statement changes the database that the tests clone; a mutation without one changes the program.
	Statement string
	// Steps are the tests that should notice, in the order in which they are asked.
	Steps []Step
}

// String is how a mutation is named on the command line, and what the flag -taken names.
func (m Mutation) String() string { return m.Kind + " " + m.Name }

// Step is some tests of one package.
type Step struct {
	// Package is its folder, from the root.
	Package string
	// Run are the tests, as in go test -run; empty is all of them.
	Run string
}

func (s Step) String() string {
	if s.Run == "" {
		return s.Package
	}
	return s.Package + " " + s.Run
}

// noticers are the tests that notice whatever changes, and not what it means: that they fail says nothing.
const noticers = "^(TestSchemaIsTheSumOfTheFiles|TestShippedFilesNeverChange)$"

// stepsOf are the tests to ask, the narrow ones first, then every package that could know; each once.
func stepsOf(steps ...[]Step) (asked []Step) {
	for _, step := range slices.Concat(steps...) {
		if !slices.Contains(asked, step) {
			asked = append(asked, step)
		}
	}
	return asked
}

// inOrder sorts by kind, in the order in which the kinds are declared, and by name.
func inOrder(mutations []Mutation) {
	slices.SortStableFunc(mutations, func(a, b Mutation) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), cmp.Compare(a.Name, b.Name))
	})
}

// kinds are what can be taken away, those first in which a test is most likely to be missing.
var kinds = []string{"seal", "entry", "trigger", "policy", "fence", "excess", "grant"}
