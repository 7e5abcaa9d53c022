package inquiriesview

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"passerelle/internal/disclosure"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/inquiries"
	"passerelle/views/dossiersview"
	"passerelle/views/ui"
)

// TextsShown is how many free texts stand on a page, each to be read to its end.
const TextsShown = 10

// ExtractURL is where an extract is prepared.
func ExtractURL(i inquiries.Inquiry) string { return inquiryURL(i) + "/extract" }

// TextsURL is a page of a chapter's free texts.
func TextsURL(i inquiries.Inquiry, chapter string, from int) string {
	asked := url.Values{"chapter": {chapter}}
	if from > 0 {
		asked.Set("from", strconv.Itoa(from))
	}
	return ExtractURL(i) + "/texts?" + asked.Encode()
}

// TextsForm is a page of a chapter's free texts, and what was decided or typed about them.
type TextsForm struct {
	inquiries.Extract
	Chapter disclosure.Chapter
	// From is how many texts of the chapter come before.
	From     int
	Version  int
	Typed    url.Values
	Problems fault.Problems
}

// Shown are the texts of the page.
func (f TextsForm) Shown() []inquiries.Text {
	all := f.Texts(f.Chapter.Name)
	from := min(max(f.From, 0), len(all))
	return all[from:min(from+TextsShown, len(all))]
}

// before and after are the addresses of the neighbouring pages, where there are any.
func (f TextsForm) before() string {
	if f.From == 0 {
		return ""
	}
	return TextsURL(f.Inquiry, f.Chapter.Name, max(f.From-TextsShown, 0))
}

func (f TextsForm) after() string {
	if f.From+TextsShown >= len(f.Texts(f.Chapter.Name)) {
		return ""
	}
	return TextsURL(f.Inquiry, f.Chapter.Name, f.From+TextsShown)
}

// Onward is where somebody goes on who has decided about the texts of the page.
func (f TextsForm) Onward() string {
	if after := f.after(); after != "" {
		return after
	}
	return ExtractURL(f.Inquiry)
}

// TypedOfTexts is the form of what was decided about the texts of a page, and about their chapter.
func TypedOfTexts(f TextsForm) url.Values {
	typed := url.Values{}
	for _, text := range append(f.Shown(), inquiries.Area(f.Chapter.Name, f.Inquiry.Choices)) {
		if text.Choice != nil {
			typed.Set("decision-"+text.Ref, string(text.Choice.Decision))
			typed.Set("passages-"+text.Ref, strings.Join(text.Choice.Passages, "\n"))
			typed.Set("ground-"+text.Ref, string(text.Choice.Ground))
		}
	}
	return typed
}

func (f TextsForm) field(name string, text inquiries.Text) ui.Field {
	field := name + "-" + text.Ref
	return ui.Field{Name: field, Label: "inquiries." + name + ".label", Value: f.Typed.Get(field), Problems: f.Problems}
}

func (f TextsForm) passages(text inquiries.Text) ui.Field {
	field := f.field("passages", text)
	field.Hint, field.Rows, field.Verbatim = "inquiries.passages.hint", 2, true
	return field
}

// ground is asked under another name than in an answer: it is about one text.
func (f TextsForm) ground(text inquiries.Text) ui.Field {
	field := f.field("ground", text)
	field.Label = "inquiries.text.ground.label"
	return field
}

// area asks, on the first page, whether the whole chapter is left out.
func (f TextsForm) area() ui.Field {
	field := f.ground(inquiries.Area(f.Chapter.Name, f.Inquiry.Choices))
	field.Label, field.Hint = "inquiries.area.label", "inquiries.area.hint"
	return field
}

func (f TextsForm) frame() dossiersview.FrameProps {
	return extractFrame(f.Extract, "inquiries.texts.title")
}

func extractFrame(e inquiries.Extract, title string) dossiersview.FrameProps {
	return dossiersview.FrameProps{Dossier: e.Dossier, Part: dossiersview.Inquiries, Title: title}
}

// heading is what a text is about.
func heading(ctx context.Context, text inquiries.Text) string {
	return i18n.T(ctx, text.What) + " · " + i18n.T(ctx, text.Label)
}

// tally is how many texts of a chapter are decided, in words, or that nothing of it is given.
func tally(ctx context.Context, e inquiries.Extract, chapter string) string {
	t := e.Tally(chapter)
	if e.Omitted(chapter) != "" {
		return i18n.T(ctx, "inquiries.area.standing")
	}
	if t.Texts == 0 {
		return i18n.T(ctx, "inquiries.texts.none")
	}
	return i18n.T(ctx, "inquiries.texts.tally", "Decided", t.Decided, "Texts", t.Texts)
}

// kept are the chapters in which there is something.
func kept(e inquiries.Extract) (chapters []disclosure.Chapter) {
	for _, chapter := range e.Chapters {
		if len(chapter.Things) > 0 {
			chapters = append(chapters, chapter)
		}
	}
	return chapters
}

// nothingIn names those in which there is nothing.
func nothingIn(ctx context.Context, e inquiries.Extract) string {
	var names []string
	for _, chapter := range e.Chapters {
		if len(chapter.Things) == 0 {
			names = append(names, i18n.T(ctx, "inquiries.chapter."+chapter.Name))
		}
	}
	return strings.Join(names, ", ")
}

// TakingForm is an extract about to be taken.
type TakingForm struct {
	inquiries.Extract
	Typed    url.Values
	Problems fault.Problems
}

func (f TakingForm) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "inquiries." + name + ".label", Value: f.Typed.Get(name), Problems: f.Problems}
}

func languageOptions() []ui.Option {
	options := make([]ui.Option, len(i18n.Langs))
	for i, lang := range i18n.Langs {
		options[i] = ui.Option{Value: string(lang), Label: "inquiries.language." + string(lang)}
	}
	return options
}
