package exports_test

import (
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/exports"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/imports"
	"passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestHTCDS(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	service := dossiers.New(db.App, db.Ring(t), func() time.Time { return time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC) })
	karim := cast.Karim.Context(t.Context())
	birth, since := time.Date(1998, time.March, 14, 0, 0, 0, 0, time.UTC), time.Date(2025, time.February, 3, 0, 0, 0, 0, time.UTC)
	amina := ids.New[dossiers.Dossier]()
	if err := service.TakeOver(karim, amina, dossiers.Particulars{
		CodeName: "Lomidak", Phase: dossiers.Integration, ResponsibleID: cast.Lea.ID,
		Beneficiary: dossiers.Beneficiary{
			FamilyName: "Canaryname", GivenNames: "Amina", BirthDate: &birth, Gender: "female", Nationalities: []string{"NG", "CH"}, Languages: []string{"eng", "pcm", "fra"},
			Phone: "+41 78 600 00 01", ExploitationForms: []dossiers.ExploitationForm{"sexual", "forced_crime", "other"},
		},
	}, dossiers.Situation{access.Health: "Canaryhealth"}, &since); err != nil {
		t.Fatal(err)
	}
	if err := service.Open(cast.Marc.Context(t.Context()), ids.New[dossiers.Dossier](), dossiers.Particulars{CodeName: "Fenulat", Phase: dossiers.Reflection, ResponsibleID: cast.Marc.ID}); err != nil {
		t.Fatal(err)
	}
	export := exports.New(service)
	body, err := export.HTCDS(karim, "research")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(body))).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%v, %v", rows, err)
	}
	if want := []string{"1", "Feminine", "NG;CH", "eng", "pcm", "SexualExploitation;Other", "Active", "2025-02-01"}; !slices.Equal(rows[1], want) {
		t.Errorf("%q", rows[1])
	}
	for _, secret := range []string{"Canary", "Amina", "1998", "600", "Lomidak", amina.String()} {
		if strings.Contains(string(body), secret) {
			t.Errorf("the file holds %s", secret)
		}
	}
	var entries int
	if err := db.Owner.QueryRow(t.Context(), "select count(*) from journal_entries where action = 'dossier_exported' and reason = 'research' and dossier_id = $1 and person_id = $2", amina.UUID(), cast.Karim.ID.UUID()).Scan(&entries); err != nil || entries != 1 {
		t.Errorf("%d entries, %v", entries, err)
	}
	t.Run("what was exported can be read back", func(t *testing.T) {
		sheet, err := imports.Read("htcds.csv", body)
		if err != nil {
			t.Fatal(err)
		}
		if mapping := imports.Guess(sheet.Header); len(mapping) != len(sheet.Header)-2 { // the number and the state are ours alone
			t.Errorf("of %q are understood %v", sheet.Header, mapping)
		}
	})
	t.Run("not without a reason", func(t *testing.T) {
		if _, err := export.HTCDS(karim, "because"); !errors.Is(err, fault.Invalid("", "")) {
			t.Errorf("%v", err)
		}
	})
	t.Run("not by others", func(t *testing.T) {
		for _, stranger := range []cast.Person{cast.Lea, cast.Ruth, cast.Noe} {
			if _, err := export.HTCDS(stranger.Context(t.Context()), "research"); !errors.Is(err, fault.Refused("")) {
				t.Errorf("%s: %v", stranger.Name, err)
			}
			if err := service.Roll(stranger.Context(t.Context()), "research", func(dossiers.Entry) error { return nil }); !errors.Is(err, fault.Refused("")) {
				t.Errorf("%s reads the roll: %v", stranger.Name, err)
			}
		}
		other, err := export.HTCDS(cast.Marc.Context(t.Context()), "research")
		if err != nil || strings.Count(string(other), "\n") != 2 || strings.Contains(string(other), "SexualExploitation") {
			t.Errorf("Marc of the other canton: %s, %v", other, err)
		}
	})
}
