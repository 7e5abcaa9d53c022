package dossiers

import (
	"errors"
	"strings"
	"testing"
	"time"

	"passerelle/internal/fault"
)

func TestWhatIsSought(t *testing.T) {
	t.Parallel()
	born := day(2001, time.March, 4)
	blessing := known{FamilyName: "Okafor", GivenNames: "Blessing", BirthDate: &born, Phone: "+41 79 123 45 67", Email: "B.Okafor@example.ch"}
	abroad := known{GivenNames: "Blessing", Phone: "0612 34 56 78"}
	for _, test := range []struct {
		typed string
		who   known
		want  Quality
	}{
		{"Blessing", blessing, Exact}, {"Lomidak", blessing, Exact}, {"lomidac", blessing, Spelt}, {"Lomi", blessing, Begun},
		{"Lomidak Okafor", blessing, none},
		{"4.3.2001", blessing, Exact}, {"04/03/2001", blessing, Exact}, {"2001-03-04", blessing, Exact}, {"4.3.01", blessing, Exact},
		{"4.3.1901", blessing, none}, {"5.3.2001", blessing, none}, {"2001", blessing, Exact}, {"2002", blessing, none},
		{"Blessing 4.3.2001", blessing, Exact}, {"Blessing 5.3.2001", blessing, none}, {"Joy 4.3.2001", blessing, none},
		{"079 123 45 67", blessing, Exact}, {"+41791234567", blessing, Exact}, {"0041 79 123 45 67", blessing, Exact}, {"+41 (0)79 123 45 67", blessing, Exact},
		{"4567", blessing, Exact}, {"Okafor 4567", blessing, Exact}, {"4568", blessing, none}, {"4.3.2001 079 123 45 67", blessing, Exact},
		{"078 123 45 67", blessing, none}, {"+33 612 34 56 78", abroad, Exact}, {"4567", known{GivenNames: "Blessing"}, none},
		{"b.okafor@EXAMPLE.ch", blessing, Exact}, {"okafor@example.ch", blessing, none}, {"4.3.2001", known{}, none},
	} {
		sought, err := ParseSought(test.typed)
		if err != nil {
			t.Fatalf("%s: %v", test.typed, err)
		}
		if got := sought.fit("Lomidak", test.who); got != test.want {
			t.Errorf("%s: %d, want %d (%+v)", test.typed, got, test.want, sought)
		}
	}
	for typed, problem := range map[string]string{
		"": "empty", "  ": "empty", "x": "too_short", "12": "too_short", "é": "too_short", "?!": "too_short", "a b c d e f g h i": "too_many_words",
		strings.Repeat("é", LongestSought+1): "too_long", "a\xff": "control_characters",
	} {
		_, err := ParseSought(typed)
		problems, ok := fault.Correctable(err)
		if !errors.Is(err, fault.Invalid("", "")) || !ok || !strings.HasSuffix(problems[0].Key, problem) {
			t.Errorf("%q: %v, want %s", typed, err, problem)
		}
	}
}
