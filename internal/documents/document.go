// Package documents keeps what is handed in for a dossier: papers, photographs of papers, texts. What comes in is cleaned before it is
// kept, sealed before it is stored, looked at by a scanner where there is one, and given out once for each time that somebody asks.
package documents

import (
	"path"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cleaning"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/files"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// ID names a document.
type ID = ids.ID[Document]

// State is what a scanner says of a document; "documents.state." + State is its message key.
type State string

// The states of a document.
const (
	// Quarantined waits for the scanner, and is given to nobody.
	Quarantined State = "quarantined"
	Clean       State = "clean"
	// Unscanned was let in where there is no scanner, which its page says.
	Unscanned State = "unscanned"
	// Infected was found bad: what was in it is gone, and the line stays to say so.
	Infected State = "infected"
)

// Most is how many documents a dossier has at most.
const Most = 300

// LongestTitle bounds what a document is called, in characters.
const LongestTitle = 120

// Particulars are what is known of a document beside what is in it.
type Particulars struct {
	// Title is what people call it, and Name what the file was called.
	Title, Name string
	// Key opens the file.
	Key keys.ContentKey
}

// Document is a line of the list, and with its file everything.
type Document struct {
	DocumentID ID
	DossierID  dossiers.ID
	// DataClass says what it tells of, and so to whom it could ever be sent.
	DataClass access.DataClass
	Kind      cleaning.Kind
	// Bytes is the size of what is given out.
	Bytes       int
	State       State
	FileID      files.ID
	Particulars keys.Sealed[Particulars] `bun:"particulars"`
	AddedBy     tenantdb.PersonID
	AddedAt     time.Time
	Version     int
}

// Place is where it is sealed.
func (d *Document) Place() keys.Place {
	return keys.Place{Table: "documents", Row: d.DocumentID.String()}
}

// Title is what it is called, once opened.
func (d Document) Title() string { return d.Particulars.Get().Title }

// Given says that it may be given out.
func (d Document) Given() bool { return d.State == Clean || d.State == Unscanned }

// FileName is what a browser calls it that keeps it: a name that says nothing of anybody.
func (d Document) FileName() string { return "document" + d.Kind.Extension() }

// Label is what somebody says of a document.
type Label struct {
	Title     string
	DataClass access.DataClass
}

// Check says what has to be corrected.
func (l Label) Check() error {
	var problems fault.Problems
	if l.Title == "" {
		problems.Add("title", "documents.title.missing")
	}
	if !known(l.DataClass) {
		problems.Add("data_class", "documents.data_class.missing")
	}
	return problems.Err()
}

func known(class access.DataClass) bool {
	for _, one := range access.DataClasses {
		if one == class {
			return true
		}
	}
	return false
}

// TitleOf is what a document is called when nobody says otherwise: the name of the file, without its folder and its ending.
func TitleOf(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	title := strings.TrimSpace(strings.TrimSuffix(name, path.Ext(name)))
	if title == "." || title == "/" {
		return ""
	}
	if cut := []rune(title); len(cut) > LongestTitle {
		title = string(cut[:LongestTitle])
	}
	return title
}

// File is what somebody hands in, as the browser tells of it.
type File struct {
	// Name is what it is called there, Type what the browser takes it for.
	Name, Type string
	Body       []byte
}
