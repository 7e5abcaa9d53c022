package sheets

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

var hostile = []string{"=1+1", "+41 78 600 00 01", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1+1", "'quoted", "plain", "", "é;\"x\",\nline"}

func sheet() Sheet {
	return Sheet{Name: "Liste", Header: []string{"=A", "B"}, Lines: [][]string{hostile[:2], hostile[2:4], hostile[4:6], hostile[6:8], hostile[8:10], hostile[10:]}, Note: "Karim & Anna"}
}

// Nothing that a spreadsheet would compute stands at the beginning of a cell, and what was written can be had back.
func TestCSV(t *testing.T) {
	t.Parallel()
	body, err := sheet().CSV()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil || len(rows) != 7 {
		t.Fatal(rows, err)
	}
	var back []string
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune(dangerous, []rune(cell)[0]) {
				t.Errorf("a spreadsheet would compute %q", cell)
			}
			back = append(back, Unguarded(cell))
		}
	}
	// A carriage return before a line feed is what CSV itself reads as one.
	if want := append([]string{"=A", "B"}, hostile...); !slices.Equal(back, want) {
		t.Errorf("%q", back)
	}
}

// A workbook holds texts, to the letter, and no formula; nobody is named in its properties.
func TestXLSX(t *testing.T) {
	t.Parallel()
	body, err := sheet().XLSX()
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Liste")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 7 || rows[1][0] != "=1+1" || rows[1][1] != "+41 78 600 00 01" || rows[0][0] != "=A" {
		t.Errorf("%q", rows)
	}
	archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archive.File {
		opened, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		inside, err := io.ReadAll(opened)
		if err != nil {
			t.Fatal(err)
		}
		if text := string(inside); strings.Contains(text, "<f>") || strings.Contains(text, "<dc:creator>") && !strings.Contains(text, "<dc:creator></dc:creator>") {
			t.Errorf("%s holds a formula, or an author: %s", file.Name, text)
		}
	}
}
