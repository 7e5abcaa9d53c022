package letters

import (
	"bytes"
	"context"
	_ "embed" // the font
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"passerelle/internal/i18n"
)

//go:embed font/DejaVuSansCondensed.ttf
var font []byte

// The page, in millimetres, and its letters, in points. The address stands where the window of a Swiss envelope is, at the
// right (SN 10130).
const (
	margin, addressAt = 25.0, 118.0
	text, line        = 10.5, 5.2
	typeface          = "letter"
)

// drawn is a text without the characters that the library does not know, which are pictures above all.
func drawn(text string) string {
	return strings.Map(func(r rune) rune {
		if r > '\uffff' {
			return '\ufffd'
		}
		return r
	}, text)
}

// PDF is the letter on paper. It says of itself nothing that does not stand on it: no title, no author, no address of a file.
func (l Letter) PDF(ctx context.Context) ([]byte, error) {
	ctx = i18n.With(ctx, l.Language)
	contents := l.Contents.Get()
	page := fpdf.New("P", "mm", "A4", "")
	page.SetCreationDate(l.WrittenAt)
	page.SetModificationDate(l.WrittenAt)
	page.SetMargins(margin, margin, margin)
	page.SetAutoPageBreak(true, margin)
	page.AddUTF8FontFromBytes(typeface, "", font)
	page.SetFont(typeface, "", text)
	page.SetLang(string(l.Language))
	page.AddPage()
	page.MultiCell(0, line, drawn(contents.Sender), "", "L", false)
	page.SetXY(addressAt, 50)
	page.MultiCell(0, line, drawn(contents.Recipient), "", "L", false)
	page.SetY(max(page.GetY(), 80) + 2*line)
	page.MultiCell(0, line, i18n.LongDate(ctx, l.WrittenAt), "", "L", false)
	page.Ln(2 * line)
	page.SetFont(typeface, "", text+2)
	page.MultiCell(0, line+1, drawn(contents.Subject), "", "L", false)
	page.SetFont(typeface, "", text)
	page.Ln(line)
	page.MultiCell(0, line, drawn(contents.Body), "", "L", false)
	page.Ln(2 * line)
	page.MultiCell(0, line, drawn(contents.Author), "", "L", false)
	var written bytes.Buffer
	if err := page.Output(&written); err != nil {
		return nil, fmt.Errorf("write letter %s: %w", l.LetterID, err)
	}
	return written.Bytes(), nil
}
