// Package documentsview is the HTML of documents: those of a dossier, one being handed in, and what is known of one.
package documentsview

import (
	"context"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"passerelle/internal/access"
	"passerelle/internal/cleaning"
	"passerelle/internal/documents"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// Form is a document being handed in. UploadID is what its file is called while it comes in parts.
type Form struct {
	ID, UploadID string
	Folder       documents.Folder
	Typed        url.Values
	Problems     fault.Problems
}

// arrived is the file of this form that is here already, whole.
func (f Form) arrived() (documents.Upload, bool) {
	for _, upload := range f.Folder.UnderWay {
		if upload.UploadID.String() == f.UploadID && upload.Whole() {
			return upload, true
		}
	}
	return documents.Upload{}, false
}

// parts is how the file is sent with scripts.
func (f Form) parts(ctx context.Context) ui.Parts {
	known := []ui.KnownPart{}
	for _, upload := range f.Folder.UnderWay {
		known = append(known, ui.KnownPart{ID: upload.UploadID.String(), Name: upload.Particulars.Get().Name, Size: upload.Bytes})
	}
	return ui.Parts{
		Announce: paths.Uploads(f.Folder.Dossier.DossierID), Send: "/uploads/", Most: documents.MostAtOnce, Known: known,
		Going: i18n.T(ctx, "documents.upload.going"), Waiting: i18n.T(ctx, "documents.upload.waiting"), Looked: i18n.T(ctx, "documents.upload.looked"),
	}
}

func (f Form) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "documents." + name + ".label", Hint: "documents." + name + ".hint", Value: f.Typed.Get(name), Problems: f.Problems}
}

// Show is a document, with what was typed in the form that changes what it is called.
type Show struct {
	documents.Shown
	Typed    url.Values
	Problems fault.Problems
}

func (s Show) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "documents." + name + ".label", Value: s.Typed.Get(name), Problems: s.Problems}
}

// TypedOf is the form of a document as it is.
func TypedOf(shown documents.Shown) url.Values {
	return url.Values{"title": {shown.Title()}, "data_class": {string(shown.DataClass)}}
}

func classes() []ui.Option {
	options := make([]ui.Option, len(access.DataClasses))
	for i, class := range access.DataClasses {
		options[i] = ui.Option{Value: string(class), Label: "access.data_class." + string(class)}
	}
	return options
}

// size is how large something is, in the unit that one reads easily.
func size(ctx context.Context, bytes int) string {
	if bytes < 1<<20 {
		return i18n.T(ctx, "documents.size.kilobytes", "N", strconv.Itoa((bytes+1023)>>10))
	}
	return i18n.T(ctx, "documents.size.megabytes", "N", strconv.Itoa((bytes+1<<19)>>20))
}

// What is the kind and the size of a document.
func What(ctx context.Context, kind cleaning.Kind, bytes int) string {
	return i18n.T(ctx, "documents.kind."+string(kind)) + ", " + size(ctx, bytes)
}

// refreshed has a document's page say by itself that the scanner has looked. Otherwise it stays as it is: whoever throws the document away
// would be led to a page that is gone.
func (s Show) refreshed(ctx context.Context) templ.Attributes {
	if s.State != documents.Quarantined {
		return nil
	}
	return ui.RefreshedPart(ctx, paths.Document(s.DocumentID), "#ticket")
}

func tone(state documents.State) ui.Tone {
	switch state {
	case documents.Clean:
		return ui.Good
	case documents.Infected:
		return ui.Bad
	case documents.Quarantined:
		return ui.Waiting
	default:
		return ui.Neutral
	}
}
