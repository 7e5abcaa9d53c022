// Package cleaning lets in of a file what it is taken for, and nothing else. The kind is told by what is inside, and has to be what
// the name says; what is inside is read by somebody who believes nothing, and written anew: without the place where a photograph was
// taken, who wrote a text, what runs when it is opened, and what stands behind the end. It keeps nothing and knows nobody.
package cleaning

import (
	"bytes"
	"mime"
	"path"
	"strings"

	"passerelle/internal/fault"
)

// Kind is what a file is.
type Kind string

// The kinds that are taken.
const (
	PDF  Kind = "pdf"
	JPEG Kind = "jpeg"
	PNG  Kind = "png"
	DOCX Kind = "docx"
)

// Accepted is what a browser offers to choose from.
const Accepted = ".pdf,.jpg,.jpeg,.png,.docx"

// Limits of a file: in bytes as it comes, in points of a picture, in pages.
const (
	MostBytes  = 25 << 20
	MostPixels = 40_000_000
	MostPages  = 500
)

// known says of each kind how its files begin, end in their names, and are called by browsers.
var known = []struct {
	kind       Kind
	magic      string
	extensions []string
	media      string
	clean      func([]byte) ([]byte, error)
}{
	{PDF, "%PDF-", []string{".pdf"}, "application/pdf", cleanPDF},
	{JPEG, "\xff\xd8\xff", []string{".jpg", ".jpeg"}, "image/jpeg", cleanJPEG},
	{PNG, "\x89PNG\r\n\x1a\n", []string{".png"}, "image/png", cleanPNG},
	{DOCX, "PK\x03\x04", []string{".docx"}, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", cleanDOCX},
}

// Media is what the kind is called in a Content-Type.
func (k Kind) Media() string {
	for _, one := range known {
		if one.kind == k {
			return one.media
		}
	}
	return "application/octet-stream"
}

// Extension ends the name of a file of this kind.
func (k Kind) Extension() string {
	for _, one := range known {
		if one.kind == k {
			return one.extensions[0]
		}
	}
	return ""
}

// Clean takes a file by the name and the media type under which it was handed in (an empty one says nothing), and gives its kind and what
// is kept of it. What is not taken is a fault.Invalid of the field "file" that says why.
func Clean(name, declared string, body []byte) (Kind, []byte, error) {
	if len(body) == 0 {
		return "", nil, fault.Invalid("file", "ui.file.missing")
	}
	if len(body) > MostBytes {
		return "", nil, refuse("large")
	}
	if media, _, err := mime.ParseMediaType(declared); err == nil {
		declared = media
	}
	extension := strings.ToLower(path.Ext(name))
	for _, one := range known {
		if !bytes.HasPrefix(body, []byte(one.magic)) {
			continue
		}
		named := false
		for _, possible := range one.extensions {
			named = named || extension == possible
		}
		if !named || declared != "" && declared != "application/octet-stream" && declared != one.media {
			return "", nil, refuse("disguised")
		}
		kept, err := one.clean(body)
		return one.kind, kept, err
	}
	return "", nil, refuse("kind")
}

// refuse is a file that is not taken, and why.
func refuse(why string) error {
	return fault.Invalid("file", "documents.file."+why)
}

// script is what makes a browser take something for a page, wherever it stands.
var scripts = [][]byte{[]byte("<script"), []byte("<html"), []byte("<!doctype"), []byte("<svg"), []byte("<?php"), []byte("<iframe")}

// hasScript says that a picture could be taken for a page as well.
func hasScript(body []byte) bool {
	lower := bytes.ToLower(body)
	for _, one := range scripts {
		if bytes.Contains(lower, one) {
			return true
		}
	}
	return false
}
