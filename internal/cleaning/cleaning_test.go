package cleaning_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io/fs"
	"math"
	"strings"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"passerelle/internal/cleaning"
	"passerelle/internal/fault"
)

// why is the key of a refusal.
func why(t *testing.T, err error) string {
	t.Helper()
	problems, ok := fault.Correctable(err)
	if err != nil && (!ok || len(problems) != 1 || problems[0].Field != "file") {
		t.Fatalf("not a problem of the file: %v", err)
	}
	if err == nil {
		return ""
	}
	return strings.TrimPrefix(problems[0].Key, "documents.file.")
}

// halves is a picture that is red at the left and blue at the right.
func halves() image.Image {
	picture := image.NewRGBA(image.Rect(0, 0, 40, 20))
	for x := range 40 {
		for y := range 20 {
			shade := color.RGBA{R: 220, A: 255}
			if x >= 20 {
				shade = color.RGBA{B: 220, A: 255}
			}
			picture.Set(x, y, shade)
		}
	}
	return picture
}

// photograph is a JPEG as a camera writes it, held in one of eight ways: it says where it was taken, by what, and in words.
func photograph(t testing.TB, held uint16) []byte {
	t.Helper()
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, halves(), nil); err != nil {
		t.Fatal(err)
	}
	tiff := []byte("II*\x00\x08\x00\x00\x00")
	entry := func(tag, kind uint16, count, value uint32) {
		tiff = binary.LittleEndian.AppendUint16(tiff, tag)
		tiff = binary.LittleEndian.AppendUint16(tiff, kind)
		tiff = binary.LittleEndian.AppendUint32(tiff, count)
		tiff = binary.LittleEndian.AppendUint32(tiff, value)
	}
	tiff = binary.LittleEndian.AppendUint16(tiff, 2)
	entry(0x0112, 3, 1, uint32(held))
	entry(0x8825, 4, 1, 38)
	tiff = append(tiff, 0, 0, 0, 0)
	tiff = binary.LittleEndian.AppendUint16(tiff, 1)
	entry(0x0002, 5, 3, 56)
	tiff = append(tiff, 0, 0, 0, 0)
	tiff = append(tiff, "CANARYLATITUDE 46.5197"...)
	body := []byte{0xff, 0xd8}
	segment := func(marker byte, contents string) {
		body = append(body, 0xff, marker)
		body = binary.BigEndian.AppendUint16(body, uint16(len(contents)+2))
		body = append(body, contents...)
	}
	segment(0xe1, "Exif\x00\x00"+string(tiff))
	segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>CANARYPLACE</x:xmpmeta>")
	segment(0xed, "Photoshop 3.0\x00CANARYIPTC")
	segment(0xfe, "CANARYCOMMENT")
	return append(append(body, picture.Bytes()[2:]...), "CANARYBEHIND"...)
}

func pictured(t testing.TB) []byte {
	t.Helper()
	var picture bytes.Buffer
	if err := png.Encode(&picture, halves()); err != nil {
		t.Fatal(err)
	}
	return picture.Bytes()
}

// paper is a PDF of one page, as it is made with what a test adds.
func paper(t testing.TB, add func(*fpdf.Fpdf)) []byte {
	t.Helper()
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCompression(false)
	pdf.AddPage()
	pdf.SetFont("Helvetica", "", 12)
	pdf.Cell(40, 10, "Attestation")
	if add != nil {
		add(pdf)
	}
	var written bytes.Buffer
	if err := pdf.Output(&written); err != nil {
		t.Fatal(err)
	}
	return written.Bytes()
}

// text is a DOCX of the parts that there have to be, and those that a test adds or exchanges.
func text(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	all := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
		"_rels/.rels":         `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/document.xml":   `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Attestation</w:t></w:r></w:p></w:body></w:document>`,
		"docProps/core.xml":   `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"><creator>CANARYAUTHOR</creator></cp:coreProperties>`,
	}
	for name, contents := range parts {
		all[name] = contents
	}
	return packed(t, func(w *zip.Writer) {
		for name, contents := range all {
			put(t, w, &zip.FileHeader{Name: name, Method: zip.Deflate, Comment: "CANARYHEADER"}, contents)
		}
	})
}

func packed(t testing.TB, fill func(*zip.Writer)) []byte {
	t.Helper()
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	fill(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

func put(t testing.TB, w *zip.Writer, header *zip.FileHeader, contents string) {
	t.Helper()
	into, err := w.CreateHeader(header)
	if err == nil {
		_, err = into.Write([]byte(contents))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// blank is a picture with as many points as one may have, of one colour: hardly anything in a file.
func blank(t testing.TB) string {
	t.Helper()
	side := int(math.Sqrt(cleaning.MostPixels))
	var body bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&body, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	return body.String()
}

func relationship(kind, target string) map[string]string {
	return map[string]string{"word/_rels/document.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/` + kind + `" Target="` + target + `" TargetMode="External"/></Relationships>`}
}

func body(inner string) map[string]string {
	return map[string]string{"word/document.xml": `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + inner + `</w:body></w:document>`}
}

// huge is a PNG that says that it has so many points a side, and has none.
func huge(t testing.TB, side uint32) []byte {
	t.Helper()
	small := pictured(t)
	binary.BigEndian.PutUint32(small[16:], side)
	binary.BigEndian.PutUint32(small[20:], side)
	binary.BigEndian.PutUint32(small[29:], crc32.ChecksumIEEE(small[12:29]))
	return small
}

// deep is the same with sixteen bits a colour.
func deep(t testing.TB, side uint32) []byte {
	t.Helper()
	body := huge(t, side)
	body[24], body[25] = 16, 6
	binary.BigEndian.PutUint32(body[29:], crc32.ChecksumIEEE(body[12:29]))
	return body
}

func TestWhatIsTaken(t *testing.T) {
	for name, c := range map[string]struct {
		file, declared string
		body           []byte
		kind           cleaning.Kind
	}{
		"a PDF":                     {"Attestation.PDF", "application/pdf", paper(t, nil), cleaning.PDF},
		"a photograph":              {"a.jpeg", "image/jpeg", photograph(t, 1), cleaning.JPEG},
		"a picture of nobody knows": {"a.png", "", pictured(t), cleaning.PNG},
		"a text":                    {"a.docx", "application/octet-stream", text(t, relationship("hyperlink", "https://example.ch")), cleaning.DOCX},
		"a PDF with a picture": {"a.pdf", "application/pdf", paper(t, func(pdf *fpdf.Fpdf) {
			pdf.RegisterImageOptionsReader("p", fpdf.ImageOptions{ImageType: "JPG"}, bytes.NewReader(photograph(t, 1)))
			pdf.ImageOptions("p", 10, 30, 40, 20, false, fpdf.ImageOptions{}, 0, "")
		}), cleaning.PDF},
		"a PDF with a link": {"a.pdf", "", paper(t, func(pdf *fpdf.Fpdf) { pdf.LinkString(10, 10, 20, 5, "https://example.ch") }), cleaning.PDF},
	} {
		t.Run(name, func(t *testing.T) {
			kind, kept, err := cleaning.Clean(c.file, c.declared, c.body)
			if err != nil || kind != c.kind {
				t.Fatalf("%q, %s", kind, why(t, err))
			}
			if bytes.Contains(kept, []byte("CANARY")) {
				t.Error("what says where, who and when is still there")
			}
			// What was written is taken again.
			if again, _, err := cleaning.Clean(c.file, c.declared, kept); err != nil || again != kind {
				t.Errorf("what was kept would be refused: %s", why(t, err))
			}
		})
	}
}

// TestT45 hands in what is not what it says, or does something.
func TestT45(t *testing.T) {
	page := "<html><script>alert(1)</script></html>"
	for name, c := range map[string]struct {
		file, declared string
		body           []byte
		want           string
	}{
		"nothing":                   {"a.pdf", "application/pdf", nil, "ui.file.missing"},
		"a drawing that is a page":  {"a.svg", "image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`), "kind"},
		"a page called PDF":         {"a.pdf", "application/pdf", []byte(page), "kind"},
		"a page before a PDF":       {"a.pdf", "application/pdf", append([]byte(page), paper(t, nil)...), "kind"},
		"a program in a text":       {"a.docx", "", []byte("MZ\x90\x00 this program cannot be run"), "kind"},
		"a picture called PDF":      {"a.pdf", "application/pdf", pictured(t), "disguised"},
		"a second ending":           {"a.pdf.exe", "application/pdf", paper(t, nil), "disguised"},
		"no ending":                 {"a", "application/pdf", paper(t, nil), "disguised"},
		"declared as something":     {"a.pdf", "text/html", paper(t, nil), "disguised"},
		"a photograph and a page":   {"a.jpg", "image/jpeg", append(photograph(t, 1), page...), "disguised"},
		"a picture and a page":      {"a.png", "image/png", append(pictured(t), page...), "disguised"},
		"half a photograph":         {"a.jpg", "image/jpeg", photograph(t, 1)[:200], "unreadable"},
		"half a PDF":                {"a.pdf", "", paper(t, nil)[:400], "unreadable"},
		"50 000 points a side":      {"a.png", "image/png", huge(t, 50_000), "pixels"},
		"too many, twice as deep":   {"a.png", "image/png", deep(t, 5_000), "pixels"},
		"more than there can be":    {"a.png", "image/png", huge(t, 1<<31-1), "unreadable"},
		"too large":                 {"a.pdf", "", append([]byte("%PDF-1.4"), make([]byte, cleaning.MostBytes)...), "large"},
		"a PDF with a script":       {"a.pdf", "", paper(t, func(pdf *fpdf.Fpdf) { pdf.SetJavascript("app.alert(1)") }), "active"},
		"a PDF with a file":         {"a.pdf", "", paper(t, func(pdf *fpdf.Fpdf) { pdf.SetAttachments([]fpdf.Attachment{{Content: []byte("x"), Filename: "x.exe"}}) }), "active"},
		"a PDF behind a password":   {"a.pdf", "", paper(t, func(pdf *fpdf.Fpdf) { pdf.SetProtection(0, "user", "owner") }), "encrypted"},
		"a PDF that nobody may use": {"a.pdf", "", paper(t, func(pdf *fpdf.Fpdf) { pdf.SetProtection(0, "", "owner") }), "encrypted"},
		"a script with another name": {"a.pdf", "", bytes.ReplaceAll(paper(t, func(pdf *fpdf.Fpdf) { pdf.SetJavascript("app.alert(1)") }),
			[]byte("/JavaScript"), []byte("/#4aavaScript")), "active"},
		"a text with macros":          {"a.docx", "", text(t, map[string]string{"word/vbaProject.bin": "x"}), "active"},
		"a text that is a program":    {"a.docx", "", text(t, map[string]string{"word/media/a.exe": "MZ"}), "part"},
		"a text with a drawing":       {"a.docx", "", text(t, map[string]string{"word/media/a.svg": "<svg/>"}), "part"},
		"a text with a file":          {"a.docx", "", text(t, map[string]string{"word/embeddings/a.xlsx": "PK"}), "active"},
		"a text with a template":      {"a.docx", "", text(t, relationship("attachedTemplate", "https://example.ch/a.dotm")), "active"},
		"a text that fetches":         {"a.docx", "", text(t, relationship("image", "https://example.ch/a.png")), "active"},
		"a text that calls":           {"a.docx", "", text(t, body(`<w:p><w:r><w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO c:\\cmd.exe</w:instrText></w:r></w:p>`)), "active"},
		"a text that calls at once":   {"a.docx", "", text(t, body(`<w:fldSimple w:instr="DDEAUTO c:\\cmd.exe"/>`)), "active"},
		"a text that declares":        {"a.docx", "", text(t, map[string]string{"word/document.xml": `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`}), "active"},
		"a table":                     {"a.docx", "", packed(t, func(w *zip.Writer) { put(t, w, &zip.FileHeader{Name: "xl/workbook.xml"}, "<a/>") }), "disguised"},
		"a text of another kind":      {"a.docx", "", text(t, map[string]string{"[Content_Types].xml": `<Types><Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>`}), "active"},
		"a text that is none":         {"a.docx", "", text(t, map[string]string{"[Content_Types].xml": `<Types/>`}), "disguised"},
		"a photograph in a text, bad": {"a.docx", "", text(t, map[string]string{"word/media/a.jpg": page}), "disguised"},
	} {
		t.Run(name, func(t *testing.T) {
			_, kept, err := cleaning.Clean(c.file, c.declared, c.body)
			if got := why(t, err); got != c.want || kept != nil {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestT46 takes the place out of photographs, alone, within a PDF and within a text, and shows them as they were meant.
func TestT46(t *testing.T) {
	for held := uint16(1); held <= 8; held++ {
		raw := photograph(t, held)
		if !bytes.Contains(raw, []byte("CANARYLATITUDE")) {
			t.Fatal("the photograph says nothing")
		}
		_, kept, err := cleaning.Clean("a.jpg", "image/jpeg", raw)
		if err != nil || bytes.Contains(kept, []byte("CANARY")) || bytes.Contains(kept, []byte("Exif")) {
			t.Fatalf("held %d: %v", held, err)
		}
		picture, err := jpeg.Decode(bytes.NewReader(kept))
		if err != nil {
			t.Fatal(err)
		}
		// Where the red half is, as Exif says of each.
		size := picture.Bounds().Size()
		at := map[uint16]image.Point{1: {5, 10}, 2: {35, 10}, 3: {35, 10}, 4: {5, 10}, 5: {10, 5}, 6: {10, 5}, 7: {10, 35}, 8: {10, 35}}[held]
		if red, _, blue, _ := picture.At(at.X, at.Y).RGBA(); red < 2*blue || (held > 4) != (size.Y > size.X) {
			t.Errorf("held %d: %v, red %d and blue %d at %v", held, size, red>>8, blue>>8, at)
		}
	}
	within := paper(t, func(pdf *fpdf.Fpdf) {
		pdf.RegisterImageOptionsReader("p", fpdf.ImageOptions{ImageType: "JPG"}, bytes.NewReader(photograph(t, 1)))
		pdf.ImageOptions("p", 10, 30, 40, 20, false, fpdf.ImageOptions{}, 0, "")
		pdf.SetAuthor("CANARYAUTHOR", false)
		pdf.SetXmpMetadata([]byte("<x>CANARYXMP</x>"))
	})
	for name, raw := range map[string][]byte{"a.pdf": within, "a.docx": text(t, map[string]string{"word/media/a.jpg": string(photograph(t, 6))})} {
		if name == "a.pdf" && !bytes.Contains(raw, []byte("CANARYLATITUDE")) {
			t.Fatal("the photograph came in without its place")
		}
		_, kept, err := cleaning.Clean(name, "", raw)
		if err != nil || len(kept) == 0 || bytes.Contains(kept, []byte("CANARY")) {
			t.Errorf("%s: %v", name, err)
		}
		if name == "a.docx" {
			archive, err := zip.NewReader(bytes.NewReader(kept), int64(len(kept)))
			if err != nil {
				t.Fatal(err)
			}
			photo, err := fs.ReadFile(archive, "word/media/a.jpg")
			core, err2 := fs.ReadFile(archive, "docProps/core.xml")
			if err != nil || err2 != nil || bytes.Contains(photo, []byte("CANARY")) || bytes.Contains(core, []byte("CANARY")) {
				t.Error("the text still says who and where")
			}
		}
	}
}

// TestT47 hands in archives that unfold, nest and point elsewhere.
func TestT47(t *testing.T) {
	zeros, large := strings.Repeat("\x00", 30<<20), blank(t)
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"a bomb": {text(t, map[string]string{"word/a.xml": zeros}), "bomb"},
		"many parts": {packed(t, func(w *zip.Writer) {
			for i := range 2001 {
				put(t, w, &zip.FileHeader{Name: fmt.Sprintf("word/%d.xml", i)}, "<a/>")
			}
		}), "bomb"},
		// Each picture is as large as one may be, and hardly anything in a file: none but the fifth is too much.
		"many large pictures": {text(t, map[string]string{
			"word/media/1.png": large, "word/media/2.png": large, "word/media/3.png": large, "word/media/4.png": large, "word/media/5.png": large,
		}), "bomb"},
		"an archive within":           {text(t, map[string]string{"word/a.zip": "PK\x03\x04"}), "part"},
		"an archive called a drawing": {text(t, map[string]string{"word/media/a.emf": "PK\x03\x04"}), "part"},
		"a link elsewhere": {packed(t, func(w *zip.Writer) {
			header := &zip.FileHeader{Name: "word/document.xml"}
			header.SetMode(fs.ModeSymlink | 0o777)
			put(t, w, header, "/etc/passwd")
		}), "unreadable"},
		"a way out": {packed(t, func(w *zip.Writer) { put(t, w, &zip.FileHeader{Name: "../word/document.xml"}, "<a/>") }), "unreadable"},
		"a part twice": {packed(t, func(w *zip.Writer) {
			for range 2 {
				put(t, w, &zip.FileHeader{Name: "word/document.xml"}, "<a/>")
			}
		}), "unreadable"},
		"no end": {text(t, nil)[:300], "unreadable"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := cleaning.Clean("a.docx", "", c.body); why(t, err) != c.want {
				t.Errorf("%q, want %q", why(t, err), c.want)
			}
		})
	}
}

func FuzzClean(f *testing.F) {
	for name, seed := range map[string][]byte{"a.pdf": paper(f, nil), "a.jpg": photograph(f, 6), "a.png": pictured(f), "a.docx": text(f, nil)} {
		f.Add(name, seed)
	}
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		// Whoever hands something in does not occupy the house for long.
		late := time.AfterFunc(10*time.Second, func() { panic("no answer within ten seconds") })
		defer late.Stop()
		kind, kept, err := cleaning.Clean(name, "", body)
		if err != nil {
			if _, ok := fault.Correctable(err); !ok {
				t.Fatalf("not a problem of whoever hands it in: %v", err)
			}
			return
		}
		if again, _, err := cleaning.Clean(name, "", kept); err != nil || again != kind {
			t.Fatalf("what was kept is refused: %v", err)
		}
	})
}
