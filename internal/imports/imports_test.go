package imports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/members"
)

var now = time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)

func read(t *testing.T, name, text string) Sheet {
	t.Helper()
	sheet, err := Read(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	sheet.Mapping = Guess(sheet.Header)
	return sheet
}

// rows reads every row of a file as Karim.
func rows(t *testing.T, sheet Sheet) []Row {
	t.Helper()
	staff := []members.Member{{MemberID: cast.Karim.ID, Name: cast.Karim.Name, Role: cast.Karim.Role}, {MemberID: cast.Lea.ID, Name: cast.Lea.Name, Role: cast.Lea.Role}, {MemberID: cast.Ruth.ID, Name: cast.Ruth.Name, Role: cast.Ruth.Role}}
	r := reader{staff, cast.Karim.ID, now}
	var all []Row
	for i := range sheet.Rows {
		all = append(all, r.read(i18n.With(context.Background(), i18n.FR), sheet, i))
	}
	return all
}

func workbook(t *testing.T, table ...[]any) []byte {
	t.Helper()
	book := excelize.NewFile()
	for i, row := range table {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestReadSaysTheSameOfEveryKindOfFile(t *testing.T) {
	t.Parallel()
	want := []string{"Okafor|Amina|14.3.1998|Féminin", "Santos|Rui|1987-11-02|"}
	for name, body := range map[string][]byte{
		"semicolons":        []byte("Nom;Prénoms;Date de naissance;Genre\nOkafor;Amina;14.3.1998;Féminin\nSantos;Rui;1987-11-02;\n"),
		"commas":            []byte("Nom,Prénoms,Date de naissance,Genre\nOkafor,Amina,14.3.1998,Féminin\n\nSantos,Rui,1987-11-02\n"),
		"tabs, Windows":     []byte("Nom\tPr\xe9noms\tDate de naissance\tGenre\r\nOkafor\tAmina\t14.3.1998\tF\xe9minin\r\nSantos\tRui\t1987-11-02\t\r\n"),
		"a mark of UTF-8":   []byte("\xef\xbb\xbfNom;Prénoms;Date de naissance;Genre\nOkafor;Amina;14.3.1998;Féminin\nSantos;Rui;1987-11-02;\n"),
		"quoted, wrapped":   []byte("\"Nom\";\"Prénoms\";\"Date de naissance\";\"Genre\"\n\"Okafor\";\" Amina \";\"14.3.1998\";\"Féminin\"\nSantos;Rui;1987-11-02;\n"),
		"an Excel workbook": workbook(t, []any{"Nom", "Prénoms", "Date de naissance", "Genre"}, []any{"Okafor", "Amina", "14.3.1998", "Féminin"}, []any{"Santos", "Rui", "1987-11-02", ""}),
	} {
		t.Run(name, func(t *testing.T) {
			sheet, err := Read(`C:\Users\lea\liste.csv`, body)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, row := range sheet.Rows {
				got = append(got, strings.Join(row, "|"))
			}
			if !slices.Equal(got, want) || sheet.FileName != "liste.csv" || sheet.Header[1] != "Prénoms" {
				t.Errorf("%q of %q: %q", sheet.Header, sheet.FileName, got)
			}
		})
	}
}

func TestReadRefusesWhatIsNoCaseload(t *testing.T) {
	t.Parallel()
	bomb := workbook(t, []any{"Nom"}, []any{strings.Repeat("a", 30000)})
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"nothing":               {nil, "imports.file.no_rows"},
		"a header alone":        {[]byte("Nom;Prénoms\n;;\n"), "imports.file.no_rows"},
		"a picture":             {[]byte("\x89PNG\r\n\x1a\n\x00\x00"), "imports.file.unknown_kind"},
		"an old workbook":       {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "imports.file.unknown_kind"},
		"an archive":            {[]byte("PK\x03\x04 and nothing of a workbook"), "imports.file.unreadable"},
		"half a workbook":       {workbook(t, []any{"Nom"}, []any{"Okafor"})[:900], "imports.file.unreadable"},
		"a cell without an end": {bomb, "imports.file.long_cell"},
		"too many rows":         {[]byte("Nom\n" + strings.Repeat("Okafor\n", MostRows+1)), "imports.file.too_many_rows"},
		"too many columns":      {[]byte(strings.Repeat("Nom;", mostColumns+1) + "\na\n"), "imports.file.too_wide"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read("x", c.body)
			problems, _ := fault.Correctable(err)
			if len(problems) != 1 || problems[0].Key != c.want || problems[0].Field != "file" {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestColumnsAreGuessed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header []string
		want   string
	}{
		"French":           {[]string{"NOM", "prenoms", "Date de  naissance", "Remarques"}, "family_name given_names birth_date -"},
		"German":           {[]string{"Name", "Vornamen", "Geburtsdatum", "Sprachen"}, "family_name given_names birth_date languages"},
		"a list, French":   {[]string{"Code", "Nom de famille", "Prénom", "Née le", "Nationalité", "Langue", "Ouvert le", "Référente"}, "code_name family_name given_names birth_date nationalities languages opened_on responsible"},
		"a list, Italian":  {[]string{"Cognome", "Nome", "Nata il", "Cittadinanza", "Data di apertura"}, "family_name given_names birth_date nationalities opened_on"},
		"as the form":      {[]string{"family_name", "phase", "opened_on"}, "family_name phase opened_on"},
		"HTCDS":            {[]string{"prs_SecondName", "prs_FirstName", "prs_PrimaryLanguage", "prs_SecondaryLanguage", "vic_TypeOfExploitation", "cas_Status"}, "family_name given_names languages languages exploitation_forms -"},
		"twice, the first": {[]string{"Nom", "Nom"}, "family_name -"},
	} {
		t.Run(name, func(t *testing.T) {
			mapping, got := Guess(c.header), []string{}
			for column := range c.header {
				if mapping[column] == "" {
					got = append(got, "-")
				} else {
					got = append(got, mapping[column])
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%q", got)
			}
			if err := mapping.Check(); err != nil {
				t.Errorf("what was guessed is refused: %v", err)
			}
		})
	}
	for name, mapping := range map[string]Mapping{"nothing": {}, "a field twice": {0: "gender", 1: "gender"}, "no field": {0: "secrets"}} {
		if mapping.Check() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestARowIsReadAsAFormIs(t *testing.T) {
	t.Parallel()
	sheet := read(t, "x.csv", strings.Join([]string{
		"Nom de code;Nom;Genre;Nationalités;Langues;Date de naissance;Responsable;Arrivée par;Formes d’exploitation;Santé;Phase",
		"Lomidak;Okafor;Frau;Nigeria, CH;anglais; 14.03.1998;Léa Morel;Polizei oder Justiz;Exploitation sexuelle;Suivi régulier;Integration",
		";Santos;;Corée du Sud;por/ptb;35000;;;;;",
		"Beludok;Yilmaz;Blume;TR;tur;31.2.1998;Ruth Keller;;;;",
	}, "\n"))
	labels := map[string]string{}
	for column, name := range sheet.Mapping {
		labels[sheet.Header[column]] = name
	}
	all := rows(t, sheet)
	first := all[0]
	if len(first.Problems) > 0 {
		t.Fatalf("the first row, with columns %v: %v", labels, first.Problems)
	}
	p := first.Particulars
	if p.CodeName != "Lomidak" || p.ResponsibleID != cast.Lea.ID || p.Beneficiary.Gender != "female" || p.Phase != dossiers.Integration || p.ReachedThrough != "police_justice" ||
		!slices.Equal(p.Beneficiary.Nationalities, []string{"NG", "CH"}) || p.Beneficiary.BirthDate == nil || p.Beneficiary.BirthDate.Format(time.DateOnly) != "1998-03-14" || first.Situation["health"] != "Suivi régulier" {
		t.Errorf("%+v", p)
	}
	if second := all[1].Particulars; second.CodeName != "" || second.ResponsibleID != cast.Karim.ID || second.Phase != dossiers.FirstContact || second.Beneficiary.BirthDate.Format(time.DateOnly) != "1995-10-28" {
		t.Errorf("what is left open: %+v", second)
	}
	var wrong []string
	for _, problem := range all[2].Problems {
		wrong = append(wrong, problem.Field+" "+problem.Key)
	}
	slices.Sort(wrong)
	want := []string{"birth_date forms.date.unreadable", "gender imports.word.unknown", "responsible imports.responsible.unknown"}
	if !slices.Equal(wrong, want) {
		t.Errorf("the third row: %q", wrong)
	}
}

func TestHTCDSIsUnderstood(t *testing.T) {
	t.Parallel()
	sheet := read(t, "htcds.csv", "prs_FirstName,prs_MiddleName,prs_SecondName,prs_Gender,prs_PrimaryLanguage,prs_SecondaryLanguage,prs_Citizenship,vic_TypeOfExploitation,cas_IncomingReferralDate,prs_MobilePhone,prs_HomePhone\n"+
		"Amina,Grace,Okafor,Feminine,fr,ger,NGA;RO,SexualExploitation;ForcedBegging,2025-02-03,+41786000001,+41216000001\n")
	row := rows(t, sheet)[0]
	b := row.Particulars.Beneficiary
	if len(row.Problems) > 0 || b.GivenNames != "Amina Grace" || b.FamilyName != "Okafor" || b.Gender != "female" || !slices.Equal(b.Languages, []string{"fra", "deu"}) ||
		!slices.Equal(b.Nationalities, []string{"NG", "RO"}) || !slices.Equal(b.ExploitationForms, []dossiers.ExploitationForm{"sexual", "begging"}) || b.Phone != "+41786000001" ||
		row.OpenedOn == nil || row.OpenedOn.Format(time.DateOnly) != "2025-02-03" {
		t.Errorf("%v %+v %v", row.Problems, b, row.OpenedOn)
	}
}

func TestImportRules(t *testing.T) {
	t.Parallel()
	begun := now
	prepared, running := Import{Total: 3}, Import{Total: 3, BegunAt: &begun}
	if err := prepared.Begin(Report{Wrong: 1}); !errors.Is(err, fault.Refused("")) {
		t.Errorf("begins with a row that is not clear: %v", err)
	}
	if err := prepared.Begin(Report{}); err != nil {
		t.Errorf("does not begin: %v", err)
	}
	if err := running.Begin(Report{Wrong: 1}); err != nil {
		t.Errorf("does not go on: %v", err)
	}
	if err := running.Map(); !errors.Is(err, fault.Refused("")) {
		t.Errorf("columns change their meaning half-way: %v", err)
	}
}

// headerOf is the first row of a workbook.
func headerOf(t *testing.T, body []byte) []any {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	var header []any
	for _, title := range rows[0] {
		header = append(header, title)
	}
	return header
}
