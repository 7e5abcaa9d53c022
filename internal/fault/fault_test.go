package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"passerelle/internal/fault"
)

func TestTwoFaultsAreTheSameWhenTheirKindsAre(t *testing.T) {
	kinds := []error{fault.NotFound(), fault.Refused("a"), fault.Invalid("name", "a"), fault.Conflict("a")}
	for i, one := range kinds {
		for j, other := range []error{fault.NotFound(), fault.Refused("b"), fault.Invalid("phone", "b"), fault.Conflict("b")} {
			if same := errors.Is(fmt.Errorf("close a dossier: %w", one), other); same != (i == j) {
				t.Errorf("%v is %v: %t", one, other, same)
			}
		}
	}
	if errors.Is(fault.NotFound(), errors.New("not found")) {
		t.Error("an error of the program is taken for a fault")
	}
}

func TestErrorNamesKeysAndNoValues(t *testing.T) {
	err := fault.Invalid("family_name", "forms.too_long", "Value", "Blumenweg")
	if got := err.Error(); got != "invalid: forms.too_long" {
		t.Errorf("got %q", got)
	}
	if got := fault.NotFound().Error(); got != "not found" {
		t.Errorf("got %q", got)
	}
	if strings.Contains(fmt.Sprintf("%v", err), "Blumenweg") {
		t.Error("what was typed travels in the error")
	}
}

func TestProblems(t *testing.T) {
	var problems fault.Problems
	if problems.Err() != nil {
		t.Error("no problem is an error")
	}
	problems.Add("birth_date", "forms.date", "Example", "31.12.1990")
	problems.Add("phone", "forms.too_long")
	problems.Add("birth_date", "forms.future")
	if !errors.Is(problems.Err(), fault.Invalid("", "")) {
		t.Errorf("got %v", problems.Err())
	}
	if problem, ok := problems.Of("birth_date"); !ok || problem.Key != "forms.date" || problem.Args[1] != "31.12.1990" {
		t.Errorf("got %+v", problem)
	}
	if _, ok := problems.Of("email"); ok {
		t.Error("a field without a problem has one")
	}
	if all, ok := fault.Correctable(fmt.Errorf("save: %w", problems.Err())); !ok || len(all) != 3 {
		t.Errorf("got %v", all)
	}
}

func TestCorrectable(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{fault.Invalid("name", "a"), true},
		{fault.Refused("a"), true},
		{fault.Conflict("a"), true},
		{fmt.Errorf("send a referral: %w", fault.Refused("a")), true},
		{fault.NotFound(), false},
		{errors.New("defect"), false},
		{nil, false},
	} {
		if _, ok := fault.Correctable(c.err); ok != c.want {
			t.Errorf("%v: %t", c.err, ok)
		}
	}
}
