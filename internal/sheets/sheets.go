// Package sheets writes tables that leave the house as files which spreadsheets open. No cell of them is ever computed.
package sheets

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Sheet is a table: its columns, and its lines below them.
type Sheet struct {
	// Name is what the table is called, within a workbook.
	Name   string
	Header []string
	Lines  [][]string
	// Note says on each printed page of a workbook where it comes from.
	Note string
}

// dangerous begins a cell that a spreadsheet would compute (CWE-1236).
const dangerous = "=+-@\t\r\n\x00＝＋－＠"

// Guarded keeps a cell from being computed; Unguarded gives back what it was. An apostrophe that somebody typed is guarded as well, so that it
// is not taken for ours.
func Guarded(cell string) string {
	if cell != "" && strings.ContainsRune(dangerous+"'", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}

// Unguarded is what a cell was before Guarded.
func Unguarded(cell string) string {
	if rest, found := strings.CutPrefix(cell, "'"); found && rest != "" && strings.ContainsRune(dangerous+"'", []rune(rest)[0]) {
		return rest
	}
	return cell
}

// CSV writes a table in UTF-8, with the mark by which spreadsheets know it (RFC 4180).
func (s Sheet) CSV() ([]byte, error) {
	out := bytes.NewBufferString("\xef\xbb\xbf")
	writer := csv.NewWriter(out)
	for _, line := range append([][]string{s.Header}, s.Lines...) {
		guarded := make([]string, len(line))
		for i, cell := range line {
			guarded[i] = Guarded(cell)
		}
		if err := writer.Write(guarded); err != nil {
			return nil, fmt.Errorf("write a table: %w", err)
		}
	}
	writer.Flush()
	return out.Bytes(), writer.Error()
}

// text is the number format of what is text, whatever it looks like (ECMA-376, 18.8.30).
const text = 49

// XLSX writes a table as a workbook: each cell is a text, the header stays in sight, and who made the file is in no property of it.
func (s Sheet) XLSX() ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName(book.GetSheetName(0), s.Name); err != nil {
		return nil, fmt.Errorf("write a workbook: %w", err)
	}
	if err := s.fill(book); err != nil {
		return nil, fmt.Errorf("write a workbook: %w", err)
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		return nil, fmt.Errorf("write a workbook: %w", err)
	}
	return out.Bytes(), nil
}

func (s Sheet) fill(book *excelize.File) error {
	plain, err := book.NewStyle(&excelize.Style{NumFmt: text})
	if err != nil {
		return err
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, NumFmt: text})
	if err != nil {
		return err
	}
	if err := book.SetDocProps(&excelize.DocProperties{}); err != nil {
		return err
	}
	// What is said of a workbook on paper has codes of its own, which begin with &.
	note := strings.ReplaceAll(s.Note, "&", "&&")
	if err := book.SetHeaderFooter(s.Name, &excelize.HeaderFooterOptions{OddFooter: "&L" + note + "&R&P"}); err != nil {
		return err
	}
	stream, err := book.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	if err := stream.SetColWidth(1, len(s.Header), 22); err != nil {
		return err
	}
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i, line := range append([][]string{s.Header}, s.Lines...) {
		style := plain
		if i == 0 {
			style = bold
		}
		cells := make([]any, len(line))
		for j, cell := range line {
			cells[j] = excelize.Cell{StyleID: style, Value: cell}
		}
		if err := stream.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
			return err
		}
	}
	return stream.Flush()
}
