package letters

import (
	"context"
	"fmt"

	"passerelle/internal/i18n"
	"passerelle/internal/paper"
)

// The page, in millimetres, and its letters, in points. The address stands where the window of a Swiss envelope is, at the
// right (SN 10130).
const (
	margin, addressAt = 25.0, 118.0
	text, line        = 10.5, 5.2
)

// PDF is the letter on paper.
func (l Letter) PDF(ctx context.Context) ([]byte, error) {
	ctx = i18n.With(ctx, l.Language)
	contents := l.Contents.Get()
	page := paper.New(l.Language, l.WrittenAt, false, margin, "")
	page.Letters(text)
	page.MultiCell(0, line, paper.Drawn(contents.Sender), "", "L", false)
	page.SetXY(addressAt, 50)
	page.MultiCell(0, line, paper.Drawn(contents.Recipient), "", "L", false)
	page.SetY(max(page.GetY(), 80) + 2*line)
	page.MultiCell(0, line, i18n.LongDate(ctx, l.WrittenAt), "", "L", false)
	page.Ln(2 * line)
	page.Letters(text + 2)
	page.MultiCell(0, line+1, paper.Drawn(contents.Subject), "", "L", false)
	page.Letters(text)
	page.Ln(line)
	page.MultiCell(0, line, paper.Drawn(contents.Body), "", "L", false)
	page.Ln(2 * line)
	page.MultiCell(0, line, paper.Drawn(contents.Author), "", "L", false)
	written, err := page.Bytes()
	if err != nil {
		return nil, fmt.Errorf("write letter %s: %w", l.LetterID, err)
	}
	return written, nil
}
