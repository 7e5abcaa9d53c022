package cleaning

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Limits of what is unpacked: parts, bytes of all of them, and how many times what lies in the file.
const (
	mostParts = 2000
	// All pictures of a text together, in points: each is unfolded, and a small file can hold hundreds of large ones.
	mostPictured = 4 * MostPixels
	mostUnpacked = 200 << 20
	mostRatio    = 100
	// Below this, paper repeats itself as it likes.
	smallPart = 1 << 20
)

// What a text document has to have (ECMA-376-1, 11.3.10), and be.
const (
	mainPart  = "word/document.xml"
	typesPart = "[Content_Types].xml"
	mainType  = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
)

// emptied are the parts that say who wrote, when and for whom (ECMA-376-1, 15.2.12), with what is put in their place: to leave them out
// would leave what points to them.
var emptied = map[string]string{
	"docProps/core.xml":   `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>`,
	"docProps/app.xml":    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>`,
	"docProps/custom.xml": `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>`,
	"word/people.xml":     `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"/>`,
}

// plain are the endings of parts that are neither text nor a picture which is written anew, and can do nothing: drawings of Windows, fonts.
var plain = []string{".emf", ".wmf", ".odttf"}

// cleanDOCX refuses what runs, fetches, or holds another file, and packs the rest anew.
func cleanDOCX(body []byte) ([]byte, error) {
	archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, refuse("unreadable")
	}
	if len(archive.File) > mostParts {
		return nil, refuse("bomb")
	}
	var packed bytes.Buffer
	writer := zip.NewWriter(&packed)
	var seen []string
	total, pictured := 0, 0
	for _, part := range archive.File {
		if part.FileInfo().IsDir() {
			continue
		}
		contents, err := unpack(part, mostUnpacked-total)
		if err != nil {
			return nil, err
		}
		total += len(contents)
		if size, _, err := image.DecodeConfig(bytes.NewReader(contents)); err == nil {
			if pictured += min(points(size), mostPictured+1); pictured > mostPictured {
				return nil, refuse("bomb")
			}
		}
		if slices.Contains(seen, strings.ToLower(part.Name)) {
			return nil, refuse("unreadable")
		}
		seen = append(seen, strings.ToLower(part.Name))
		if contents, err = cleanPart(part.Name, contents); err != nil {
			return nil, err
		}
		// A header of our own: the old one says when, and may say by whom.
		into, err := writer.CreateHeader(&zip.FileHeader{Name: part.Name, Method: zip.Deflate})
		if err == nil {
			_, err = into.Write(contents)
		}
		if err != nil {
			return nil, refuse("unreadable")
		}
	}
	if !slices.Contains(seen, mainPart) || !slices.Contains(seen, strings.ToLower(typesPart)) {
		return nil, refuse("disguised")
	}
	if err := writer.Close(); err != nil {
		return nil, refuse("unreadable")
	}
	return packed.Bytes(), nil
}

// unpack reads a part to its end and no further than left: what the archive says of its size is not believed.
func unpack(part *zip.File, left int) ([]byte, error) {
	if part.Mode()&fs.ModeType != 0 || part.Flags&1 != 0 || !fs.ValidPath(part.Name) || strings.Contains(part.Name, `\`) {
		return nil, refuse("unreadable")
	}
	reader, err := part.Open()
	if err != nil {
		return nil, refuse("unreadable")
	}
	defer func() { _ = reader.Close() }()
	contents, err := io.ReadAll(io.LimitReader(reader, int64(left)+1))
	if len(contents) > left || len(contents) > smallPart && uint64(len(contents)) > mostRatio*part.CompressedSize64 {
		return nil, refuse("bomb")
	}
	if err != nil {
		return nil, refuse("unreadable")
	}
	return contents, nil
}

func cleanPart(name string, contents []byte) ([]byte, error) {
	if empty, ok := emptied[name]; ok {
		return []byte(empty), nil
	}
	switch ending := strings.ToLower(path.Ext(name)); {
	case strings.HasPrefix(strings.ToLower(name), "word/embeddings/"), strings.Contains(strings.ToLower(name), "activex"):
		return nil, refuse("active")
	case ending == ".xml", ending == ".rels":
		return contents, checkXML(name, contents)
	case ending == ".jpg", ending == ".jpeg":
		return cleanJPEG(contents)
	case ending == ".png":
		return cleanPNG(contents)
	case slices.Contains(plain, ending) && !bytes.HasPrefix(contents, []byte("PK")) && !bytes.HasPrefix(contents, []byte("\xd0\xcf\x11\xe0")):
		return contents, nil
	case ending == ".bin" && strings.HasPrefix(name, "word/printerSettings/"):
		return nil, nil
	case ending == ".bin":
		return nil, refuse("active")
	default:
		return nil, refuse("part")
	}
}

// checkXML reads a part to its end: it declares nothing, fetches nothing when it is opened, and runs nothing.
func checkXML(name string, contents []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(contents))
	var field strings.Builder
	main := false
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return refuse("unreadable")
		}
		switch t := token.(type) {
		case xml.Directive:
			return refuse("active")
		case xml.StartElement:
			switch {
			case t.Name.Local == "Relationship" && attribute(t, "TargetMode") == "External" && !strings.HasSuffix(attribute(t, "Type"), "/hyperlink"):
				return refuse("active")
			case t.Name.Local == "fldSimple":
				field.WriteString(attribute(t, "instr") + " ")
			case t.Name.Local == "instrText":
				var text string
				if err := decoder.DecodeElement(&text, &t); err != nil {
					return refuse("unreadable")
				}
				field.WriteString(text)
			case name == typesPart && strings.Contains(attribute(t, "ContentType"), "macroEnabled"), name == typesPart && strings.Contains(attribute(t, "ContentType"), "vbaProject"):
				return refuse("active")
			case name == typesPart && attribute(t, "ContentType") == mainType:
				main = true
			}
		}
	}
	if name == typesPart && !main {
		return refuse("disguised")
	}
	// A field that has another program fetch something (ECMA-376-1, 17.16.5).
	for _, word := range strings.Fields(strings.ToUpper(field.String())) {
		if word == "DDE" || word == "DDEAUTO" || word == "INCLUDETEXT" || word == "INCLUDEPICTURE" || word == "IMPORT" || word == "LINK" {
			return refuse("active")
		}
	}
	return nil
}

func attribute(element xml.StartElement, name string) string {
	for _, a := range element.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
