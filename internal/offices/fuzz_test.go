package offices

import (
	"context"
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
)

// FuzzUpload: a file of whatever bytes is a list of offices, of which those that are not refused are fit to be kept, written into a file and
// read back as they are; or a fault that says what is wrong with it.
func FuzzUpload(f *testing.F) {
	seeds, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range seeds {
		if seed.IsDir() {
			continue
		}
		text, err := os.ReadFile("testdata/" + seed.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, text := range []string{
		"name,kind,hours\nClinique,medical,\"MO 08:30-11:30 (sans rendez-vous)\"\n", "name;kind\n'=1+1;shelter\n''x;medical", "[{\"id\":\"1\",\"name\":\"a\"}]",
		`[{"id":"1","name":"a","schedules":[{"byday":"MO,TU","opens_at":"08:00","closes_at":"09:00","notes":"(sur rendez-vous; fermé en juillet, août)"}]}]`,
		"{\"contents\":[]}", "[" + strings.Repeat("[", 30), "name\n\xe9", "name,capacity,capacity_said_on\na,1,2026-11-28",
	} {
		f.Add([]byte(text))
	}
	ctx, today := i18n.With(context.Background(), i18n.FR), time.Date(2026, time.November, 28, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, body []byte) {
		drafts, _, err := Upload{Body: body, Kind: access.Medical}.read(ctx)
		if err != nil {
			if _, ours := fault.Correctable(err); !ours {
				t.Errorf("no fault of the file: %v", err)
			}
			return
		}
		if len(drafts) == 0 || len(drafts) > MostRows {
			t.Errorf("%d offices", len(drafts))
		}
		written := Directory{Today: today}
		for _, row := range Plan(drafts, Directory{Today: today}).Rows {
			if row.Act == Adds {
				p := row.Becomes
				written.Entries = append(written.Entries, Entry{
					Office:    Office{Name: p.Name, Place: p.Place, Kind: p.Kind},
					ValidFrom: p.ValidFrom, Services: p.Services, Languages: p.Languages, Hours: p.Hours, Capacity: p.Capacity, Reach: p.Reach,
				})
			}
		}
		file, err := writeCSV(written)
		if err != nil {
			t.Fatal(err)
		}
		cells, err := csv.NewReader(strings.NewReader(string(file[3:]))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range cells {
			for _, cell := range line {
				if cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
					t.Errorf("a spreadsheet would compute %q", cell)
				}
			}
		}
		if len(written.Entries) == 0 {
			return
		}
		again, _, err := Upload{Body: file, Kind: access.Medical}.read(ctx)
		if err != nil || len(again) != len(written.Entries) {
			t.Fatalf("%d of %d are read back: %v", len(again), len(written.Entries), err)
		}
		for i, draft := range again {
			if was := written.Entries[i].Particulars(); len(draft.Problems) > 0 || draft.Name != was.Name || draft.ReachNote != was.ReachNote || draft.PostAddress != was.PostAddress || !slices.Equal(draft.Hours, was.Hours) {
				t.Errorf("%+v is read back as %+v", was, draft)
			}
		}
	})
}
