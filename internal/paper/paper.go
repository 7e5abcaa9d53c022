// Package paper writes what is printed: pages of A4, in letters that every language here has. What is written says of itself nothing that
// does not stand on it: no author, no address of a file.
package paper

import (
	"bytes"
	_ "embed" // the font
	"fmt"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"passerelle/internal/i18n"
)

//go:embed font/DejaVuSansCondensed.ttf
var font []byte

const typeface = "letter"

// Paper is pages being written. Measures are in millimetres, those of letters in points.
type Paper struct {
	*fpdf.Fpdf
}

// New begins with one empty page. at is when it is said to have been written; note, where there is one, stands at the foot of each page with
// its number.
func New(lang i18n.Lang, at time.Time, landscape bool, margin float64, note string) Paper {
	orientation := "P"
	if landscape {
		orientation = "L"
	}
	p := Paper{fpdf.New(orientation, "mm", "A4", "")}
	p.SetCreationDate(at)
	p.SetModificationDate(at)
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(true, margin)
	p.AddUTF8FontFromBytes(typeface, "", font)
	p.SetLang(string(lang))
	if note != "" {
		p.SetFooterFunc(func() {
			p.SetXY(margin, -margin+4) // a text that goes on over the page may be indented
			p.Letters(7.5)
			p.CellFormat(0, 4, Drawn(note), "", 0, "L", false, 0, "")
			p.SetX(margin)
			p.CellFormat(0, 4, strconv.Itoa(p.PageNo()), "", 0, "R", false, 0, "")
		})
	}
	p.Letters(10)
	p.AddPage()
	return p
}

// Letters are so large from here on.
func (p Paper) Letters(size float64) { p.SetFont(typeface, "", size) }

// Bytes is the finished document, as PDF.
func (p Paper) Bytes() ([]byte, error) {
	var written bytes.Buffer
	if err := p.Output(&written); err != nil {
		return nil, fmt.Errorf("write on paper: %w", err)
	}
	return written.Bytes(), nil
}

// Drawn is a text without the characters that the library does not know, which are pictures above all.
func Drawn(text string) string {
	return strings.Map(func(r rune) rune {
		if r > '\uffff' {
			return '\ufffd'
		}
		return r
	}, text)
}

// How a table is drawn.
const (
	letters, line, padding = 8.5, 4.2, 1.5
)

// Table draws lines below a header that stands on each page. shares say how wide the columns are, beside each other.
func (p Paper) Table(header []string, lines [][]string, shares []float64) {
	p.Letters(letters)
	left, top, right, bottom := p.GetMargins()
	width, height := p.GetPageSize()
	var all float64
	for _, share := range shares {
		all += share
	}
	draw := func(cells []string, filled bool) {
		rows := 1
		wrapped := make([][]string, len(cells))
		for i, cell := range cells {
			wrapped[i] = p.SplitText(Drawn(cell), (width-left-right)*shares[i]/all-2*padding)
			rows = max(rows, len(wrapped[i]))
		}
		tall := float64(rows)*line + 2*padding
		x, y := left, p.GetY()
		for i, rest := range wrapped {
			wide := (width - left - right) * shares[i] / all
			style := "D"
			if filled {
				style = "FD"
			}
			p.Rect(x, y, wide, tall, style)
			for j, text := range rest {
				p.SetXY(x+padding, y+padding+float64(j)*line)
				p.CellFormat(wide-2*padding, line, text, "", 0, "L", false, 0, "")
			}
			x += wide
		}
		p.SetXY(left, y+tall)
	}
	p.SetDrawColor(190, 200, 200)
	p.SetFillColor(232, 240, 240)
	draw(header, true)
	for _, cells := range lines {
		rows := 1
		for i, cell := range cells {
			rows = max(rows, len(p.SplitText(Drawn(cell), (width-left-right)*shares[i]/all-2*padding)))
		}
		if p.GetY()+float64(rows)*line+2*padding > height-bottom {
			p.AddPage()
			p.SetY(top)
			p.Letters(letters)
			draw(header, true)
		}
		draw(cells, false)
	}
}
