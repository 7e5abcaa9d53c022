package cleaning

import (
	"bytes"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

func init() { api.DisableConfigDir() }

// Limits of what is inside a PDF, in bytes, points and objects.
var pdfLimits = model.ResourceLimits{
	MaxStreamBytes: MostBytes, MaxDecodeBytes: 100 << 20, MaxImagePixels: MostPixels, MaxImageBytes: 4 * MostPixels,
	MaxObjectCount: 200_000, MaxObjectStreamCount: 20_000, MaxObjectStreamFirst: 1 << 20, MaxXRefEntries: 200_000, MaxRecursionDepth: 60,
}

// active are the names in a PDF (ISO 32000-1, 12.6 and 7.11) of what runs, sends, opens another program or hides a file.
var active = []string{"JS", "JavaScript", "Launch", "EmbeddedFiles", "EmbeddedFile", "RichMedia", "XFA", "SubmitForm", "ImportData", "Rendition", "Movie", "Sound", "GoToE", "AA"}

// telling are the entries that say who made it, with what, when and from which file (ISO 32000-1, 14.3 to 14.5), and small pictures of
// pages as they once were.
var telling = []string{"Metadata", "PieceInfo", "LastModified", "Thumb"}

// cleanPDF refuses what is encrypted or active, and writes the rest anew, without what tells and without what was deleted before.
func cleanPDF(body []byte) (kept []byte, err error) {
	// A reader of so old a format has corners that nobody has looked into.
	defer func() {
		if recover() != nil {
			kept, err = nil, refuse("unreadable")
		}
	}()
	settings := model.NewDefaultConfiguration()
	settings.Offline, settings.ValidateLinks, settings.Limits = true, false, pdfLimits
	settings.WriteObjectStream, settings.WriteXRefStream = false, false
	file, err := api.ReadContext(bytes.NewReader(body), settings)
	if err != nil || file.Encrypt != nil {
		if bytes.Contains(body, []byte("/Encrypt")) {
			return nil, refuse("encrypted")
		}
		return nil, refuse("unreadable")
	}
	if err := api.ValidateContext(file); err != nil || file.PageCount == 0 {
		return nil, refuse("unreadable")
	}
	if file.PageCount > MostPages {
		return nil, refuse("pages")
	}
	for _, entry := range file.Table {
		if entry.Free {
			continue
		}
		w := &walk{}
		entry.Object = w.through(entry.Object, 0)
		if w.refused != "" {
			return nil, refuse(w.refused)
		}
	}
	file.Info, file.Title, file.Subject, file.Author, file.Creator, file.Keywords, file.CatalogXMPMeta = nil, "", "", "", "", "", nil
	file.Properties, file.KeywordList = nil, nil
	var written bytes.Buffer
	if err := api.WriteContext(file, &written); err != nil {
		return nil, refuse("unreadable")
	}
	return written.Bytes(), nil
}

// walk goes through an object, with what is directly in it.
type walk struct{ refused string }

func (w *walk) through(object types.Object, depth int) types.Object {
	if depth > pdfLimits.MaxRecursionDepth {
		w.refused = "unreadable"
		return object
	}
	switch o := object.(type) {
	case types.Name:
		if slices.Contains(active, o.Value()) {
			w.refused = "active"
		}
	case types.Array:
		for i := range o {
			o[i] = w.through(o[i], depth+1)
		}
	case types.Dict:
		w.dict(o, depth)
	case *types.Dict:
		w.dict(*o, depth)
	case types.StreamDict:
		w.dict(o.Dict, depth)
		o.Raw = withoutPlace(o.Raw, o.FilterPipeline)
		length := int64(len(o.Raw))
		o.StreamLength = &length
		return o
	}
	return object
}

func (w *walk) dict(d types.Dict, depth int) {
	for key, value := range d {
		if slices.Contains(active, key) {
			w.refused = "active"
			return
		}
		if slices.Contains(telling, key) {
			delete(d, key)
			continue
		}
		d[key] = w.through(value, depth+1)
	}
}

// withoutPlace takes out of a photograph within a PDF what a camera wrote beside it: where it was taken, when, with what.
func withoutPlace(raw []byte, filters []types.PDFFilter) []byte {
	if len(filters) != 1 || filters[0].Name != "DCTDecode" {
		return raw
	}
	return stripJPEG(raw)
}

// stripJPEG leaves out the segments of a JPEG that hold no picture (APP1 to APP13, APP15, COM; ITU-T T.81, B.1.1.3). APP0 and Adobe's
// APP14 say how colours are meant, and stay.
func stripJPEG(raw []byte) []byte {
	kept := make([]byte, 0, len(raw))
	if len(raw) < 4 || raw[0] != 0xff || raw[1] != 0xd8 {
		return raw
	}
	kept = append(kept, raw[:2]...)
	for at := 2; at+4 <= len(raw) && raw[at] == 0xff; {
		marker := raw[at+1]
		if marker == 0xff {
			at++
			continue
		}
		end := at + 2 + int(raw[at+2])<<8 + int(raw[at+3])
		if end > len(raw) {
			return append(kept, raw[at:]...)
		}
		// What follows the start of a scan is the picture, in which the mark of its end stands nowhere else.
		if marker == 0xda {
			picture, _, _ := bytes.Cut(raw[at:], []byte("\xff\xd9"))
			return append(append(kept, picture...), 0xff, 0xd9)
		}
		if !(marker >= 0xe1 && marker <= 0xef && marker != 0xee || marker == 0xfe) {
			kept = append(kept, raw[at:end]...)
		}
		at = end
	}
	return raw
}
