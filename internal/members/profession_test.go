package members_test

import (
	"errors"
	"slices"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/members"
)

// Who is bound by the secret of a profession is written down by whoever administers, and by nobody for herself or himself; it is told.
func TestPractise(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	both := []members.Profession{members.Psychological, members.Legal}
	of := func() []members.Profession {
		t.Helper()
		sheet, err := h.Find(as(h, cast.Anna), cast.Lea.ID)
		if err != nil {
			t.Fatal(err)
		}
		return sheet.Professions
	}
	for range 2 { // the form sent twice
		if err := h.Practise(as(h, cast.Anna), cast.Lea.ID, both); err != nil {
			t.Fatal(err)
		}
	}
	if got := of(); !slices.Equal(got, []members.Profession{members.Legal, members.Psychological}) {
		t.Errorf("Léa is of %v", got)
	}
	if err := h.Practise(as(h, cast.Anna), cast.Lea.ID, both[:1]); err != nil || !slices.Equal(of(), both[:1]) {
		t.Errorf("%v: %v", of(), err)
	}
	sheet, err := h.Find(as(h, cast.Anna), cast.Lea.ID)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]int{}
	for _, act := range sheet.Acts {
		told[string(act.Deed)+" "+act.Detail]++
	}
	if len(told) != 3 || told["profession_granted psychological"] != 1 || told["profession_granted legal"] != 1 || told["profession_withdrawn legal"] != 1 {
		t.Errorf("told is %v", told)
	}
	for who, want := range map[*cast.Person]error{&cast.Lea: fault.Refused(""), &cast.Karim: fault.Refused(""), &cast.Ruth: fault.Refused(""), &cast.Noe: fault.Refused(""), &cast.Diane: fault.NotFound()} {
		if err := h.Practise(as(h, *who), cast.Lea.ID, both); !errors.Is(err, want) {
			t.Errorf("by %s: %v, want %v", who.Name, err, want)
		}
	}
	for _, unfit := range []cast.Person{cast.Anna, cast.Ruth, cast.Boris, cast.Noe} {
		if err := h.Practise(as(h, cast.Anna), unfit.ID, both); !errors.Is(err, fault.Invalid("", "")) {
			t.Errorf("of %s: %v", unfit.Name, err)
		}
	}
	if got := of(); !slices.Equal(got, both[:1]) {
		t.Errorf("Léa is of %v", got)
	}
}
