package imports

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"passerelle/internal/fault"
)

// The most that a file may hold. An NGO accompanies some hundreds of people; what is larger is no caseload.
const (
	MostBytes   = 1 << 20
	MostRows    = 5000
	mostColumns = 100
	mostCell    = 6000
	mostXML     = 64 << 20
)

// Sheet is a file as it was read: what its columns are called, and the rows below.
type Sheet struct {
	FileName string
	Header   []string
	Rows     [][]string
	// Mapping says which field each column fills, by its place; columns that fill none are left out of it.
	Mapping Mapping
}

// Read reads a CSV file or the first sheet of an Excel workbook. A file that is neither, or too large, is fault.Invalid.
func Read(name string, body []byte) (Sheet, error) {
	var table [][]string
	var err error
	switch {
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		table, err = readWorkbook(body)
	case bytes.HasPrefix(body, []byte("\xd0\xcf\x11\xe0")), bytes.IndexByte(body, 0) >= 0:
		return Sheet{}, fault.Invalid("file", "imports.file.unknown_kind")
	default:
		table, err = readText(body)
	}
	if err != nil {
		return Sheet{}, err
	}
	table = slices.DeleteFunc(table, empty)
	if len(table) < 2 {
		return Sheet{}, fault.Invalid("file", "imports.file.no_rows")
	}
	sheet := Sheet{FileName: lastOf(name), Header: table[0], Rows: table[1:]}
	if len(sheet.Rows) > MostRows {
		return Sheet{}, fault.Invalid("file", "imports.file.too_many_rows", "Max", MostRows)
	}
	for i, row := range sheet.Rows {
		for len(row) < len(sheet.Header) {
			row = append(row, "")
		}
		sheet.Rows[i] = row[:len(sheet.Header)]
	}
	return sheet, nil
}

func empty(row []string) bool {
	return !slices.ContainsFunc(row, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

// lastOf is a file's name without the folders that some browsers send along.
func lastOf(path string) string {
	path = path[strings.LastIndexAny(path, `/\`)+1:]
	if len(path) > 100 || !utf8.ValidString(path) {
		return ""
	}
	return path
}

// errWide refuses what no form of ours has.
var errWide = fault.Invalid("file", "imports.file.too_wide", "Max", mostColumns)

func bounded(row []string) ([]string, error) {
	if len(row) > mostColumns {
		return nil, errWide
	}
	for i, cell := range row {
		if len(cell) > mostCell {
			return nil, fault.Invalid("file", "imports.file.long_cell", "Max", mostCell)
		}
		row[i] = strings.TrimSpace(cell)
	}
	return row, nil
}

// readWorkbook reads cells as they are stored and not as they are shown: a date is then its number, whatever way the
// workbook writes dates. Formulas are not computed; what they gave last counts.
func readWorkbook(body []byte) (table [][]string, err error) {
	book, err := excelize.OpenReader(bytes.NewReader(body), excelize.Options{RawCellValue: true, UnzipSizeLimit: mostXML, UnzipXMLSizeLimit: mostXML})
	if err != nil {
		return nil, fault.Invalid("file", "imports.file.unreadable")
	}
	defer book.Close()
	rows, err := book.Rows(book.GetSheetName(0))
	if err != nil {
		return nil, fault.Invalid("file", "imports.file.unreadable")
	}
	defer rows.Close()
	for rows.Next() {
		row, err := rows.Columns()
		if err != nil {
			return nil, fault.Invalid("file", "imports.file.unreadable")
		}
		if row, err = bounded(row); err != nil {
			return nil, err
		}
		if table = append(table, row); len(table) > MostRows+1 {
			return nil, fault.Invalid("file", "imports.file.too_many_rows", "Max", MostRows)
		}
	}
	if rows.Error() != nil {
		return nil, fault.Invalid("file", "imports.file.unreadable")
	}
	return table, nil
}

// readText reads a CSV file: in UTF-8, or as older spreadsheets write it, and with whatever parts its columns.
func readText(body []byte) (table [][]string, err error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(body) {
		if body, err = charmap.Windows1252.NewDecoder().Bytes(body); err != nil {
			return nil, fault.Invalid("file", "imports.file.unreadable")
		}
	}
	reader := csv.NewReader(bytes.NewReader(body))
	reader.Comma, reader.FieldsPerRecord, reader.LazyQuotes, reader.TrimLeadingSpace = separator(body), -1, true, true
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return table, nil
		}
		if err != nil {
			return nil, fault.Invalid("file", "imports.file.unreadable")
		}
		if row, err = bounded(row); err != nil {
			return nil, err
		}
		if table = append(table, row); len(table) > MostRows+1 {
			return nil, fault.Invalid("file", "imports.file.too_many_rows", "Max", MostRows)
		}
	}
}

// separator is what the first line has most of.
func separator(body []byte) rune {
	line, _, _ := bytes.Cut(body, []byte("\n"))
	best, most := ';', 0
	for _, candidate := range []rune{';', ',', '\t'} {
		if n := bytes.Count(line, []byte(string(candidate))); n > most {
			best, most = candidate, n
		}
	}
	return best
}
