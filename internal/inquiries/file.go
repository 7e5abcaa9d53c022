package inquiries

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/paper"
)

// Format is how an extract is written.
type Format string

// The formats: pages to read, and a file that programs read (docs/extract.md).
const (
	PDF  Format = "pdf"
	JSON Format = "json"
)

// Formats lists them in the order of forms.
var Formats = []Format{PDF, JSON}

// Order is how somebody wants an extract.
type Order struct {
	Language i18n.Lang
	Format   Format
}

func (o Order) check() error {
	var problems fault.Problems
	if !slices.Contains(i18n.Langs, o.Language) {
		problems.Add("language", "inquiries.language.missing")
	}
	if !slices.Contains(Formats, o.Format) {
		problems.Add("format", "inquiries.format.missing")
	}
	return problems.Err()
}

// in is ctx in the language of the person.
func (o Order) in(ctx context.Context) context.Context { return i18n.With(ctx, o.Language) }

// File is what leaves the house. Its name says nothing of anybody.
type File struct {
	Name, Media string
	Body        []byte
}

// file writes the extract.
func (e Extract) file(ctx context.Context, by access.Principal, order Order, at time.Time) (file File, err error) {
	if order.Format == JSON {
		file = File{Name: "document.json", Media: "application/json"}
		file.Body, err = e.written(ctx, by, order, at)
	} else {
		file = File{Name: "document.pdf", Media: "application/pdf"}
		file.Body, err = e.printed(ctx, by, order, at)
	}
	if err != nil {
		return File{}, fmt.Errorf("write an extract: %w", err)
	}
	return file, nil
}

// The page, in millimetres, and its letters, in points.
const (
	margin                         = 20.0
	large, medium, small, ordinary = 18.0, 13.0, 9.0, 10.0
	line                           = 5.0
)

// printed is the extract on paper: for whom, by whom and when; what is left out and why; then chapter by chapter.
func (e Extract) printed(ctx context.Context, by access.Principal, order Order, at time.Time) ([]byte, error) {
	p := page{paper.New(order.Language, at, false, margin, i18n.T(ctx, "inquiries.extract.foot", "NGO", by.TenantName, "Day", i18n.Date(ctx, at))), ctx}
	given := e.give(ctx)
	p.says(large, 9, i18n.T(ctx, "inquiries.extract.head"))
	if name := e.name(); name != "" {
		p.says(medium, 7, name)
	}
	p.Ln(2)
	p.says(ordinary, line, i18n.T(ctx, "inquiries.extract.of", "CodeName", string(e.Dossier.CodeName), "NGO", by.TenantName, "Day", i18n.LongDate(ctx, at), "Received", i18n.LongDate(ctx, e.Inquiry.ReceivedOn)))
	p.Ln(2)
	for _, told := range e.foreword(ctx, given) {
		p.says(ordinary, line, told)
		p.Ln(1.5)
	}
	for _, chapter := range given {
		p.chapter(chapter)
	}
	return p.Bytes()
}

// name is that of the person for whom the extract is.
func (e Extract) name() string {
	var names []string
	for _, chapter := range e.Chapters {
		for _, thing := range chapter.Things {
			for _, fact := range thing.Facts {
				if e.Omitted(chapter.Name) == "" && thing.What == "inquiries.thing.person" && (fact.Label == "dossiers.given_names.label" || fact.Label == "dossiers.family_name.label") {
					names = slices.Concat(fact.Values, names) // the family name comes first
				}
			}
		}
	}
	return strings.Join(names, " ")
}

// foreword says what rights there are, and what the extract leaves out.
func (e Extract) foreword(ctx context.Context, given []leaving) []string {
	told := []string{i18n.T(ctx, "inquiries.extract.rights"), i18n.T(ctx, "inquiries.extract.others")}
	left := map[Ground]int{}
	for _, chapter := range given {
		if chapter.LeftOut != "" {
			told = append(told, i18n.T(ctx, "inquiries.area.left_out", "Chapter", i18n.T(ctx, "inquiries.chapter."+chapter.Name), "Why", i18n.T(ctx, "inquiries.ground."+string(chapter.LeftOut))))
		}
		for _, thing := range chapter.Things {
			for _, fact := range thing.Facts {
				if fact.LeftOut != "" {
					left[fact.LeftOut]++
				}
			}
		}
	}
	for _, ground := range append(slices.Clone(inPart), Unread) {
		if left[ground] > 0 {
			told = append(told, i18n.T(ctx, "inquiries.extract.left_out", "Count", left[ground], "Why", i18n.T(ctx, "inquiries.ground."+string(ground))))
		}
	}
	return told
}

// page is paper in a language.
type page struct {
	paper.Paper
	ctx context.Context
}

func (p page) says(size, tall float64, text string) {
	p.Letters(size)
	p.MultiCell(0, tall, paper.Drawn(text), "", "L", false)
}

// room begins a new page where less than so much is left of one: a heading does not stand alone at its foot.
func (p page) room(tall float64) {
	_, height := p.GetPageSize()
	if p.GetY()+tall > height-margin {
		p.AddPage()
	}
}

func (p page) chapter(c leaving) {
	p.room(30)
	p.Ln(6)
	p.SetTextColor(0, 80, 90)
	p.says(medium, 7, i18n.T(p.ctx, "inquiries.chapter."+c.Name))
	p.SetTextColor(0, 0, 0)
	left, _, right, _ := p.GetMargins()
	wide, _ := p.GetPageSize()
	p.SetDrawColor(0, 80, 90)
	p.Line(left, p.GetY(), wide-right, p.GetY())
	p.Ln(2)
	switch {
	case c.LeftOut != "":
		p.says(ordinary, line, i18n.T(p.ctx, "inquiries.area.omitted", "Why", i18n.T(p.ctx, "inquiries.ground."+string(c.LeftOut))))
	case len(c.Things) == 0:
		p.says(ordinary, line, i18n.T(p.ctx, "inquiries.extract.nothing"))
	}
	for _, thing := range c.Things {
		p.thing(thing)
	}
	for _, key := range c.Apart {
		p.says(small, line, i18n.T(p.ctx, key))
	}
	if c.More {
		p.says(small, line, i18n.T(p.ctx, "inquiries.extract.more"))
	}
}

// thing is one of a chapter: its facts beside each other, and below each other what is long.
func (p page) thing(thing leavingThing) {
	p.room(20)
	p.Ln(1)
	p.SetTextColor(0, 80, 90)
	p.says(ordinary+0.5, line+0.5, i18n.T(p.ctx, thing.What))
	p.SetTextColor(0, 0, 0)
	left, _, _, _ := p.GetMargins()
	for _, fact := range thing.Facts {
		p.Letters(small)
		label := p.SplitText(paper.Drawn(i18n.T(p.ctx, fact.Label)), labels-3)
		p.room(float64(max(len(label), 1)) * line)
		top, on := p.GetY(), p.PageNo()
		p.SetTextColor(80, 80, 80)
		for i, text := range label {
			p.SetXY(left, top+float64(i)*line)
			p.CellFormat(labels-3, line, text, "", 0, "L", false, 0, "")
		}
		p.SetTextColor(0, 0, 0)
		p.Letters(ordinary)
		p.SetLeftMargin(left + labels)
		p.SetXY(left+labels, top)
		p.MultiCell(0, line, paper.Drawn(fact.said(p.ctx)), "", "L", false)
		p.SetLeftMargin(left)
		if bottom := top + float64(len(label))*line; p.PageNo() == on && p.GetY() < bottom {
			p.SetY(bottom)
		}
		p.SetX(left)
	}
	p.Ln(1.5)
}

// labels is how wide the column of labels is.
const labels = 55.0

// said is what stands beside the label.
func (f leavingFact) said(ctx context.Context) string {
	switch {
	case f.LeftOut == Unread:
		return i18n.T(ctx, "inquiries.extract.unread")
	case f.LeftOut != "":
		return i18n.T(ctx, "inquiries.extract.omitted", "Why", i18n.T(ctx, "inquiries.ground."+string(f.LeftOut)))
	case f.Kind == disclosure.Text:
		return strings.Join(f.Words, "\n")
	}
	return strings.Join(f.Words, ", ")
}

// jsonExtract is an extract as a file that programs read. docs/extract.md describes it.
type jsonExtract struct {
	Format       string        `json:"format"`
	Version      int           `json:"version"`
	Language     i18n.Lang     `json:"language"`
	MadeAt       time.Time     `json:"made_at"`
	Organisation string        `json:"organisation"`
	Dossier      string        `json:"dossier"`
	ReceivedOn   string        `json:"request_received_on"`
	Notes        []string      `json:"notes"`
	Chapters     []jsonChapter `json:"chapters"`
}

// jsonChapter is what one capability keeps.
type jsonChapter struct {
	Code   string      `json:"code"`
	Title  string      `json:"title"`
	Things []jsonThing `json:"things"`
	// LeftOut is why nothing of it is told.
	LeftOut Ground `json:"left_out,omitempty"`
	// Notes say what is kept as well and does not stand here.
	Notes []string `json:"notes,omitempty"`
}

// jsonThing is one thing that is kept.
type jsonThing struct {
	Code  string     `json:"code"`
	Title string     `json:"title"`
	Facts []jsonFact `json:"facts"`
}

// jsonFact is a fact, with its values as codes and as words, or why it is left out.
type jsonFact struct {
	Code    string          `json:"code"`
	Title   string          `json:"title"`
	Kind    disclosure.Kind `json:"kind"`
	Values  []string        `json:"values,omitempty"`
	Words   []string        `json:"words,omitempty"`
	LeftOut Ground          `json:"left_out,omitempty"`
}

// written is the extract for programs.
func (e Extract) written(ctx context.Context, by access.Principal, order Order, at time.Time) ([]byte, error) {
	given := e.give(ctx)
	document := jsonExtract{
		Format: "passerelle-extract", Version: 1, Language: order.Language, MadeAt: at.UTC().Truncate(time.Second), Organisation: by.TenantName,
		Dossier: string(e.Dossier.CodeName), ReceivedOn: e.Inquiry.ReceivedOn.Format(time.DateOnly), Notes: e.foreword(ctx, given),
	}
	for _, chapter := range given {
		told := jsonChapter{Code: chapter.Name, Title: i18n.T(ctx, "inquiries.chapter."+chapter.Name), Things: []jsonThing{}, LeftOut: chapter.LeftOut}
		for _, key := range chapter.Apart {
			told.Notes = append(told.Notes, i18n.T(ctx, key))
		}
		if chapter.More {
			told.Notes = append(told.Notes, i18n.T(ctx, "inquiries.extract.more"))
		}
		for _, thing := range chapter.Things {
			out := jsonThing{Code: strings.TrimPrefix(thing.What, "inquiries.thing."), Title: i18n.T(ctx, thing.What)}
			for _, fact := range thing.Facts {
				out.Facts = append(out.Facts, jsonFact{strings.TrimSuffix(fact.Label, ".label"), i18n.T(ctx, fact.Label), fact.Kind, fact.Values, fact.Words, fact.LeftOut})
			}
			told.Things = append(told.Things, out)
		}
		document.Chapters = append(document.Chapters, told)
	}
	return json.MarshalIndent(document, "", "  ")
}
