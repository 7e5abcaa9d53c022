package imports

import (
	"bytes"
	"cmp"
	"context"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/members"
)

// FuzzRead: a file of whatever bytes is a table within bounds, of which each row can be read into the form, or a fault that says what is wrong
// with it.
func FuzzRead(f *testing.F) {
	book := excelize.NewFile()
	for cell, value := range map[string]any{"A1": "Nom", "B1": "Date de naissance", "A2": "Okafor", "B2": 36000.5, "A3": "=1+1"} {
		if err := book.SetCellValue("Sheet1", cell, value); err != nil {
			f.Fatal(err)
		}
	}
	var written bytes.Buffer
	if err := book.Write(&written); err != nil {
		f.Fatal(err)
	}
	f.Add(written.Bytes())
	for _, text := range []string{
		"Nom;Prénoms;Date de naissance;Genre\nOkafor;Amina;14.3.1998;Féminin\nSantos;Rui;1987-11-02\n", "Nom,Langue\n\"a\nb\",\"français; deutsch\"\n",
		"Nom\tPr\xe9noms\r\nx\ty\r\n", "\xef\xbb\xbfcode_name,phase\nLomidak,x", "a\x00", "PK\x03\x04", "\xd0\xcf\x11\xe0", "responsible;situation\nKarim;\"\"\"",
	} {
		f.Add([]byte(text))
	}
	r := reader{[]members.Member{{MemberID: cast.Karim.ID, Name: cast.Karim.Name, Role: cast.Karim.Role}}, cast.Karim.ID, now}
	ctx := i18n.With(context.Background(), i18n.FR)
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > MostBytes {
			return
		}
		sheet, err := Read("list.csv", body)
		if err != nil {
			if _, ours := fault.Correctable(err); !ours {
				t.Errorf("no fault of the file: %v", err)
			}
			return
		}
		if len(sheet.Rows) == 0 || len(sheet.Rows) > MostRows || len(sheet.Header) > mostColumns {
			t.Errorf("%d rows of %d columns", len(sheet.Rows), len(sheet.Header))
		}
		sheet.Mapping = Guess(sheet.Header)
		if problems, ours := fault.Correctable(sheet.Mapping.Check()); ours && len(sheet.Mapping) > 0 {
			t.Errorf("what is guessed of %q is refused: %v", sheet.Header, problems)
		}
		for i, row := range sheet.Rows[:min(len(sheet.Rows), 50)] {
			for _, cell := range row {
				if len(row) != len(sheet.Header) || len(cell) > mostCell || !utf8.ValidString(cell) {
					t.Fatalf("row %d of %d columns has %d, with the cell %q", i, len(sheet.Header), len(row), cell)
				}
			}
			read := r.read(ctx, sheet, i)
			read.Particulars.CodeName = cmp.Or(read.Particulars.CodeName, standIn)
			if problems := read.Particulars.Check(forms.Today(now)); len(read.Problems) == 0 && len(problems) > 0 {
				t.Errorf("row %d is taken, and would be refused: %v", i, problems)
			}
		}
	})
}
