package imports

import (
	"bytes"
	"context"
	"fmt"

	"github.com/xuri/excelize/v2"

	"passerelle/internal/access"
	"passerelle/internal/i18n"
)

// Template is a workbook to fill in, in the reader's language: a sheet with a column for each field, and one that says
// which words each field knows.
func (s *Service) Template(ctx context.Context) ([]byte, error) {
	if _, err := access.Require(ctx, access.ImportCreate); err != nil {
		return nil, err
	}
	book := excelize.NewFile()
	defer book.Close()
	people, words := i18n.T(ctx, "imports.template.people"), i18n.T(ctx, "imports.template.words")
	if err := book.SetSheetName(book.GetSheetName(0), people); err != nil {
		return nil, fmt.Errorf("write the template: %w", err)
	}
	if _, err := book.NewSheet(words); err != nil {
		return nil, fmt.Errorf("write the template: %w", err)
	}
	// Text stays text: a telephone number keeps its zero, and what looks like a formula is none.
	text, err := book.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return nil, fmt.Errorf("write the template: %w", err)
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, NumFmt: 49})
	if err != nil {
		return nil, fmt.Errorf("write the template: %w", err)
	}
	for i, field := range Fields {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return nil, fmt.Errorf("write the template: %w", err)
		}
		cells := []func() error{
			func() error { return book.SetColStyle(people, column, text) },
			func() error { return book.SetColWidth(people, column, column, 24) },
			func() error { return book.SetCellStr(people, column+"1", i18n.T(ctx, field.Label)) },
			func() error { return book.SetCellStyle(people, column+"1", column+"1", bold) },
			func() error { return book.SetColWidth(words, column, column, 24) },
			func() error { return book.SetCellStr(words, column+"1", i18n.T(ctx, field.Label)) },
			func() error { return book.SetCellStyle(words, column+"1", column+"1", bold) },
		}
		for row, word := range field.Words(ctx) {
			cells = append(cells, func() error { return book.SetCellStr(words, fmt.Sprintf("%s%d", column, row+2), word.Name) })
		}
		for _, write := range cells {
			if err := write(); err != nil {
				return nil, fmt.Errorf("write the template: %w", err)
			}
		}
	}
	if err := book.SetPanes(people, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, fmt.Errorf("write the template: %w", err)
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		return nil, fmt.Errorf("write the template: %w", err)
	}
	return out.Bytes(), nil
}
