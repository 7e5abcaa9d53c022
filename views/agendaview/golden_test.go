package agendaview

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/i18n"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	t.Parallel()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	day := func(month time.Month, d int) time.Time { return time.Date(2026, month, d, 0, 0, 0, 0, time.UTC) }
	list := rules.Deadlines([]deadlines.Fact{
		{Trigger: deadlines.ReflectionGranted, On: day(time.November, 2)}, {Trigger: deadlines.ReflectionUntil, On: day(time.December, 4)},
		{Trigger: deadlines.StayValidUntil, On: day(time.November, 20), Of: "a"}, {Trigger: deadlines.ShelterEntered, On: day(time.July, 20), Of: "b"},
		{Trigger: deadlines.StayValidUntil, On: day(time.December, 24), Of: "c"}, {Trigger: deadlines.RenewalRequested, On: day(time.November, 3), Of: "c"},
	})
	if len(list) < 8 {
		t.Fatalf("only %d dates follow", len(list))
	}
	for name, lang := range map[string]i18n.Lang{"dates_fr": i18n.FR, "dates_de": i18n.DE} {
		var page bytes.Buffer
		if err := Dates(list, time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)).Render(i18n.With(t.Context(), lang), &page); err != nil {
			t.Fatal(err)
		}
		written := bytes.ReplaceAll(page.Bytes(), []byte("><"), []byte(">\n<"))
		path := filepath.Join("testdata", name+".html")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, written, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(want, written) {
			t.Errorf("%s differs (%v): make goldens, and read the difference", path, err)
		}
	}
}

// TestSupposed: what would hold if somebody was young when an offence was committed says that no offence is known.
func TestSupposed(t *testing.T) {
	t.Parallel()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	list := rules.Deadlines([]deadlines.Fact{{Trigger: deadlines.Born, On: time.Date(1998, time.March, 14, 0, 0, 0, 0, time.UTC)}})
	supposed := slices.ContainsFunc(list, func(d deadlines.Deadline) bool { return d.Supposed })
	var page bytes.Buffer
	if err := Dates(list, time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)).Render(i18n.With(t.Context(), i18n.FR), &page); err != nil {
		t.Fatal(err)
	}
	if !supposed || !strings.Contains(page.String(), "Infraction non datée") || strings.Contains(page.String(), "agenda.") {
		t.Errorf("%s", page.String())
	}
}
